/*
 * directive.c - nodes become settings.
 *
 * Finds the row, checks place and number of arguments, lets the setter or the
 * slot's rule read them.  Knows the meaning of no directive.  Invariant: every
 * node of a tree is looked at, whatever is wrong with those around it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/directive.h"
#include "conf/foreign.h"
#include "conf/scope.h"

static const struct where {
	unsigned	 bit;
	const char	*name;
} wheres[] = {
	{ IN_SERVER,	"the server configuration" },
	{ IN_VHOST,	"<VirtualHost>" },
	{ IN_DIRECTORY,	"<Directory>" },
	{ IN_LOCATION,	"<Location>" },
	{ IN_FILES,	"<Files>" },
	{ IN_IF,	"<If>" },
	{ IN_HTACCESS,	".htaccess" },
	{ 0, NULL }
}, overrides[] = {
	{ OVERRIDE_AUTHCONFIG,	"AuthConfig" },
	{ OVERRIDE_FILEINFO,	"FileInfo" },
	{ OVERRIDE_INDEXES,	"Indexes" },
	{ OVERRIDE_LIMIT,	"Limit" },
	{ OVERRIDE_OPTIONS,	"Options" },
	{ 0, NULL }
};

/* "BEGINNING a, b or c". */
static char *
names_of(struct arena *a, const char *beginning, const struct where *table,
    unsigned bits)
{
	struct text t = { .arena = a };
	size_t n = 0;

	text_addz(&t, beginning);
	for (; table->name != NULL; table++) {
		if ((table->bit & bits) == 0)
			continue;
		bits &= ~table->bit;
		if (n++ > 0)
			text_addz(&t, bits != 0 ? ", " : " or ");
		text_addz(&t, table->name);
	}
	return text_z(&t);
}

static const char *
where_name(unsigned bit)
{
	const struct where *w;

	for (w = wheres; w->name != NULL; w++)
		if (w->bit == bit)
			return w->name;
	return NULL;
}

/* The row's class, or any when it has none, or its name is allowed. */
static bool
may_override(const struct setting *s)
{
	const struct override *o = s->reading->override;
	unsigned needed = s->row->where & OVERRIDE_ALL;
	size_t i;

	if (o == NULL || (o->classes & (needed != 0 ? needed : OVERRIDE_ALL)))
		return true;
	for (i = 0; o->names != NULL && i < o->names->n; i++)
		if (o->names->at[i] == s->row)
			return true;
	return false;
}

static const char *
override_hint(const struct setting *s)
{
	unsigned needed = s->row->where & OVERRIDE_ALL;

	if (needed == 0)
		return str_zfmt(s->arena, "it needs AllowOverrideList %s",
		    s->row->name);
	return names_of(s->arena, "it needs AllowOverride ", overrides,
	    needed);
}

/* NULL when the row may stand there; else the end of a sentence. */
static const char *
misplaced(struct setting *s)
{
	unsigned where = s->row->where, here = s->place->where;

	s->wrong = -1;
	if ((where & here) == 0) {
		s->hint = names_of(s->arena, "it may stand in ", wheres,
		    where & IN_ANY);
		if (here == IN_SERVER || here == IN_HTACCESS)
			return "not allowed here";
		return str_zfmt(s->arena, "not allowed in %s context",
		    where_name(here));
	}
	if (here == IN_HTACCESS && !may_override(s)) {
		s->hint = override_hint(s);
		return "not allowed here";
	}
	return NULL;
}

/* What AllowOverride forbids is an error, unless it says Nonfatal. */
static bool
is_passed_over(struct setting *s, const char *error)
{
	const struct override *o = s->reading->override;
	struct spot at;

	if (o == NULL || !o->skip_forbidden)
		return false;
	at = setting_spot(s, -1, 0);
	diagnose(s->reading->diagnosis, SEVERITY_WARNING, &at, s->hint,
	    "%s %s, and is passed over", s->row->name, error);
	return true;
}

static const char *
count_name(struct arena *a, int n)
{
	static const char *const names[] = {
		"no", "one", "two", "three", "four"
	};

	if (n < (int)(sizeof(names) / sizeof(names[0])))
		return names[n];
	return str_zfmt(a, "%d", n);
}

char *
directive_usage(struct arena *a, const struct directive *row)
{
	int min = row->min, max = row->max;
	const char *comma = row->help[0] != '\0' ? ", " : "";

	if (max >= MANY)
		return str_zfmt(a, "requires at least %s argument%s%s%s",
		    count_name(a, min), min == 1 ? "" : "s", comma, row->help);
	if (min == 0 && max > 0)
		return str_zfmt(a, "takes at most %s argument%s%s%s",
		    count_name(a, max), max == 1 ? "" : "s", comma, row->help);
	if (min < max)
		return str_zfmt(a, "takes %d-%d arguments%s%s", min, max,
		    comma, row->help);
	return str_zfmt(a, "takes %s argument%s%s%s", count_name(a, max),
	    max == 1 ? "" : "s", comma, row->help);
}

/* NULL, or usage, with the first surplus argument as the wrong one. */
static const char *
miscounted(struct setting *s)
{
	if (s->argc >= s->row->min && s->argc <= s->row->max)
		return NULL;
	s->wrong = s->argc < s->row->min ? -1 : s->row->max;
	return directive_usage(s->arena, s->row);
}

static bool
report(struct setting *s, const char *error)
{
	struct spot at = setting_spot(s, s->wrong, s->wrong_offset);

	diagnose(s->reading->diagnosis, SEVERITY_ERROR, &at, s->hint, "%s %s",
	    s->row->name, error);
	return false;
}

bool
directive_run(struct setting *s)
{
	const char *error;

	error = misplaced(s);
	if (error != NULL)
		return is_passed_over(s, error) || report(s, error);
	error = miscounted(s);
	if (error != NULL)
		return report(s, error);
	s->wrong = 0;
	error = s->row->set != NULL ? s->row->set(s) : setting_read_slot(s);
	return error == NULL || report(s, error);
}

/* The name that it is looked up by. */
static struct str
full_name(struct arena *a, const struct node *node)
{
	if (!node->section)
		return str_of(node->name);
	return str_fmt(a, "<%s>", node->name);
}

/* Whose it is, or what may have been meant. */
static const char *
hint_for_unknown(struct arena *a, const struct node *node, struct str name)
{
	const char *near, *hint = foreign_apache(a, name);
	const struct directive *other;

	if (hint != NULL)
		return hint;
	/* Perhaps the angle brackets are too many, or missing. */
	other = directive_named(node->section ? str_of(node->name) :
	    str_fmt(a, "<%.*s>", STR_ARGS(name)), NULL);
	near = other != NULL ? other->name : directive_name_near(name);
	if (near != NULL)
		return str_zfmt(a, "did you mean %s?", near);
	return foreign_family(a, name);
}

static void
report_unknown(struct reading *r, const struct node *node, struct str name)
{
	bool skip = r->override != NULL && r->override->skip_unknown;
	const char *hint;

	hint = hint_for_unknown(r->arena, node, name);
	diagnose(r->diagnosis, skip ? SEVERITY_WARNING : SEVERITY_ERROR,
	    &node->at, hint, "Invalid command '%.*s', perhaps "
	    "misspelled or defined by a module not included in the server "
	    "configuration", STR_ARGS(name));
}

static void	apply(struct reading *r, const struct place *place,
		    const struct node *nodes, bool check_only);

/*
 * The children of a section that cannot be obeyed: what is certainly wrong in
 * them is said now.  They are read as if they stood where the section stands,
 * because only that place is known, into a scope that nobody looks at.
 */
static void
check_children(struct reading *r, const struct place *place,
    const struct node *section)
{
	struct place here = *place;

	if (section->children == NULL)
		return;
	here.scope = scope_new(r->arena);
	apply(r, &here, section->children, true);
}

static bool
obey(struct setting *s)
{
	const struct module *m = s->module;

	if (s->row->where & OF_OWNER)
		s->conf = s->place->owner;
	else if (m->conf_size > 0)
		s->conf = scope_conf(s->arena, s->place->scope, m);
	return directive_run(s);
}

/* As obey(), for what must not be obeyed; always false. */
static bool
check(struct setting *s, bool place_known)
{
	const char *error;

	error = place_known ? misplaced(s) : NULL;
	if (error != NULL && is_passed_over(s, error))
		return false;
	if (error == NULL && !s->node->broken)
		error = miscounted(s);
	return error != NULL && report(s, error);
}

static void
apply_one(struct reading *r, const struct place *place,
    const struct node *node, bool check_only)
{
	struct setting s = {
		.row = node->row, .module = node->module, .node = node,
		.place = place, .reading = r, .arena = r->arena,
		.argc = node->argc, .argv = node->argv,
	};
	bool obeyed;

	r->applied = NULL;
	if (s.row == NULL) {
		report_unknown(r, node, full_name(reading_texts(r), node));
		if (r->override == NULL || !r->override->skip_unknown)
			check_children(r, place, node);
		return;
	}
	if (check_only && (s.row->where & place->where) == 0)
		obeyed = check(&s, false);
	else if (node->broken)
		obeyed = check(&s, !check_only);
	else
		obeyed = obey(&s);
	if (!obeyed && r->applied != node->children)
		check_children(r, place, node);
}

static void
apply(struct reading *r, const struct place *place, const struct node *nodes,
    bool check_only)
{
	const struct node *node;

	for (node = nodes; node != NULL; node = node->next)
		apply_one(r, place, node, check_only);
}

void
directive_apply(struct reading *r, const struct place *place,
    const struct node *nodes)
{
	apply(r, place, nodes, false);
	r->applied = nodes;
}
