/*
 * parse.c - from lines to a tree of nodes.
 *
 * Knows sections and nesting; the words that change what is read (Include,
 * <IfModule>) are rows like others, whose setters call back (language.c).
 * Invariant: a section is opened and closed in the same file.
 */
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/include.h"
#include "conf/lex.h"
#include "conf/parse.h"

/* An open section.  The first frame is the outermost list itself. */
struct frame {
	const char	*name;		/* as written */
	struct spot	 at;
	bool		 skip;		/* its lines are not read */
	bool		 unknown;	/* no section is called so */
	size_t		 owner;		/* whose list its nodes join */
	struct node	**tail;		/* of the list, when it owns one */
};

struct parser {
	struct reading	*reading;
	struct frame	 frames[SECTION_DEPTH_MAX + 1];
	size_t		 n;		/* frames in use */
	size_t		 base;		/* those below are of other files */
	size_t		 excess;	/* sections open beyond the limit */
	bool		 holds;		/* the condition just read */
	bool		 nul_seen;	/* in this file */
	bool		 too_deep;	/* Include was, so it is not any more */
	struct taking {			/* a section whose lines are not read */
		void		(*done)(struct reading *r, void *arg,
				    struct str text);
		void		*arg;
		struct text	 text;
		const char	*name;
		struct spot	 at;
		size_t		 depth;	/* sections of that name, open */
	} taking;			/* done == NULL: none */
	struct arg	*args;		/* collected for the line being read */
	size_t		 n_args, room;
};

static void
parser_init(struct parser *p, struct reading *r, struct node **list)
{
	memset(p, 0, sizeof(*p));
	p->reading = r;
	p->frames[0].tail = list;
	p->n = p->base = 1;
}

static bool
is_skipping(const struct parser *p)
{
	return p->excess > 0 || p->frames[p->n - 1].skip;
}

static void __attribute__((format(printf, 4, 5)))
complain(struct parser *p, const struct spot *at, const char *hint,
    const char *fmt, ...)
{
	struct text t = { .arena = reading_texts(p->reading) };
	va_list ap;

	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	diagnose(p->reading->diagnosis, SEVERITY_ERROR, at, hint, "%s",
	    text_z(&t));
}

/* ---- Nodes --------------------------------------------------------------- */

static void
append(struct parser *p, struct node *node)
{
	struct frame *f = &p->frames[p->frames[p->n - 1].owner];

	*f->tail = node;
	f->tail = &node->next;
}

static void
add_arg(struct parser *p, const struct arg *arg)
{
	size_t room;

	if (p->n_args == p->room) {
		room = p->room == 0 ? 16 : 2 * p->room;
		p->args = arena_grow(reading_texts(p->reading), p->args,
		    p->room * sizeof(*arg), room * sizeof(*arg));
		p->room = room;
	}
	p->args[p->n_args++] = *arg;
}

/* Sections split what came from variables too: <VirtualHost ${ADDRESSES}>. */
static void
add_split(struct parser *p, const struct arg *arg)
{
	struct str rest = str_of(arg->z), word;
	struct arg piece = *arg;

	while (str_word(&rest, &word)) {
		/* Most are one word. */
		piece.z = word.n == strlen(arg->z) ? arg->z :
		    str_z(p->reading->arena, word);
		add_arg(p, &piece);
	}
}

static void
read_arguments(struct parser *p, struct lexer *x, struct node *node)
{
	const struct directive *row = node->row;
	struct arg arg;

	p->n_args = 0;
	x->arena = p->reading->arena;
	node->raw = lex_raw(x);
	if (row != NULL && (row->where & RAW_ARGUMENT)) {
		if (lex_rest(x, &arg))
			add_arg(p, &arg);
	} else {
		while (lex_word(x, &arg))
			if (node->section && !x->quoted)
				add_split(p, &arg);
			else
				add_arg(p, &arg);
	}
	node->broken |= x->broken;
	node->argc = (int)p->n_args;
	node->argv = arena_copy(reading_texts(p->reading), p->args,
	    p->n_args * sizeof(arg));
}

/* Obey an AT_ONCE row. */
static void
run(struct parser *p, const struct node *node)
{
	struct reading *r = p->reading;
	const struct place here = {
		.where = r->override != NULL ? IN_HTACCESS : IN_SERVER,
	};
	struct setting s = {
		.row = node->row, .module = node->module, .node = node,
		.place = &here,
		.reading = r, .arena = r->arena, .conf = p,
		.argc = node->argc, .argv = node->argv,
	};

	if (!node->broken)
		directive_run(&s);
}

static bool
is_at_once(const struct node *node)
{
	return node->row != NULL && (node->row->where & AT_ONCE) != 0;
}

/* What comes later may be relative to it already. */
static void
note_server_root(struct parser *p, const struct node *node)
{
	struct reading *r = p->reading;

	if (r->override == NULL && !node->broken && node->argc == 1 &&
	    str_is_nocase(str_of(node->name), "ServerRoot"))
		r->server_root = path_below_root(r, node->argv[0].z);
}

static void
read_directive(struct parser *p, struct lexer *x)
{
	struct node *node;
	struct arg name;

	node = arena_one(x->arena, struct node);
	node->at = line_spot(x->line, x->at, 0);
	lex_word(x, &name);
	node->at.n = name.n;
	node->name = name.z;
	node->row = directive_named(str_of(name.z), &node->module);
	read_arguments(p, x, node);
	if (is_at_once(node)) {
		run(p, node);
		return;
	}
	append(p, node);
	note_server_root(p, node);
}

/* ---- Sections ------------------------------------------------------------ */

/* The name after < or </, which is *at. */
static struct str
take_name(struct lexer *x, struct spot *at)
{
	size_t from = x->at;

	while (x->at < x->end && x->line->text.at[x->at] != '>' &&
	    !lex_is_blank(x->line->text.at[x->at]))
		x->at++;
	*at = line_spot(x->line, from, x->at - from);
	return str_n(x->line->text.at + from, x->at - from);
}

/* A new innermost section, or NULL beyond the limit. */
static struct frame *
push(struct parser *p, const char *name, const struct spot *at)
{
	struct frame *f;

	if (p->excess > 0 || p->n > SECTION_DEPTH_MAX) {
		if (p->excess++ == 0)
			complain(p, at, NULL, "sections stand in each other "
			    "more than %d deep", SECTION_DEPTH_MAX);
		return NULL;
	}
	f = &p->frames[p->n++];
	memset(f, 0, sizeof(*f));
	f->name = name;
	f->at = *at;
	f->owner = f[-1].owner;
	f->skip = f[-1].skip;
	return f;
}

static void
warn_ignored(struct parser *p, const struct lexer *x, size_t from)
{
	struct lexer after = *x;
	struct spot at;
	struct str text;

	after.at = from;
	text = lex_raw(&after);
	if (text.n == 0 || text.at[0] == '#')
		return;
	at = line_spot(x->line, (size_t)(text.at - x->line->text.at), text.n);
	diagnose(p->reading->diagnosis, SEVERITY_WARNING, &at, NULL,
	    "ignored, because it stands after >");
}

/* Let x end before the > that ends the section's line.  As in Apache, that is
 * the last one, unless there are no arguments. */
static void
find_end(struct parser *p, struct lexer *x, struct str name)
{
	struct str rest = str_n(x->line->text.at + x->at, x->end - x->at);
	struct spot at;
	ptrdiff_t i;

	i = str_starts(rest, STR(">")) ? 0 : str_rfind(rest, '>');
	if (i < 0) {
		at = line_spot(x->line, x->end, 1);
		complain(p, &at, NULL, "<%.*s> directive missing closing '>'",
		    STR_ARGS(name));
		x->broken = true;
		return;
	}
	warn_ignored(p, x, x->at + (size_t)i + 1);
	x->end = x->at + (size_t)i;
}

/* Its nodes join the list around it, or are not read at all. */
static void
open_condition(struct parser *p, const struct node *node)
{
	struct frame *f;

	p->holds = false;
	run(p, node);
	if (p->taking.done != NULL) {
		p->taking.name = node->name;
		p->taking.at = node->at;
		return;
	}
	f = push(p, node->name, &node->at);
	if (f != NULL)
		f->skip = !p->holds;
}

static void
open_section(struct parser *p, struct lexer *x)
{
	struct node *node;
	struct frame *f;
	struct spot at;
	struct str name;

	x->at++;
	name = take_name(x, &at);
	if (is_skipping(p)) {
		push(p, str_z(x->arena, name), &at);
		return;
	}
	if (name.n == 0) {
		complain(p, &at, NULL, "a section's name must follow < at "
		    "once");
		x->broken = true;
		lex_skip_blanks(x);
		name = take_name(x, &at);
	}
	find_end(p, x, name);
	node = arena_one(x->arena, struct node);
	node->at = at;
	node->name = str_z(x->arena, name);
	node->section = true;
	node->row = section_named(name, &node->module);
	read_arguments(p, x, node);
	if (is_at_once(node)) {
		open_condition(p, node);
		return;
	}
	append(p, node);
	f = push(p, node->name, &at);
	if (f == NULL)
		return;
	f->unknown = node->row == NULL;
	f->owner = p->n - 1;
	f->tail = &node->children;
}

/* The frame of this file with this name; the innermost first; 0: none. */
static size_t
find_frame(const struct parser *p, struct str name)
{
	size_t i;

	for (i = p->n - 1; i >= p->base; i--)
		if (str_is_nocase(name, p->frames[i].name))
			return i;
	return 0;
}

/* Close the section of that name.  One that is not known was misspelt where it
 * was opened, which is said elsewhere. */
static void
pop(struct parser *p, struct str name, const struct spot *at)
{
	const struct frame *top = &p->frames[p->n - 1];
	size_t i;

	i = find_frame(p, name);
	/* A misspelt name closes what it resembles. */
	if (i == 0 && p->n > p->base &&
	    nearest_name(name, &top->name, 1) != NULL)
		i = p->n - 1;
	if (i > 0 && i == p->n - 1 &&
	    (top->unknown || str_is_nocase(name, top->name))) {
		p->n = i;
		return;
	}
	if (i == 0) {
		complain(p, at, NULL, "</%.*s> without matching <%.*s> section",
		    STR_ARGS(name), STR_ARGS(name));
		return;
	}
	complain(p, at, str_zfmt(reading_texts(p->reading),
	    "<%s> stands in line %u", top->name, top->at.line),
	    "Expected </%s> but saw </%.*s>", top->name, STR_ARGS(name));
	p->n = i;
}

static void
close_section(struct parser *p, struct lexer *x)
{
	struct str name;
	struct spot at;

	x->at += 2;
	name = take_name(x, &at);
	if (p->excess > 0) {
		p->excess--;
		return;
	}
	if (x->at == x->end || x->line->text.at[x->at] != '>')
		complain(p, &at, NULL, "</%.*s> directive missing closing '>'",
		    STR_ARGS(name));
	else if (!is_skipping(p))
		warn_ignored(p, x, x->at + 1);
	pop(p, name, &at);
}

/* ---- Texts --------------------------------------------------------------- */

/* Not a line that anybody wrote; diagnosed. */
static bool
is_unreadable(struct parser *p, const struct line *line)
{
	const char *nul;
	struct spot at;

	nul = memchr(line->text.at, '\0', line->text.n);
	if (!line->too_long && nul == NULL)
		return false;
	at = line_spot(line, line->too_long ? 0 :
	    (size_t)(nul - line->text.at), 1);
	if (line->too_long)
		complain(p, &at, NULL, "the line has more than %d bytes",
		    LINE_MAX_BYTES);
	else if (!p->nul_seen)
		complain(p, &at, NULL, "a NUL byte; lines with one are not "
		    "read");
	p->nul_seen |= nul != NULL;
	return true;
}

/* text is <NAME or </NAME, whatever follows. */
static bool
is_tag(struct str text, struct str open, const char *name)
{
	struct str rest = str_from(text, open.n), z = str_of(name);

	return str_starts(text, open) && str_starts_nocase(rest, z) &&
	    (rest.n == z.n || rest.at[z.n] == '>' ||
	    lex_is_blank(rest.at[z.n]));
}

/* Keep a line of a section whose lines are not read, or end it. */
static void
take_line(struct parser *p, const struct line *line, struct str text)
{
	struct taking *t = &p->taking;
	void (*done)(struct reading *r, void *arg, struct str text) = t->done;
	size_t i;

	if (is_tag(text, STR("<"), t->name))
		t->depth++;
	if (is_tag(text, STR("</"), t->name) && t->depth-- == 0) {
		t->done = NULL;
		done(p->reading, t->arg, text_str(&t->text));
		return;
	}
	text_add(&t->text, line->first.text);
	text_addc(&t->text, '\n');
	for (i = 0; i < line->n_more; i++) {
		text_add(&t->text, line->more[i].text);
		text_addc(&t->text, '\n');
	}
}

static void
read_line(struct parser *p, const struct line *line)
{
	struct lexer x = {
		.reading = p->reading, .arena = reading_texts(p->reading),
		.line = line, .end = line->text.n,
	};
	struct str text = lex_raw(&x);

	if (p->taking.done != NULL) {
		take_line(p, line, text);
		return;
	}
	if (text.n == 0 || text.at[0] == '#' || is_unreadable(p, line))
		return;
	x.at = (size_t)(text.at - line->text.at);
	x.end = x.at + text.n;
	if (str_starts(text, STR("</")))
		close_section(p, &x);
	else if (text.at[0] == '<')
		open_section(p, &x);
	else if (!is_skipping(p))
		read_directive(p, &x);
}

static void
read_text(struct parser *p, const char *file, struct str text)
{
	struct lines lines = {
		.arena = reading_texts(p->reading), .file = file, .rest = text,
	};
	size_t outer_base = p->base;
	bool outer_nul = p->nul_seen;
	struct line line;

	p->base = p->n;
	p->nul_seen = false;
	p->reading->depth++;
	while (lines_next(&lines, &line))
		read_line(p, &line);
	if (p->taking.done != NULL)
		complain(p, &p->taking.at, NULL, "<%s> was not closed",
		    p->taking.name);
	p->taking.done = NULL;
	for (; p->n > p->base; p->n--)
		complain(p, &p->frames[p->n - 1].at, NULL,
		    "<%s> was not closed", p->frames[p->n - 1].name);
	p->excess = 0;
	p->reading->depth--;
	p->nul_seen = outer_nul;
	p->base = outer_base;
}

static void
note_included(struct reading *r, const char *path, unsigned line)
{
	struct included *i;

	i = arena_one(r->arena, struct included);
	i->file = path;
	i->line = line;
	i->depth = r->depth;
	vec_add(r->arena, &r->included, i);
}

static void
read_file(struct parser *p, const char *path, const struct spot *at)
{
	struct reading *r = p->reading;
	const char *error;
	struct str text;

	path = str_z(r->arena, str_of(path));
	error = include_read(reading_texts(r), path, &text);
	if (error != NULL) {
		complain(p, at, NULL, "Could not open configuration file %s: "
		    "%s", path, error);
		return;
	}
	note_included(r, path, at->line);
	read_text(p, path, text);
}

void
parser_include(struct parser *p, const char *path, const struct spot *at)
{
	if (p->too_deep)
		return;
	if (p->reading->depth <= INCLUDE_DEPTH_MAX) {
		read_file(p, path, at);
		return;
	}
	p->too_deep = true;
	complain(p, at, NULL, "Exceeded maximum include depth of %d; there "
	    "appears to be a recursion", INCLUDE_DEPTH_MAX);
}

void
parser_take_lines(struct parser *p, void (*done)(struct reading *r, void *arg,
    struct str text), void *arg)
{
	p->taking = (struct taking){ .done = done, .arg = arg,
	    .text = { .arena = reading_texts(p->reading) } };
}

void
parser_insert(struct parser *p, const char *file, struct str text)
{
	read_text(p, file, text);
}

void
parser_condition(struct parser *p, bool holds)
{
	p->holds = holds;
}

struct node *
parse_file(struct reading *r, const char *path)
{
	const struct spot whole = { .file = path };
	struct node *list = NULL;
	struct parser p;

	parser_init(&p, r, &list);
	read_file(&p, path, &whole);
	return list;
}

struct node *
parse_text(struct reading *r, const char *name, struct str text)
{
	struct node *list = NULL;
	struct parser p;

	parser_init(&p, r, &list);
	read_text(&p, str_z(r->arena, str_of(name)),
	    str_copy(reading_texts(r), text));
	return list;
}

const struct vec *
parse_included(const struct reading *r)
{
	return &r->included;
}

const struct vec *
parse_unknown_modules(const struct reading *r)
{
	return &r->unknown_modules;
}
