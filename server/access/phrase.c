/*
 * phrase.c - see phrase.h.
 */
#include <string.h>

#include "access/phrase.h"
#include "base/arena.h"
#include "serve/expr.h"

const char *
phrase_read(struct setting *s, int arg, struct phrase *out)
{
	struct expr *e;
	const char *error;
	struct str constant;

	*out = (struct phrase){ NULL, NULL };
	if (strpbrk(s->argv[arg].z, "%\\") == NULL) {
		out->is = s->argv[arg].z;
		return NULL;
	}
	error = read_expr(s, arg, 0, EXPR_STRING, &e);
	if (error != NULL)
		return error;
	constant = expr_constant(e);
	if (constant.at != NULL)
		out->is = str_z(s->arena, constant);
	else
		out->expr = e;
	return NULL;
}

const char *
phrase_said(struct request *r, const struct phrase *p)
{
	struct str s;

	if (p->expr == NULL)
		return p->is;
	s = expr_string(p->expr, r, NULL);
	return s.at == NULL ? NULL : str_z(r->arena, s);
}
