/*
 * condition.c - see condition.h.
 */
#include "base/arena.h"
#include "serve/condition.h"
#include "serve/expr.h"

/* ---- Reading ------------------------------------------------------------- */

static enum section_kind
kind_of(const struct setting *s)
{
	struct str name = str_of(s->row->name);

	return str_is(name, "<If>") ? SECTION_IF :
	    str_is(name, "<Else>") ? SECTION_ELSE : SECTION_ELSE_IF;
}

/* There is something that <Else> and <ElseIf> may be the rest of. */
static bool
may_go_on(const struct vec *conditions)
{
	const struct section *last = conditions->n == 0 ? NULL :
	    conditions->at[conditions->n - 1];

	return last != NULL && last->kind != SECTION_ELSE;
}

static const char *
condition_read(struct setting *s, struct section *n)
{
	struct expr *e;
	const char *error = read_expr(s, 0, 0, EXPR_CONDITION, &e);

	if (error != NULL)
		return error;
	n->condition = e;
	n->pattern = str_of(s->argv[0].z);
	if (expr_too_late(e) != NULL)
		setting_warn(s, 0, "asks for %s, which is not known yet when "
		    "it is decided", expr_too_late(e));
	return NULL;
}

const char *
condition_open(struct setting *s)
{
	struct core_conf *c = s->conf;
	struct section *n = section_new(s, kind_of(s));
	const char *error = NULL;

	if (s->place->limit != NULL)
		error = setting_error(s, -1, "cannot stand in <Limit> or "
		    "<LimitExcept>");
	else if (n->kind != SECTION_IF && !may_go_on(&c->conditions))
		error = setting_error(s, -1, "must stand behind an <If> or "
		    "<ElseIf> of the same section");
	else if (s->argc > 0)
		error = condition_read(s, n);
	section_fill(s, n, s->place->where & IN_HTACCESS ? IN_HTACCESS :
	    IN_IF);
	vec_add(s->arena, &c->conditions, n);
	return error;
}

/* ---- Deciding ------------------------------------------------------------ */

struct deciding {
	struct section_visit files;	/* for the <Files> in a section */
	struct section_visit *v;
	struct request	*r;
	struct str	 name;
	int		 said;
};

static void decide(struct deciding *d, const struct vec *conditions);

static void
take(struct deciding *d, const struct section *s)
{
	d->v->found(d->v, s);
	decide(d, &core_conf(s->scope)->conditions);
	if (s->inside != NULL && d->name.n > 0)
		sections_files(s->inside, d->name, &d->files);
}

static void
take_files(struct section_visit *v, const struct section *s)
{
	struct deciding *d = (struct deciding *)v;

	d->v->group = v->group;
	take(d, s);
}

static int
is_true(struct deciding *d, const struct section *s)
{
	int is = s->kind == SECTION_ELSE ? 1 : expr_true(s->condition, d->r,
	    NULL, 0);

	if (is >= 0)
		return is;
	request_log(d->r, LEVEL_ERROR, "core", 0, "the condition of the "
	    "section at %s:%u cannot be decided: the request is refused",
	    s->at.file, s->at.line);
	d->said = request_refuse(d->r, 500, "A rule of the server could not be "
	    "applied to this request.");
	return 0;
}

/* One of a chain holds at most. */
static void
decide(struct deciding *d, const struct vec *conditions)
{
	bool settled = false;

	for (size_t i = 0; i < conditions->n && d->said == PASS; i++) {
		const struct section *s = conditions->at[i];

		if (s->kind != SECTION_IF && settled)
			continue;
		settled = is_true(d, s);
		if (settled && d->said == PASS)
			take(d, s);
	}
}

int
conditions_decide(struct request *r, struct str name, struct section_visit *v)
{
	struct deciding d = { { .found = take_files }, v, r, name, PASS };

	decide(&d, &core_conf(r->scope)->conditions);
	if (v->gave_up == NULL)
		v->gave_up = d.files.gave_up;
	return d.said;
}
