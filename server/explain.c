/*
 * explain.c - "forkful explain" and "forkful rewrite-trace".
 *
 * The request goes through the corridor as any other, up to the module that
 * would answer, which is not let answer in earnest.  On its way things are told
 * to a story; afterwards they are printed, one request of the chain of internal
 * redirects after the other.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "conf/module.h"
#include "explain.h"
#include "http/status.h"
#include "serve/corridor.h"
#include "serve/hosts.h"
#include "serve/story.h"

/* A line about a rule. */
struct told {
	struct spot	 at;
	struct str	 text;
};

/* What was told of one request of the chain. */
struct chapter {
	const struct request *r;
	struct hash	*last;		/* setting -> const struct node *: the
					 * line that it is from */
	struct vec	 sections;	/* const struct section * */
	struct vec	 rules;		/* struct told * */
};

static struct explanation {
	struct offline	 offline;	/* first: a client is one */
	struct story	 story;
	struct later	 later;
	struct vec	 chapters;	/* struct chapter * */
	bool		 over;
} x;

void
explain_usage(const char *word)
{
	fprintf(stderr,
"Usage: forkful %s [-d directory] [-f file] [-D name] [-C \"directive\"]\n"
"       [-X method] [-H \"Name: value\"] [--peer address] URL\n"
"%s\n"
"Options:\n"
"  -d, -f, -D, -C, -c   as for the server\n"
"  -X method            another method than GET\n"
"  -H \"Name: value\"     a field of the request; there may be several\n"
"  --peer address       the client's address; otherwise 127.0.0.1\n", word,
	    strcmp(word, "explain") == 0 ?
"Tells which virtual host, sections, .htaccess files and directives hold for\n"
"the URL, which rewrite rules ran, who may have it, and which handler would\n"
"answer. Nothing is sent and no program is started to answer." :
"Tells which rewrite rules and conditions run for the URL, what each of them\n"
"matched and did, and what becomes of the request.");
}

/* ---- What is told -------------------------------------------------------- */

static struct chapter *
chapter_of(const struct request *r)
{
	struct chapter *c = x.chapters.n == 0 ? NULL :
	    x.chapters.at[x.chapters.n - 1];

	while (r->main != NULL)
		r = r->main;
	if (c == NULL || c->r != r) {
		c = arena_one(x.offline.arena, struct chapter);
		c->r = r;
		vec_add(x.offline.arena, &x.chapters, c);
	}
	return c;
}

static void
told_anew(struct story *s, const struct request *r)
{
	(void)s;
	if (r->main == NULL)
		chapter_of(r)->sections.n = 0;
}

static void
told_section(struct story *s, const struct request *r,
    const struct section *found)
{
	struct chapter *c = chapter_of(r);

	(void)s;
	if (r->main != NULL)
		return;
	for (size_t i = 0; i < c->sections.n; i++)
		if (c->sections.at[i] == found)
			return;
	vec_add(x.offline.arena, &c->sections, (void *)(uintptr_t)found);
}

static void
told_rule(struct story *s, const struct request *r, const struct spot *at,
    struct str text)
{
	/* A look-up's own arena may end before this is printed. */
	struct arena *a = x.offline.arena;
	struct told *t = arena_one(a, struct told);

	(void)s;
	if (at != NULL)
		t->at = *at;
	t->text = r->main == NULL ? str_copy(a, text) :
	    str_fmt(a, "(look-up of %.*s) %.*s", STR_ARGS(r->path),
	    STR_ARGS(text));
	vec_add(a, &chapter_of(r)->rules, t);
}

/* ---- Printing ------------------------------------------------------------ */

/* Bytes that a terminal would obey are shown, not sent. */
static void
print_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < ' ' || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static void
print_line(const char *name, struct str value)
{
	printf("%s: ", name);
	print_text(value);
	putchar('\n');
}

/* Sections that hold or not by themselves are told when they do. */
static bool
is_told_apart(const struct node *n)
{
	static const char *const names[] = { "Files", "FilesMatch", "If",
	    "ElseIf", "Else" };

	for (size_t i = 0; n->section && i < sizeof(names) / sizeof(names[0]);
	    i++)
		if (str_is_nocase(str_of(n->name), names[i]))
			return true;
	return false;
}

/* last may be NULL. */
static void
print_node(const struct node *n, int depth, const struct node *last)
{
	printf("  %*s%s:%u: %s%s", 2 * depth, "", n->at.file, n->at.line,
	    n->section ? "<" : "", n->name);
	if (n->raw.n > 0)
		putchar(' ');
	print_text(n->raw);
	fputs(n->section ? ">" : "", stdout);
	if (last != NULL && last != n)
		printf(" (not in force: see %s:%u)", last->at.file,
		    last->at.line);
	putchar('\n');
}

static void
print_children(const struct node *n, int depth)
{
	for (; n != NULL; n = n->next) {
		if (is_told_apart(n))
			continue;
		print_node(n, depth, NULL);
		print_children(n->children, depth + 1);
	}
}

/* ---- Which lines are in force -------------------------------------------- */

/* It has one value, and the innermost line that gives one counts. */
static bool
has_one_value(const struct directive *row)
{
	switch (row->slot) {
	case SLOT_FLAG:
	case SLOT_NUMBER:
	case SLOT_SECONDS:
	case SLOT_BYTES:
	case SLOT_WORD:
	case SLOT_STRING:
	case SLOT_PATH:
		return true;
	default:
		return false;
	}
}

/* What the line sets, in the form of a key; STR_NONE when others may say more
 * about the same. */
static struct str
setting_key(const struct node *n)
{
	const struct directive *row = n->section ? NULL : n->row;

	if (row == NULL || !has_one_value(row))
		return STR_NONE;
	return str_fmt(x.offline.arena, "%s%d %zu", row->where & OF_OWNER ?
	    "owner " : "", n->module->index, row->at);
}

static void
note_lines(struct chapter *c, const struct node *n)
{
	for (; n != NULL; n = n->next) {
		struct str key = setting_key(n);

		if (key.n > 0)
			hash_set(c->last, key, (void *)(uintptr_t)n);
	}
}

/* In the order in which they cover each other. */
static void
note_all(struct chapter *c)
{
	const struct vec *nodes = &c->r->config->nodes;

	c->last = hash_new(x.offline.arena);
	for (size_t i = 0; i < nodes->n; i++)
		note_lines(c, nodes->at[i]);
	note_lines(c, c->r->vhost->lines);
	for (size_t i = 0; i < c->sections.n; i++)
		note_lines(c, ((const struct section *)
		    c->sections.at[i])->lines);
}

static void
print_nodes(const struct chapter *c, const struct node *n)
{
	for (; n != NULL; n = n->next) {
		if (is_told_apart(n))
			continue;
		print_node(n, 0, hash_get(c->last, setting_key(n)));
		print_children(n->children, 1);
	}
}

/* A line of a server or host that is about requests. */
static bool
is_own(const struct node *n)
{
	const struct directive *row = n->section ? NULL : n->row;

	return row != NULL && (row->where & IN_VHOST) &&
	    !(row->where & AT_ONCE);
}

/* The last of the lines that say the same kind of thing, one below the other,
 * as in a list of types; their number goes to *count. */
static const struct node *
end_of_run(const struct node *first, size_t *count)
{
	const struct node *last = first;

	for (*count = 1; last->next != NULL; (*count)++) {
		const struct node *n = last->next;

		if (n->section || strcmp(n->at.file, first->at.file) != 0 ||
		    !str_is_nocase(str_of(n->name), first->name))
			break;
		last = n;
	}
	return last;
}

/* A server's or host's own lines; of long lists only where they are. */
static void
print_own_lines(const struct chapter *c, const struct node *n)
{
	enum { RUN_MAX = 5 };
	const struct node *last;
	size_t count;

	for (; n != NULL; n = n->next) {
		if (!is_own(n))
			continue;
		print_node(n, 0, hash_get(c->last, setting_key(n)));
		last = end_of_run(n, &count);
		if (count <= RUN_MAX)
			continue;
		printf("  %s:%u-%u: %zu more lines of %s\n", n->at.file,
		    n->next->at.line, last->at.line, count - 1, n->name);
		n = last;
	}
}

/* ---- Printing what was told ---------------------------------------------- */

static const char *
section_name(const struct section *s)
{
	static const char *const names[] = {
		[SECTION_DIRECTORY] = "<Directory>",
		[SECTION_DIRECTORY_MATCH] = "<DirectoryMatch>",
		[SECTION_FILES] = "<Files>",
		[SECTION_FILES_MATCH] = "<FilesMatch>",
		[SECTION_LOCATION] = "<Location>",
		[SECTION_LOCATION_MATCH] = "<LocationMatch>",
		[SECTION_IF] = "<If>", [SECTION_ELSE_IF] = "<ElseIf>",
		[SECTION_ELSE] = "<Else>",
		[SECTION_HTACCESS] = ".htaccess of",
	};

	return names[s->kind];
}

/* The lines of a section are printed once. */
static bool
is_known(const struct section *s)
{
	static struct vec known;

	for (size_t i = 0; i < known.n; i++)
		if (known.at[i] == s)
			return true;
	vec_add(x.offline.arena, &known, (void *)(uintptr_t)s);
	return false;
}

static void
print_sections(const struct chapter *c)
{
	for (size_t i = 0; i < c->sections.n; i++) {
		const struct section *s = c->sections.at[i];
		bool known = is_known(s);

		printf("section: %s ", section_name(s));
		print_text(s->pattern);
		if (s->at.line > 0)
			printf(" (%s:%u)", s->at.file, s->at.line);
		puts(known ? ", as above" : "");
		if (!known)
			print_nodes(c, s->lines);
	}
}

/* What rules look at, but do not change, is for the whole story. */
static bool
is_detail(const struct told *t)
{
	static const char *const details[] = { "applying pattern",
	    "strip per-dir prefix", "add path info postfix" };

	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
		if (str_find_str(t->text, str_of(details[i])) >= 0)
			return true;
	return false;
}

static void
print_rules(const struct chapter *c, enum explain_what what)
{
	if (c->rules.n > 0)
		puts("on the way:");
	for (size_t i = 0; i < c->rules.n; i++) {
		const struct told *t = c->rules.at[i];

		if (what == EXPLAIN_ALL && is_detail(t))
			continue;
		printf("  ");
		if (t->at.file != NULL)
			printf("%s:%u: ", t->at.file, t->at.line);
		print_text(t->text);
		putchar('\n');
	}
}

/* The lines that hold for all of the host. */
static void
print_host(const struct chapter *c)
{
	const struct vhost *v = c->r->vhost;
	const struct vec *nodes = &c->r->config->nodes;

	if (v->at.line > 0)
		printf("host: %s (%s:%u)\n", v->name, v->at.file, v->at.line);
	else
		printf("host: %s (the main server)\n", v->name);
	print_own_lines(c, v->lines);
	if (v->at.line > 0)
		puts("server:");
	for (size_t i = 0; i < nodes->n; i++)
		print_own_lines(c, nodes->at[i]);
}

static void
print_file(const struct request *r)
{
	static const char *const kinds[] = {
		[FOUND_NOT_LOOKED] = "not looked for",
		[FOUND_NOTHING] = "not there", [FOUND_FILE] = "a file",
		[FOUND_DIRECTORY] = "a directory",
		[FOUND_OTHER] = "neither a file nor a directory",
	};

	if (r->filename == NULL)
		return;
	printf("file: ");
	print_text(str_of(r->filename));
	printf(" (%s)\n", kinds[r->found.kind]);
	if (r->path_info.n > 0)
		print_line("path info", r->path_info);
	if (r->has_query)
		print_line("query", r->query);
}

static bool
is_rule_of_access(const struct node *n)
{
	static const char *const names[] = { "Require", "RequireAll",
	    "RequireAny", "RequireNone", "Order", "Allow", "Deny", "Satisfy" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is_nocase(str_of(n->name), names[i]))
			return true;
	return false;
}

/* The rules of the innermost section that has any: they take the place of
 * others. */
static void
print_access_rules(const struct chapter *c)
{
	bool any = false;

	for (size_t i = c->sections.n; i > 0 && !any; i--) {
		const struct section *s = c->sections.at[i - 1];

		for (const struct node *n = s->lines; n != NULL; n = n->next) {
			if (!is_rule_of_access(n))
				continue;
			print_node(n, 0, NULL);
			print_children(n->children, 1);
			any = true;
		}
	}
}

static void
print_access(const struct chapter *c, const struct request *r)
{
	const char *where = corridor_where(r);
	bool refused = strstr(where, "access") != NULL ||
	    strstr(where, "identity") != NULL;

	if (r->user.n > 0)
		print_line("user", r->user);
	if (refused)
		printf("access: refused with %d\n", r->status);
	else if (corridor_passed(r))
		puts("access: granted");
	else
		return;
	print_access_rules(c);
}

/* What became of a request: redirected, refused, or answered by whom. */
static void
print_end(const struct request *r, const struct request *next)
{
	const struct fields *f = &r->out_always;

	if (next != NULL) {
		print_line(status_is_error(r->status) ? "error document" :
		    "redirected inside the server to", next->redirect_to);
		return;
	}
	if (!status_is_error(r->status) && r->answered_by != NULL)
		printf("handler: %s, in the module %s\n", r->handler != NULL ?
		    r->handler : "none is set: by the kind of the file",
		    r->answered_by->name);
	printf("status: %d %.*s", r->status,
	    STR_ARGS(status_reason(r->status)));
	if (status_is_error(r->status))
		printf(", when it was to %s", corridor_where(r));
	putchar('\n');
	if (r->why.n > 0)
		print_line("reason", r->why);
	if (fields_has(f, STR("Location")))
		print_line("location", fields_get(f, STR("Location")));
}

static void
print_chapter(struct chapter *c, const struct request *next,
    enum explain_what what)
{
	const struct request *r = c->r;

	note_all(c);
	if (r->prev == NULL)
		print_line("request", r->head->line);
	if (what == EXPLAIN_ALL && r->prev == NULL)
		print_host(c);
	if (what == EXPLAIN_ALL)
		print_sections(c);
	print_rules(c, what);
	if (what == EXPLAIN_RULES && c->rules.n == 0)
		puts("no rules ran");
	print_file(r);
	if (what == EXPLAIN_ALL)
		print_access(c, r);
	print_end(r, next);
}

static void
print_all(enum explain_what what)
{
	for (size_t i = 0; i < x.chapters.n; i++) {
		struct chapter *c = x.chapters.at[i];
		const struct chapter *next = i + 1 < x.chapters.n ?
		    x.chapters.at[i + 1] : NULL;

		print_chapter(c, next == NULL ? NULL : next->r, what);
		if (next != NULL)
			putchar('\n');
	}
	fflush(stdout);
}

/* ---- Asking -------------------------------------------------------------- */

static void
wake(struct client *c)
{
	(void)c;
	loop_later(x.offline.loop, &x.later);
}

static enum body_look
no_body(struct client *c, struct request *r, struct str *s)
{
	(void)c;
	(void)r;
	(void)s;
	return BODY_END;
}

static void
body_took(struct client *c, struct request *r, size_t n)
{
	(void)c;
	(void)r;
	(void)n;
}

static void
go_on(struct later *l)
{
	(void)l;
	if (x.over || corridor_walk(x.offline.r, &x.offline.r) != DONE)
		return;
	chapter_of(x.offline.r);
	x.over = true;
	loop_stop(x.offline.loop);
}

static const struct client_calls calls = { offline_local, wake, NULL, no_body,
	body_took, NULL };

int
explain(const struct asked *q, enum explain_what what, struct config *c)
{
	struct offline *o = &x.offline;

	o->arena = arena_new();
	o->client.calls = &calls;
	x.story = (struct story){ told_anew, told_section, told_rule };
	o->client.story = &x.story;
	x.later.run = go_on;
	clock_tick();
	if (offline_request(o, q, NULL, c) != 0 ||
	    offline_become_worker(o, c) != 0) {
		arena_end(o->arena);
		return 1;
	}
	wake(&o->client);
	loop_run(o->loop);
	print_all(what);
	arena_end(o->arena);
	offline_end(o);
	return 0;
}
