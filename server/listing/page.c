/*
 * page.c - see page.h.
 *
 * Names are bytes: they are escaped for HTML and for URLs.
 */
#include "listing/page.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "http/uri.h"
#include "listing/entries.h"
#include "listing/kept.h"
#include "serve/corridor.h"
#include "serve/errdoc.h"
#include "serve/request.h"

enum { INSERT_MAX = 1 << 20 };

unsigned
page_flags(const struct listing_conf *c)
{
	const struct options *o = &c->flags;

	return ((o->absolute ? o->set : 0) & ~o->remove) | o->add;
}

/* ---- What the client wants ----------------------------------------------- */

/* "C=S;O=D;F=2;V=1;P=*.txt"; what is none of these does not count. */
static void
read_query(struct request *r, struct listing *l, struct str *pattern)
{
	struct text keep = { .arena = r->arena };
	struct str rest = r->query, part;

	while (str_cut(&rest, r->query.n > 0 &&
	    str_find(r->query, ';') >= 0 ? ';' : '&', &part)) {
		struct str value = str_from(part, 2);

		if (part.n < 3 || part.at[1] != '=')
			continue;
		if (part.at[0] == 'P' && uri_decode(r->arena, value, true,
		    pattern)) {
			text_addf(&keep, ";P=%.*s", STR_ARGS(value));
			continue;
		}
		if (part.n != 3)
			continue;
		if (part.at[0] == 'C' && strchr("NMSD", value.at[0]) != NULL)
			l->key = value.at[0];
		else if (part.at[0] == 'O' && strchr("AD", value.at[0]))
			l->order = value.at[0];
		else if (part.at[0] == 'F' && value.at[0] >= '0' &&
		    value.at[0] <= '2') {
			l->flags &= ~(unsigned)(LISTING_FANCY | LISTING_TABLE);
			if (value.at[0] > '0')
				l->flags |= LISTING_FANCY;
			if (value.at[0] == '2')
				l->flags |= LISTING_TABLE;
			text_addf(&keep, ";F=%c", value.at[0]);
		} else if (part.at[0] == 'V' && (value.at[0] == '0' ||
		    value.at[0] == '1')) {
			l->flags &= ~(unsigned)LISTING_VERSIONS;
			if (value.at[0] == '1')
				l->flags |= LISTING_VERSIONS;
			text_addf(&keep, ";V=%c", value.at[0]);
		}
	}
	l->arguments = text_str(&keep);
}

static void
begin(struct request *r, const struct listing_conf *c, struct listing *l,
    struct str *pattern)
{
	int64_t order = number_or(c->order, 'N' << 8 | 'A');
	struct str none = STR_NONE;

	*l = (struct listing){ .key = (char)(order >> 8),
	    .order = (char)(order & 255),
	    .name_width = (int)number_or(c->name_width, LISTING_NAME_WIDTH),
	    .icon_width = (int)number_or(c->icon_width, 0),
	    .icon_height = (int)number_or(c->icon_height, 0),
	    .styled = c->style_sheet != NULL };
	l->flags = page_flags(c);
	if (l->flags & LISTING_TABLE)
		l->flags |= LISTING_FANCY;
	l->blank_icon = entries_note(&c->icons, STR("^^BLANKICON^^"), none,
	    none);
	*pattern = STR("");
	if (l->flags & LISTING_IGNORE_CLIENT)
		l->flags |= LISTING_NO_SORTING;
	else
		read_query(r, l, pattern);
	l->description_width = (int)number_or(c->description_width,
	    listing_description_width(l));
	/* A plain list knows only names. */
	if (!(l->flags & LISTING_FANCY)) {
		l->flags &= ~(unsigned)LISTING_FOLDERS_FIRST;
		l->key = 'N';
	}
}

/* ---- The page ------------------------------------------------------------ */

/* The file of HeaderName or ReadmeName; false: there is none to show. */
static bool
insert(struct request *r, struct text *t, const char *name)
{
	struct str type;
	struct request *looked;
	struct stat st;
	ssize_t n = 0;
	char *bytes;
	int fd;

	if (name == NULL)
		return false;
	looked = request_lookup(r, name[0] == '/' ? str_of(name) :
	    str_fmt(r->arena, "%.*s%s", STR_ARGS(r->path), name));
	type = fields_get(&looked->out, STR("Content-Type"));
	if (looked->status != 200 || looked->found.kind != FOUND_FILE ||
	    looked->handler != NULL || !str_starts(type, STR("text/")))
		return false;
	fd = os_open_file(looked->filename, looked->root_n, looked->links,
	    &st);
	if (fd == -1)
		return false;
	bytes = arena_alloc(r->arena, INSERT_MAX);
	n = read(fd, bytes, INSERT_MAX);
	close(fd);
	if (n <= 0)
		return n == 0;
	if (str_starts(type, STR("text/html"))) {
		text_add(t, str_n(bytes, (size_t)n));
		return true;
	}
	text_addz(t, "<pre>\n");
	text_add_html(t, str_n(bytes, (size_t)n));
	text_addz(t, "</pre>\n");
	return true;
}

/* To the byte as Apache's, for those who read such pages by program. */
static void
add_preamble(const struct listing_conf *c, const struct listing *l,
    struct text *t, struct str path)
{
	text_addz(t, l->flags & LISTING_XHTML ? "<!DOCTYPE html PUBLIC "
	    "\"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
	    "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\">\n" :
	    "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
	    "\"http://www.w3.org/TR/html4/strict.dtd\">\n<html>\n");
	text_addz(t, " <head>\n  <title>Index of ");
	text_add_html(t, path);
	text_addz(t, "</title>\n");
	if (c->style_sheet != NULL) {
		text_addz(t, "  <link rel=\"stylesheet\" href=\"");
		text_add_html(t, str_of(c->style_sheet));
		text_addf(t, "\" type=\"text/css\"%s>\n",
		    l->flags & LISTING_XHTML ? " /" : "");
	}
	if (c->head_insert != NULL)
		text_addz(t, c->head_insert);
	text_addz(t, " </head>\n <body>\n");
}

static struct str
write_page(struct request *r, const struct listing_conf *c,
    const struct listing *l)
{
	struct text t = { .arena = r->arena }, head = { .arena = r->arena };
	bool has_head = insert(r, &head, c->header);
	struct str path = r->path;

	if (path.n > 1 && str_ends(path, STR("/")))
		path.n--;
	if (!has_head || !(l->flags & LISTING_NO_PREAMBLE))
		add_preamble(c, l, &t, path);
	text_add(&t, text_str(&head));
	if (!has_head) {
		text_addz(&t, l->styled ? "  <h1 id=\"indextitle\">" :
		    "<h1>");
		text_addz(&t, "Index of ");
		text_add_html(&t, path);
		text_addz(&t, "</h1>\n");
	}
	listing_write(&t, l);
	if (!insert(r, &t, c->readme))
		errdoc_add_signature(r, "", &t);
	text_addz(&t, "</body></html>\n");
	return text_str(&t);
}

struct str
page_make(struct request *r, const struct listing_conf *c)
{
	struct str page, pattern, meaning;
	struct listing l;

	begin(r, c, &l, &pattern);
	meaning = str_fmt(r->arena, "%c%c%.*s", l.key, l.order,
	    STR_ARGS(l.arguments));
	page = kept_find(r, meaning);
	if (page.at != NULL)
		return page;
	if (!entries_read(r, c, &l, pattern))
		return STR_NONE;
	listing_sort(&l);
	page = write_page(r, c, &l);
	kept_add(r, meaning, page);
	return page;
}
