/*
 * mod_vhost_alias - directories for any number of hosts, named after them.
 *
 * In a pattern, %N is the Nth part between the dots of the host's name, %-N the
 * Nth from its end, %N+ and %-N+ all from there or up to there, %0 the whole;
 * %N.M takes the Mth letter of it in the same way.  What is not there is "_".
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "conf/directive.h"
#include "serve/kin.h"
#include "serve/request.h"
#include "serve/story.h"

extern struct module mod_vhost_alias;

/* Where a kind of files is; NULL: not told, "none": by no pattern. */
struct pattern {
	const char	*path;
	bool		 by_address;
};

struct vhost_alias_conf {
	struct pattern	 documents, programs;
};

/* ---- Directives ---------------------------------------------------------- */

/* One number of a % form; false when it is none. */
static bool
take_number(struct str *s)
{
	if (str_starts(*s, STR("-")))
		*s = str_from(*s, 1);
	if (s->n == 0 || !char_is_digit((unsigned char)s->at[0]))
		return false;
	*s = str_from(*s, str_starts(str_from(*s, 1), STR("+")) ? 2 : 1);
	return true;
}

static const char *
check_pattern(struct setting *s, struct str rest)
{
	ptrdiff_t percent;

	if (!str_starts(rest, STR("/")))
		return setting_error(s, 0, "must be an absolute path, or none");
	while ((percent = str_find(rest, '%')) >= 0) {
		rest = str_from(rest, (size_t)percent + 1);
		if (str_starts(rest, STR("%")) || str_starts(rest, STR("p"))) {
			rest = str_from(rest, 1);
			continue;
		}
		if (!take_number(&rest))
			return setting_error(s, 0, "has a %% that is followed "
			    "by no number, p or %%");
		if (!str_starts(rest, STR(".")))
			continue;
		rest = str_from(rest, 1);
		if (!take_number(&rest))
			return setting_error(s, 0, "has a number with a dot "
			    "that is followed by no number");
	}
	return NULL;
}

static const char *
read_pattern(struct setting *s)
{
	struct pattern *p = (struct pattern *)(void *)((char *)s->conf +
	    s->row->at);

	p->path = s->argv[0].z;
	p->by_address = str_ends(str_of(s->row->name), STR("IP"));
	if (str_is_nocase(str_of(p->path), "none"))
		return NULL;
	return check_pattern(s, str_of(p->path));
}

#define AT(field)	offsetof(struct vhost_alias_conf, field)
#define ROW(name, field, help) \
	{ name, 1, 1, IN_CONF, SLOT_CUSTOM, AT(field), read_pattern, help, \
	  .size = sizeof(struct pattern) }

static const struct directive rows[] = {
	ROW("VirtualDocumentRoot", documents,
	    "a host's directory, by its name: /srv/%0"),
	ROW("VirtualDocumentRootIP", documents,
	    "a host's directory, by the address it was asked at"),
	ROW("VirtualScriptAlias", programs,
	    "a host's directory of programs, by its name"),
	ROW("VirtualScriptAliasIP", programs,
	    "a host's directory of programs, by the address"),
	{ 0 }
};

/* ---- Filling in ---------------------------------------------------------- */

/* "-2+": which, from where, and all the rest. */
struct choice {
	size_t	n;
	bool	from_end, all;
};

static struct choice
take_choice(struct str *s)
{
	struct choice c = { 0 };

	c.from_end = str_starts(*s, STR("-"));
	*s = str_from(*s, c.from_end);
	c.n = (size_t)(s->at[0] - '0');
	*s = str_from(*s, 1);
	c.all = str_starts(*s, STR("+"));
	*s = str_from(*s, c.all);
	return c;
}

/* The bytes of s from the dot before part i on (from 1). */
static size_t
part_start(struct str s, size_t i)
{
	size_t at = 0;

	for (; i > 1 && at < s.n; at++)
		i -= s.at[at] == '.';
	return at;
}

static size_t
part_end(struct str s, size_t start)
{
	ptrdiff_t dot = str_find(str_from(s, start), '.');

	return dot < 0 ? s.n : start + (size_t)dot;
}

static struct str
choose_part(struct str name, struct choice c)
{
	size_t parts = 1, start, end;

	for (size_t i = 0; i < name.n; i++)
		parts += name.at[i] == '.';
	if (c.n == 0)
		return name;
	if (c.n > parts)
		return STR("_");
	start = part_start(name, c.from_end ? parts - c.n + 1 : c.n);
	end = part_end(name, start);
	if (c.all && c.from_end)
		start = 0;
	else if (c.all)
		end = name.n;
	return str_n(name.at + start, end - start);
}

static struct str
choose_letters(struct str s, struct choice c)
{
	size_t start, n = 1;

	if (c.n == 0)
		return s;
	if (c.n > s.n)
		return STR("_");
	start = c.from_end ? s.n - c.n : c.n - 1;
	if (c.all && c.from_end)
		return str_first(s, start + 1);
	if (c.all)
		n = s.n - start;
	return str_n(s.at + start, n);
}

static struct str
fill(struct request *r, struct str pattern, struct str name)
{
	struct text t = { .arena = r->arena };

	while (pattern.n > 0) {
		char c = pattern.at[0];
		struct str part;

		pattern = str_from(pattern, 1);
		if (c != '%') {
			text_addc(&t, c);
			continue;
		}
		if (pattern.at[0] == '%' || pattern.at[0] == 'p') {
			if (pattern.at[0] == 'p')
				text_addn(&t, request_server_port(r));
			else
				text_addc(&t, '%');
			pattern = str_from(pattern, 1);
			continue;
		}
		part = choose_part(name, take_choice(&pattern));
		if (str_starts(pattern, STR("."))) {
			pattern = str_from(pattern, 1);
			part = choose_letters(part, take_choice(&pattern));
		}
		text_add(&t, str_lower(r->arena, part));
	}
	while (t.n > 1 && t.at[t.n - 1] == '/')
		t.n--;
	return text_str(&t);
}

/* ---- Requests ------------------------------------------------------------ */

static bool
is_set(const struct pattern *p)
{
	return p->path != NULL && !str_is_nocase(str_of(p->path), "none");
}

/* A name that comes from the client must stay one component. */
static bool
is_safe(struct str name)
{
	return name.n > 0 && name.at[0] != '.' && str_find(name, '/') < 0 &&
	    memchr(name.at, 0, name.n) == NULL;
}

static int
map(struct request *r, const struct pattern *p, struct str rest, bool program)
{
	struct str name = p->by_address ? request_local(r) :
	    request_server_name(r), root;

	if (!is_safe(name))
		return 400;
	if (p->by_address)
		request_once(r);
	root = fill(r, str_of(p->path), name);
	r->filename = str_zfmt(r->arena, "%.*s%.*s", STR_ARGS(root),
	    STR_ARGS(rest));
	r->root_n = root.n;
	r->document_root = str_z(r->arena, root);
	story_tell(r, NULL, "%s maps %.*s to %s", program ?
	    "VirtualScriptAlias" : "VirtualDocumentRoot", STR_ARGS(r->path),
	    r->filename);
	if (program) {
		r->handler = "cgi-script";
		r->script_alias = true;
		r->context_prefix = "/cgi-bin";
		r->context_root = r->document_root;
	}
	return DONE;
}

static int
translate(struct request *r)
{
	const struct vhost_alias_conf *c = scope_get(r->vhost->scope,
	    &mod_vhost_alias);
	struct str path = r->path;

	if (!is_set(&c->programs) && !is_set(&c->documents))
		return PASS;
	while (str_starts(str_from(path, 1), STR("/")))
		path = str_from(path, 1);
	if (is_set(&c->programs) && str_starts(path, STR("/cgi-bin/")))
		return map(r, &c->programs, str_from(path,
		    sizeof("/cgi-bin") - 1), true);
	if (!is_set(&c->documents) || !str_starts(path, STR("/")))
		return PASS;
	return map(r, &c->documents, path, false);
}

struct module mod_vhost_alias = {
	.name = "vhost_alias",
	.alias = "mod_vhost_alias.c vhost_alias_module",
	.conf_size = sizeof(struct vhost_alias_conf),
	.rows = rows,
	.translate = translate,
	.kin = kin_all,
	.steady = true,
};
