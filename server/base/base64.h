/*
 * base64.h - bytes as letters, and back.  RFC 4648, section 4.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"
#include "base/text.h"

/* Append the letters for s, with padding. */
void		 base64_encode(struct text *t, struct str s);
/*
 * The bytes behind the letters, in a.  Reading stops at the first byte that is
 * none of the alphabet, as Apache reads a field; what is left over of a group
 * of four counts as far as it makes whole bytes.  *used, if not NULL, becomes
 * the number of bytes read, without padding.
 */
struct str	 base64_decode(struct arena *a, struct str s, size_t *used);

#endif
