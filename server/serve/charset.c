/*
 * charset.c - the charset of a media type.
 */
#include <string.h>

#include "base/arena.h"
#include "serve/charset.h"

struct str
charset_put(struct arena *a, struct str type, const char *charset)
{
	struct text t = { .arena = a };
	struct str part;
	bool first = true, put = false;

	if (charset == NULL)
		return type;
	while (str_cut(&type, ';', &part)) {
		part = str_trim(part);
		if (!first)
			text_addz(&t, "; ");
		if (!first && str_starts_nocase(part, STR("charset="))) {
			text_addf(&t, "charset=%s", charset);
			put = true;
		} else {
			text_add(&t, part);
		}
		first = false;
	}
	if (!put)
		text_addf(&t, "; charset=%s", charset);
	return text_str(&t);
}

void
charset_default(struct request *r)
{
	const char *charset = core_conf(r->scope)->default_charset;
	struct str type, base;

	if (charset == NULL || strcmp(charset, "off") == 0)
		return;
	type = base = fields_get(&r->out, STR("Content-Type"));
	if (str_find(base, ';') >= 0)
		base = str_trim(str_first(base, (size_t)str_find(base, ';')));
	if (!str_is_nocase(base, "text/plain") &&
	    !str_is_nocase(base, "text/html"))
		return;
	if (str_find_nocase(type, STR("charset=")) < 0)
		fields_set(&r->out, STR("Content-Type"),
		    charset_put(r->arena, type, charset));
}
