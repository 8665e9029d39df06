/*
 * precond.c - entity tags and the conditional request fields.
 *
 * It must not know what a representation is, only its two validators.
 */
#include "base/clock.h"
#include "http/precond.h"

static bool
is_weak(struct str etag)
{
	return str_starts(etag, STR("W/"));
}

bool
etag_matches_strong(struct str a, struct str b)
{
	return a.n > 0 && !is_weak(a) && str_eq(a, b);
}

bool
etag_matches_weak(struct str a, struct str b)
{
	if (is_weak(a))
		a = str_from(a, 2);
	if (is_weak(b))
		b = str_from(b, 2);
	return a.n > 0 && str_eq(a, b);
}

/* Take the next entity tag of a list; what is none is skipped up to the next
 * comma.  No escapes within the quotes, and commas may stand there, so this is
 * not str_element().  RFC 9110, 8.8.3. */
static bool
cut_etag(struct str *list, struct str *etag)
{
	size_t i, start;
	ptrdiff_t end;

	for (;;) {
		for (i = 0; i < list->n && (list->at[i] == ',' ||
		    list->at[i] == ' ' || list->at[i] == '\t'); i++)
			continue;
		*list = str_from(*list, i);
		start = is_weak(*list) ? 3 : 1;
		if (list->n >= start && list->at[start - 1] == '"') {
			end = str_find(str_from(*list, start), '"');
			if (end < 0)
				return false;
			*etag = str_first(*list, start + (size_t)end + 1);
			*list = str_from(*list, etag->n);
			return true;
		}
		end = str_find(*list, ',');
		if (end < 0)
			return false;
		*list = str_from(*list, (size_t)end);
	}
}

bool
etag_list_has(struct str list, struct str etag, bool weak)
{
	struct str one;

	if (str_is(list, "*"))
		return true;
	while (cut_etag(&list, &one))
		if (weak ? etag_matches_weak(one, etag) :
		    etag_matches_strong(one, etag))
			return true;
	return false;
}

/* Any field of this name has the representation's entity tag. */
static bool
has_etag(const struct precond *p, struct str name, bool weak)
{
	const struct fields *f = p->fields;
	size_t i;

	for (i = fields_find(f, name, 0); i < f->n;
	    i = fields_find(f, name, i + 1))
		if (etag_list_has(f->at[i].value, p->etag, weak))
			return true;
	return false;
}

/* The date in a field that may be there once; false: ignore it. */
static bool
get_date(const struct precond *p, struct str name, time_t *date)
{
	return p->modified != -1 && fields_count(p->fields, name) == 1 &&
	    clock_http_parse(fields_get(p->fields, name), date);
}

static bool
reads_only(const struct precond *p)
{
	return p->method == METHOD_GET || p->method == METHOD_HEAD;
}

/* RFC 9110, 13.1.5. */
static bool
if_range_holds(const struct precond *p)
{
	struct str value = fields_get(p->fields, STR("If-Range"));
	time_t date;

	if (value.at == NULL)
		return true;
	if (fields_count(p->fields, STR("If-Range")) > 1)
		return false;
	if (value.n > 0 && (value.at[0] == '"' || is_weak(value)))
		return etag_matches_strong(value, p->etag);
	return get_date(p, STR("If-Range"), &date) && date == p->modified &&
	    p->now > p->modified;
}

/* Steps 1 to 4 of RFC 9110, 13.2.2.  The methods that select no representation
 * have nothing to compare (13.2.1). */
static int
check(const struct precond *p)
{
	const struct fields *f = p->fields;
	time_t date;

	if (p->method == METHOD_OPTIONS || p->method == METHOD_TRACE ||
	    p->method == METHOD_CONNECT)
		return 0;
	if (fields_has(f, STR("If-Match"))) {
		if (!has_etag(p, STR("If-Match"), false))
			return 412;
	} else if (get_date(p, STR("If-Unmodified-Since"), &date) &&
	    p->modified > date)
		return 412;
	if (fields_has(f, STR("If-None-Match"))) {
		if (has_etag(p, STR("If-None-Match"), true))
			return reads_only(p) ? 304 : 412;
	} else if (reads_only(p) &&
	    get_date(p, STR("If-Modified-Since"), &date) &&
	    p->modified <= date)
		return 304;
	return 0;
}

int
precond_check(const struct precond *p, struct str *range)
{
	int status = check(p);

	*range = STR_NONE;
	if (status == 0 && p->method == METHOD_GET &&
	    fields_count(p->fields, STR("Range")) == 1 && if_range_holds(p))
		*range = fields_get(p->fields, STR("Range"));
	return status;
}
