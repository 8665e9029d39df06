/*
 * uri.h - from the bytes of a request target to a path and a host.
 *
 * A path is decoded exactly once and normalised in the same go, so that no
 * caller sees a path that a later decoding or a "/../" could change.  A path
 * that comes out of uri_decode_path() starts with "/", has no "." or ".."
 * segment and no NUL.
 *
 * RFC 3986, with Apache's answers to what it does not decide.
 */
#ifndef HTTP_URI_H
#define HTTP_URI_H

#include <stdbool.h>

#include "base/str.h"

struct arena;

/* What becomes of "%2F" in a path (AllowEncodedSlashes). */
enum uri_slash {
	URI_SLASH_REFUSE,	/* Off: 404 */
	URI_SLASH_DECODE,	/* On: a slash as any other */
	URI_SLASH_KEEP		/* NoDecode: stays "%2F" or "%2f" */
};

struct uri_policy {
	enum uri_slash	encoded_slash;
	bool		merge_slashes;	/* "//" becomes "/" (MergeSlashes) */
};

/*
 * Decode and normalise the raw path (from "/" up to "?"): percent-decoding
 * once, "." and ".." segments removed after it, slashes merged.  Returns 0 and
 * sets *path: raw itself when there was nothing to do, else new bytes in a.  Or
 * returns a status and sets *why:
 *   400  a "%" not followed by two hex digits; ".." above the root; a path that
 *        does not start with "/"
 *   404  "%00" or a NUL byte; "%2F" under URI_SLASH_REFUSE
 */
int		uri_decode_path(struct arena *a, struct str raw,
		    const struct uri_policy *policy, struct str *path,
		    const char **why);

/* Split at the first "?"; *query is STR_NONE when there is none, and empty with
 * .at set for a "?" at the end. */
void		uri_split(struct str target, struct str *path,
		    struct str *query);

/* A decoded path with one slash for each row of them; path itself when there is
 * none. */
struct str	uri_merge_slashes(struct arena *a, struct str path);

/* Percent-decode all of s, and "+" to a space when plus is set (for words and
 * pairs of a query).  False on a malformed escape, "%00" or a NUL byte. */
bool		uri_decode(struct arena *a, struct str s, bool plus,
		    struct str *out);

/* host [ ":" port ], as in Host and in an absolute target. */
struct uri_host {
	struct str	name;	/* as sent, without a final dot; an IPv6
				 * literal with its brackets */
	int		port;	/* 1..65535, or 0 when none was given */
};

/*
 * False when s is malformed or empty.  A name has letters, digits, "-", "_" and
 * "." (no empty label); in brackets an IPv6 address without zone; the port,
 * when there is a colon, is empty or 1..65535.
 */
bool		uri_host_parse(struct str s, struct uri_host *host);

#endif
