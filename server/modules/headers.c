/*
 * mod_headers - changes to the fields of requests and answers.
 *
 * An answer has two lists of fields, as in Apache: those that are there on
 * success, and those that are there always, on the server's own pages and after
 * an internal redirect, too.  A Header line changes one of them and looks at no
 * other.  Lines are obeyed in the order of the merged scopes, the outer's
 * first.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "base/os.h"
#include "conf/directive.h"
#include "http/fields.h"
#include "serve/conn.h"
#include "serve/expr.h"
#include "serve/request.h"

extern struct module mod_headers;

enum action {
	ACTION_ADD, ACTION_APPEND, ACTION_ECHO, ACTION_EDIT, ACTION_EDIT_ALL,
	ACTION_MERGE, ACTION_NOTE, ACTION_SET, ACTION_SET_IF_EMPTY,
	ACTION_UNSET,
};

static const char *const action_words[] = { "add", "append", "echo", "edit",
    "edit*", "merge", "note", "set", "setifempty", "unset", NULL };

/* A piece of a value. */
struct part {
	char		 letter;	/* 0: text as it stands */
	struct str	 text;		/* or the name in %{NAME}e */
};

struct change {
	enum action	 action;
	struct str	 name;
	struct regex	*regex;		/* edit: of values; echo: of names */
	const struct expr *value;	/* "expr=..."; or: */
	struct vec	 parts;
	/* When: */
	bool		 early;
	const char	*env;		/* this variable is set */
	bool		 env_missing;	/* ... is not */
	const struct expr *condition;
};

struct headers_conf {
	struct vec	 request, success, always;	/* struct change * */
};

/* ---- Reading values ------------------------------------------------------ */

static void
add_part(struct arena *a, struct vec *parts, char letter, struct str text)
{
	struct part *p = arena_one(a, struct part);

	*p = (struct part){ letter, text };
	vec_add(a, parts, p);
}

/* Text up to a "%", with \n \r \t and \\; other backslashes stay. */
static struct str
read_text(struct arena *a, const char **z)
{
	static const char letters[] = "nrt\\", meant[] = "\n\r\t\\";
	struct text t = { .arena = a };

	for (; **z != 0 && **z != '%'; ++*z) {
		const char *letter = **z == '\\' && (*z)[1] != 0 ?
		    strchr(letters, (*z)[1]) : NULL;

		if (letter != NULL)
			++*z;
		text_addc(&t, letter != NULL ? meant[letter - letters] : **z);
	}
	return text_str(&t);
}

/* Behind a "%": a letter, perhaps with {NAME} before it. */
static const char *
read_format(struct setting *s, int arg, const char **z, struct vec *parts)
{
	static const char letters[] = "tDlibes";
	const char *from = *z, *name = "", *end;

	if (**z == '%' || **z == 0) {
		*z += **z == '%';
		add_part(s->arena, parts, 0, STR("%"));
		return NULL;
	}
	if (**z == '{') {
		end = strchr(*z, '}');
		if (end == NULL)
			return setting_error(s, arg, "has a %%{ without }");
		name = str_z(s->arena, str_n(*z + 1, (size_t)(end - *z) - 1));
		*z = end + 1;
	}
	if (**z == 0 || strchr(letters, **z) == NULL) {
		s->wrong_offset = (size_t)(from - s->argv[arg].z);
		return setting_error(s, arg, "does not know the format %%%.*s",
		    (int)(*z - from + (**z != 0)), from);
	}
	add_part(s->arena, parts, *(*z)++, str_of(name));
	return NULL;
}

static const char *
read_value(struct setting *s, int arg, struct change *c)
{
	const char *z = s->argv[arg].z, *error = NULL;
	struct expr *e = NULL;

	if (str_starts(str_of(z), STR("expr="))) {
		error = read_expr(s, arg, 5, EXPR_STRING, &e);
		c->value = e;
		return error;
	}
	while (*z != 0 && error == NULL) {
		if (*z == '%') {
			z++;
			error = read_format(s, arg, &z, &c->parts);
		} else {
			add_part(s->arena, &c->parts, 0,
			    read_text(s->arena, &z));
		}
	}
	return error;
}

/* ---- Reading lines ------------------------------------------------------- */

/* early, env=[!]NAME or expr=...: the last argument. */
static const char *
read_when(struct setting *s, int arg, struct change *c)
{
	struct str z = str_of(s->argv[arg].z);
	const char *name;
	struct expr *e;

	if (str_is_nocase(z, "early")) {
		c->early = true;
		if ((s->place->where & IN_CONF) == 0)
			setting_warn(s, arg, "has no effect here: it is too "
			    "early for sections, it may stand in the server "
			    "configuration or a <VirtualHost>");
		return NULL;
	}
	if (str_starts_nocase(z, STR("expr="))) {
		const char *error = read_expr(s, arg, 5, EXPR_CONDITION, &e);

		c->condition = e;
		return error;
	}
	if (!str_starts_nocase(z, STR("env=")))
		return setting_error(s, arg, "may end with early, "
		    "env=[!]variable or expr=..., not with \"%s\"", z.at);
	name = z.at + 4;
	c->env_missing = *name == '!';
	c->env = name + c->env_missing;
	return c->env[0] != 0 ? NULL :
	    setting_error(s, arg, "needs the name of a variable behind env=");
}

/* A name, perhaps with a colon behind it. */
static const char *
read_name(struct setting *s, int arg, struct change *c)
{
	struct str z = str_of(s->argv[arg].z);
	ptrdiff_t colon;

	if (c->action == ACTION_ECHO)
		return read_regex(s, arg, 0, &c->regex);
	colon = str_find(z, ':');
	c->name = colon < 0 ? z : str_first(z, (size_t)colon);
	if (c->name.n == 0 ||
	    field_name_span(c->name.at, c->name.n) != c->name.n)
		return setting_error(s, arg, "needs the name of a field, not "
		    "\"%s\"", z.at);
	return NULL;
}

static size_t
values_of(enum action action)
{
	if (action == ACTION_UNSET || action == ACTION_ECHO)
		return 0;
	return action == ACTION_EDIT || action == ACTION_EDIT_ALL ? 2 : 1;
}

/* action name [value [replacement]] [when]: the action stands at arg. */
static const char *
read_change(struct setting *s, int arg, struct vec *list)
{
	struct change *c = arena_one(s->arena, struct change);
	const char *error;
	int64_t word;
	int values;

	error = read_word(s, arg, action_words, &word);
	if (error != NULL)
		return error;
	c->action = (enum action)word;
	if (!str_is(str_of(s->row->name), "Header") &&
	    (c->action == ACTION_ECHO || c->action == ACTION_NOTE))
		return setting_error(s, arg, "cannot %s: that is for Header",
		    s->argv[arg].z);
	values = (int)values_of(c->action);
	if (s->argc < arg + 2 + values || s->argc > arg + 3 + values)
		return setting_error(s, arg, "%s takes the name of a field%s",
		    action_words[word], values == 2 ?
		    ", a regular expression and a replacement" :
		    values == 1 ? " and a value" : " and no value");
	error = read_name(s, arg + 1, c);
	if (error == NULL && values == 2)
		error = read_regex(s, arg + 2, 0, &c->regex);
	if (error == NULL && values > 0)
		error = read_value(s, arg + 1 + values, c);
	if (error == NULL && s->argc == arg + 3 + values)
		error = read_when(s, arg + 2 + values, c);
	vec_add(s->arena, list, c);
	return error;
}

static const char *
set_header(struct setting *s)
{
	struct headers_conf *c = s->conf;
	struct str first = str_of(s->argv[0].z);

	if (str_is_nocase(first, "always"))
		return s->argc == 1 ? "needs an action behind always" :
		    read_change(s, 1, &c->always);
	if (str_is_nocase(first, "onsuccess"))
		return s->argc == 1 ? "needs an action behind onsuccess" :
		    read_change(s, 1, &c->success);
	return read_change(s, 0, &c->success);
}

static const char *
set_request_header(struct setting *s)
{
	struct headers_conf *c = s->conf;

	return read_change(s, 0, &c->request);
}

static const struct directive rows[] = {
	{ "Header", 2, 6, IN_ANY | OVERRIDE_FILEINFO, SLOT_NONE, 0, set_header,
	  "[always|onsuccess] an action, a field, a value, and when" },
	{ "RequestHeader", 2, 5, IN_ANY | OVERRIDE_FILEINFO, SLOT_NONE, 0,
	  set_request_header, "an action, a field, a value, and when" },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct headers_conf *o = outer, *i = inner;
	struct headers_conf *r = result;

	r->request = vec_join(a, &o->request, &i->request);
	r->success = vec_join(a, &o->success, &i->success);
	r->always = vec_join(a, &o->always, &i->always);
}

/* ---- Values of a request ------------------------------------------------- */

static void
add_loads(struct text *t)
{
	double load[3] = { 0 };

	os_load_averages(load);
	text_addf(t, "l=%.2f/%.2f/%.2f", load[0], load[1], load[2]);
}

static void
add_formatted(struct request *r, struct text *t, const struct part *p)
{
	struct str value;

	if (p->letter != 0 && p->letter != 'e')
		request_once(r);
	switch (p->letter) {
	case 't':
		text_addf(t, "t=%lld", (long long)r->started_us);
		break;
	case 'D':
		text_addf(t, "D=%lld", (long long)(clock_us_now() -
		    r->started_mono_us));
		break;
	case 'l':
		add_loads(t);
		break;
	case 'i':
		text_addf(t, "i=%u", 100 - conn_busy_percent());
		break;
	case 'b':
		text_addf(t, "b=%u", conn_busy_percent());
		break;
	case 'e':
		value = request_env(r, p->text);
		text_add(t, value.at != NULL ? value : STR("(null)"));
		break;
	case 's':
		text_addz(t, "(null)");
		break;
	default:
		text_add(t, p->text);
	}
}

/*
 * Nothing that a client, a variable or a file says may end a field and begin
 * another: control bytes become blanks, those at the ends go.
 */
static struct str
made_safe(struct arena *a, struct str s)
{
	char *z;

	if (field_value_span(s.at, s.n) == s.n)
		return str_trim(s);
	z = str_z(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (field_value_span(z + i, 1) == 0)
			z[i] = ' ';
	return str_trim(str_n(z, s.n));
}

/* Not yet safe: it may be what a pattern's match is replaced by. */
static struct str
raw_value(struct request *r, const struct change *c)
{
	struct text t = { .arena = r->arena };
	struct str value;

	if (c->value != NULL) {
		value = expr_string(c->value, r, NULL);
		return value.at == NULL ? STR("") : value;
	}
	for (size_t i = 0; i < c->parts.n; i++)
		add_formatted(r, &t, c->parts.at[i]);
	return t.n == 0 ? STR("") : text_str(&t);
}

static struct str
value_of(struct request *r, const struct change *c)
{
	return made_safe(r->arena, raw_value(r, c));
}

/* ---- Changes ------------------------------------------------------------- */

/* Add to the first field of this name, or begin it. */
static void
append(struct arena *a, struct fields *f, struct str name, struct str value)
{
	size_t i = fields_find(f, name, 0);

	if (i == f->n)
		fields_add(f, name, value);
	else
		f->at[i].value = str_fmt(a, "%.*s, %.*s",
		    STR_ARGS(f->at[i].value), STR_ARGS(value));
}

/* The value is an element of the first such field; letter case counts. */
static bool
is_listed(const struct fields *f, struct str name, struct str value)
{
	struct str rest = fields_get(f, name), part;

	while (str_element(&rest, &part))
		if (str_eq(part, value))
			return true;
	return false;
}

/* $0 to $9 of with; a backslash takes away a meaning. */
static void
add_replacement(struct text *t, struct str with, const struct str *group)
{
	for (size_t i = 0; i < with.n; i++) {
		char c = with.at[i], next = i + 1 < with.n ?
		    with.at[i + 1] : 0;

		if (c == '$' && char_is_digit((unsigned char)next)) {
			text_add(t, group[next - '0']);
			i++;
		} else if (c == '\\' && next != 0) {
			text_addc(t, next);
			i++;
		} else {
			text_addc(t, c);
		}
	}
}

/* Give the value with its first match, or all, replaced. */
static struct str
edited(struct request *r, const struct change *c, struct str value)
{
	struct text t = { .arena = r->arena };
	struct str group[10], rest = value;
	bool found = false;

	while (regex_match(c->regex, rest, group, 10) == 1) {
		size_t before = (size_t)(group[0].at - rest.at);

		found = true;
		text_add(&t, str_first(rest, before));
		add_replacement(&t, raw_value(r, c), group);
		rest = str_from(rest, before + group[0].n);
		if (c->action == ACTION_EDIT || rest.n == 0)
			break;
		/* What matches nothing would do so for ever. */
		if (group[0].n == 0) {
			text_addc(&t, rest.at[0]);
			rest = str_from(rest, 1);
		}
	}
	if (!found)
		return value;
	text_add(&t, rest);
	return made_safe(r->arena, text_str(&t));
}

static void
edit(struct request *r, const struct change *c, struct fields *f)
{
	for (size_t i = fields_find(f, c->name, 0); i < f->n;
	    i = fields_find(f, c->name, i + 1))
		f->at[i].value = edited(r, c, f->at[i].value);
}

/* Fields of the request whose names match. */
static void
echo(struct request *r, const struct change *c, struct fields *f)
{
	for (size_t i = 0; i < r->in.n; i++)
		if (regex_match(c->regex, r->in.at[i].name, NULL, 0) == 1)
			fields_add(f, r->in.at[i].name, r->in.at[i].value);
}

static void
take_note(struct request *r, const struct change *c, const struct fields *f)
{
	struct str value = fields_get(f, c->name);

	if (value.at != NULL)
		request_note_set(r, raw_value(r, c), value);
}

static void
change(struct request *r, const struct change *c, struct fields *f)
{
	switch (c->action) {
	case ACTION_ADD:
		fields_add(f, c->name, value_of(r, c));
		break;
	case ACTION_APPEND:
		append(r->arena, f, c->name, value_of(r, c));
		break;
	case ACTION_MERGE:
		if (!is_listed(f, c->name, value_of(r, c)))
			append(r->arena, f, c->name, value_of(r, c));
		break;
	case ACTION_SET_IF_EMPTY:
		if (fields_has(f, c->name))
			break;
		/* fall through */
	case ACTION_SET:
		fields_set(f, c->name, value_of(r, c));
		break;
	case ACTION_UNSET:
		fields_unset(f, c->name);
		break;
	case ACTION_EDIT:
	case ACTION_EDIT_ALL:
		edit(r, c, f);
		break;
	case ACTION_ECHO:
		echo(r, c, f);
		break;
	case ACTION_NOTE:
		take_note(r, c, f);
		break;
	}
}

/* A condition that cannot be decided (it is logged) changes nothing. */
static bool
is_due(struct request *r, const struct change *c, bool early)
{
	if (c->early != early)
		return false;
	if (c->env != NULL)
		return (request_env(r, str_of(c->env)).at == NULL) ==
		    c->env_missing;
	return c->condition == NULL ||
	    expr_true(c->condition, r, NULL, 0) == 1;
}

static void
change_all(struct request *r, const struct vec *list, struct fields *f,
    bool early)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct change *c = list->at[i];
		/* There is one type, whatever the list. */
		bool type = f == &r->out_always &&
		    str_is_nocase(c->name, "Content-Type");

		if (!is_due(r, c, early))
			continue;
		change(r, c, type ? &r->out : f);
		r->edited = true;
	}
}

/* ---- Hooks --------------------------------------------------------------- */

static int
early(struct request *r)
{
	const struct headers_conf *c = scope_get(r->scope, &mod_headers);

	/* The fields of a lookup are those of the request that asks. */
	if (r->main == NULL)
		change_all(r, &c->request, &r->in, true);
	change_all(r, &c->always, &r->out_always, true);
	change_all(r, &c->success, &r->out, true);
	return PASS;
}

static int
fixup(struct request *r)
{
	const struct headers_conf *c = scope_get(r->scope, &mod_headers);

	if (r->main == NULL)
		change_all(r, &c->request, &r->in, false);
	return PASS;
}

static void
headers(struct request *r)
{
	const struct headers_conf *c = scope_get(r->scope, &mod_headers);

	if (r->method == METHOD_TRACE)
		return;
	change_all(r, &c->always, &r->out_always, false);
	if (!r->own_page)
		change_all(r, &c->success, &r->out, false);
}

static bool
has_early(const struct vec *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		if (((const struct change *)changes->at[i])->early)
			return true;
	return false;
}

/* What is changed early may be the type, by an expression. */
static enum kinship
kin(const struct kin_question *q)
{
	const struct headers_conf *c = scope_get(q->looked->scope,
	    &mod_headers);
	const struct headers_conf *host = scope_get(q->looked->vhost->scope,
	    &mod_headers);

	return has_early(&c->always) || has_early(&c->success) ||
	    has_early(&host->always) || has_early(&host->success) ?
	    KIN_NOT : KIN_ALL;
}

struct module mod_headers = {
	.name = "headers",
	.alias = "mod_headers.c headers_module",
	.conf_size = sizeof(struct headers_conf),
	.rows = rows,
	.merge = merge,
	.kin = kin,
	.steady = true,
	.early = early,
	.fixup = fixup,
	.headers = headers,
};
