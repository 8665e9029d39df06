/*
 * method.c - the table of request methods.
 */
#include <string.h>

#include "base/text.h"
#include "http/method.h"

static const struct {
	struct str	name;
	bool		safe;
} methods[METHOD_COUNT] = {
#define ROW(name, safe)	{ { (name), sizeof(name) - 1 }, (safe) }
	[METHOD_GET] = ROW("GET", true),
	[METHOD_HEAD] = ROW("HEAD", true),
	[METHOD_POST] = ROW("POST", false),
	[METHOD_PUT] = ROW("PUT", false),
	[METHOD_DELETE] = ROW("DELETE", false),
	[METHOD_CONNECT] = ROW("CONNECT", false),
	[METHOD_OPTIONS] = ROW("OPTIONS", true),
	[METHOD_TRACE] = ROW("TRACE", true),
	[METHOD_PATCH] = ROW("PATCH", false),
	[METHOD_PROPFIND] = ROW("PROPFIND", true),
	[METHOD_PROPPATCH] = ROW("PROPPATCH", false),
	[METHOD_MKCOL] = ROW("MKCOL", false),
	[METHOD_COPY] = ROW("COPY", false),
	[METHOD_MOVE] = ROW("MOVE", false),
	[METHOD_LOCK] = ROW("LOCK", false),
	[METHOD_UNLOCK] = ROW("UNLOCK", false),
	[METHOD_VERSION_CONTROL] = ROW("VERSION-CONTROL", false),
	[METHOD_CHECKOUT] = ROW("CHECKOUT", false),
	[METHOD_UNCHECKOUT] = ROW("UNCHECKOUT", false),
	[METHOD_CHECKIN] = ROW("CHECKIN", false),
	[METHOD_UPDATE] = ROW("UPDATE", false),
	[METHOD_LABEL] = ROW("LABEL", false),
	[METHOD_REPORT] = ROW("REPORT", true),
	[METHOD_MKWORKSPACE] = ROW("MKWORKSPACE", false),
	[METHOD_MKACTIVITY] = ROW("MKACTIVITY", false),
	[METHOD_BASELINE_CONTROL] = ROW("BASELINE-CONTROL", false),
	[METHOD_MERGE] = ROW("MERGE", false),
#undef ROW
};

/* In the order of the table, which is the order of how usual they are. */
enum http_method
method_of(struct str name)
{
	int m;

	for (m = METHOD_OTHER + 1; m < METHOD_COUNT; m++)
		if (methods[m].name.n == name.n &&
		    memcmp(methods[m].name.at, name.at, name.n) == 0)
			return (enum http_method)m;
	return METHOD_OTHER;
}

struct str
method_name(enum http_method m)
{
	return methods[m].name;
}

bool
method_is_safe(enum http_method m)
{
	return methods[m].safe;
}

struct str
method_list(struct arena *a, uint64_t set)
{
	struct text list = { .arena = a };
	int m;

	for (m = METHOD_OTHER + 1; m < METHOD_COUNT; m++) {
		if ((set & METHOD_BIT(m)) == 0)
			continue;
		if (list.n > 0)
			text_addz(&list, ", ");
		text_add(&list, methods[m].name);
	}
	return text_str(&list);
}
