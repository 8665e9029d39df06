/*
 * listing.c - see listing.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "listing/listing.h"

enum { NO_DATE_WIDTH = 19 };

static bool
has(const struct listing *l, unsigned flag)
{
	return (l->flags & flag) != 0;
}

/* ---- Order --------------------------------------------------------------- */

static size_t
digits_at(struct str s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && char_is_digit((unsigned char)s.at[i + n]))
		n++;
	return n;
}

static int
compare_numbers(struct str a, struct str b)
{
	while (a.n > 0 && a.at[0] == '0')
		a = str_from(a, 1);
	while (b.n > 0 && b.at[0] == '0')
		b = str_from(b, 1);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_compare(a, b);
}

static struct str
skip_blanks(struct str s)
{
	while (s.n > 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
		s = str_from(s, 1);
	return s;
}

int
listing_compare_versions(struct str a, struct str b, bool nocase)
{
	/* Blanks do not count, as in Apache. */
	while ((a = skip_blanks(a)).n > 0 && (b = skip_blanks(b)).n > 0) {
		size_t da = digits_at(a, 0), db = digits_at(b, 0);
		int c;

		if (da > 0 && db > 0) {
			c = compare_numbers(str_first(a, da),
			    str_first(b, db));
		} else {
			da = db = 1;
			c = nocase ? str_compare_nocase(str_first(a, 1),
			    str_first(b, 1)) : str_compare(str_first(a, 1),
			    str_first(b, 1));
		}
		if (c != 0)
			return c;
		a = str_from(a, da);
		b = str_from(b, db);
	}
	b = skip_blanks(b);
	return (a.n > 0) - (b.n > 0);
}

static int
compare_names(const struct listing *l, struct str a, struct str b)
{
	if (has(l, LISTING_VERSIONS))
		return listing_compare_versions(a, b,
		    has(l, LISTING_IGNORE_CASE));
	return has(l, LISTING_IGNORE_CASE) ? str_compare_nocase(a, b) :
	    str_compare(a, b);
}

static int
compare_times(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

/* An item, and the first of what it is compared by, as numbers: most are told
 * apart without a look at the item itself. */
struct sorted {
	unsigned	 rank;		/* the parent, directories, others */
	uint64_t	 key;
	struct listing_item *item;
};

/* qsort(3) hands nothing down. */
static const struct listing *sorting;

static int
compare_items(const struct listing *l, const struct listing_item *a,
    const struct listing_item *b)
{
	int c = 0;

	if (l->key == 'M')
		c = compare_times(&a->modified, &b->modified);
	else if (l->key == 'S')
		c = (a->size > b->size) - (a->size < b->size);
	else if (l->key == 'D')
		c = str_compare(a->description, b->description);
	if (c == 0)
		c = compare_names(l, a->name, b->name);
	return c != 0 ? c : str_compare(a->name, b->name);
}

static int
compare(const void *one, const void *other)
{
	const struct sorted *a = one, *b = other, *swap;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (sorting->order == 'D') {
		swap = a;
		a = b;
		b = swap;
	}
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return compare_items(sorting, a->item, b->item);
}

/* How many bytes all names begin with. */
static size_t
common_bytes(const struct vec *items)
{
	struct str first = ((const struct listing_item *)
	    items->at[items->n - 1])->name;

	for (size_t i = 0; i < items->n; i++) {
		const struct listing_item *item = items->at[i];
		size_t k = 0;

		if (item->parent)
			continue;
		while (k < first.n && k < item->name.n &&
		    first.at[k] == item->name.at[k])
			k++;
		first.n = k;
	}
	return first.n;
}

/* Eight bytes as a number that compares as they do. */
static uint64_t
number_of(struct str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 8; i++)
		n = n << 8 | (i < s.n ? (unsigned char)s.at[i] : 0);
	return n;
}

static uint64_t
key_of(const struct listing *l, const struct listing_item *i, size_t common)
{
	bool bytes = !has(l, LISTING_VERSIONS) && !has(l, LISTING_IGNORE_CASE);

	switch (l->key) {
	case 'M':
		return (uint64_t)i->modified.tv_sec ^ UINT64_C(1) << 63;
	case 'S':
		return (uint64_t)i->size ^ UINT64_C(1) << 63;
	case 'N':
		return bytes ? number_of(str_from(i->name, common)) : 0;
	default:
		return 0;
	}
}

void
listing_sort(struct listing *l)
{
	size_t n = l->items.n, common = n > 0 ? common_bytes(&l->items) : 0;
	struct arena *a = arena_new();
	struct sorted *s = arena_many(a, struct sorted, n);

	for (size_t i = 0; i < n; i++) {
		struct listing_item *item = l->items.at[i];

		s[i].item = item;
		s[i].rank = item->parent ? 0 : item->directory &&
		    has(l, LISTING_FOLDERS_FIRST) ? 1 : 2;
		s[i].key = key_of(l, item, common);
	}
	sorting = l;
	if (n > 1)
		qsort(s, n, sizeof(s[0]), compare);
	for (size_t i = 0; i < n; i++)
		l->items.at[i] = s[i].item;
	arena_end(a);
}

/* ---- Cells --------------------------------------------------------------- */

/* A number that is at most three digits long, with blanks before it. */
static void
put_number(int64_t n, char out[3])
{
	memset(out, ' ', 3);
	for (int i = 2; i == 2 || (n > 0 && i >= 0); i--, n /= 10)
		out[i] = (char)('0' + n % 10);
}

void
listing_size(int64_t size, char out[5])
{
	const char *unit = "KMGTPE";
	int64_t rest;

	memcpy(out, "  - ", 5);
	if (size < 0)
		return;
	if (size < 973)
		return put_number(size, out);
	for (;; unit++) {
		rest = size % 1024;
		size /= 1024;
		if (size < 973)
			break;
	}
	out[3] = *unit;
	if (size > 9 || (size == 9 && rest >= 973))
		return put_number(size + (rest >= 512), out);
	rest = (rest * 5 + 256) / 512;
	out[0] = (char)('0' + size + (rest >= 10));
	out[1] = '.';
	out[2] = (char)(rest >= 10 ? '0' : '0' + rest);
}

static void
spaces(struct text *t, size_t n)
{
	if (n > 0)
		memset(text_room(t, n), ' ', n);
	t->n += n;
}

static const char *
end_of_tag(const struct listing *l)
{
	return has(l, LISTING_XHTML) ? " />" : ">";
}

/* alt stands between before and after. */
static void
add_image(struct text *t, const struct listing *l, const char *icon,
    const char *before, const char *alt, const char *after)
{
	text_addz(t, "<img src=\"");
	text_add_html(t, str_of(icon));
	text_addz(t, "\" alt=\"");
	text_addz(t, before);
	text_add_html(t, str_of(alt));
	text_addz(t, after);
	text_addc(t, '"');
	if (l->icon_height > 0 && l->icon_width > 0)
		text_addf(t, " width=\"%d\" height=\"%d\"", l->icon_width,
		    l->icon_height);
	text_addz(t, end_of_tag(l));
}

static void
open_link(struct text *t, const struct listing_item *i)
{
	text_addz(t, "<a href=\"");
	text_add_html(t, i->url);
	text_addz(t, "\">");
}

/* nothing: what stands where there is no icon. */
static void
add_icon(struct text *t, const struct listing *l,
    const struct listing_item *i, const char *nothing)
{
	bool linked = has(l, LISTING_ICONS_ARE_LINKS);

	if (linked)
		open_link(t, i);
	if (i->icon != NULL)
		add_image(t, l, i->icon, "[", i->alt != NULL ? i->alt :
		    "   ", "]");
	else
		text_addz(t, nothing);
	if (linked)
		text_addz(t, "</a>");
}

/* The name as a link, cut to its column, and padded to it. */
static void
add_name(struct text *t, const struct listing_item *i, size_t width,
    bool padded)
{
	open_link(t, i);
	if (i->name.n > width && width > 3) {
		text_add_html(t, str_first(i->name, width - 3));
		text_addz(t, "..&gt;");
	} else {
		text_add_html(t, i->name);
	}
	text_addz(t, "</a>");
	if (padded && i->name.n < width)
		spaces(t, width - i->name.n);
}

/* Files of one minute have one text: many were made together. */
static void
add_date(struct text *t, const struct listing *l,
    const struct listing_item *i)
{
	static struct {
		time_t	 from;
		bool	 old;
		size_t	 n;
		char	 text[32];
	} last;
	time_t at = i->modified.tv_sec;
	bool old = has(l, LISTING_OLD_DATES);
	struct tm tm;

	if (last.n > 0 && last.old == old && at >= last.from &&
	    at - last.from < 60) {
		text_add(t, str_n(last.text, last.n));
		return;
	}
	last.n = 0;
	if (localtime_r(&at, &tm) == NULL)
		return;
	last.from = at - tm.tm_sec;
	last.old = old;
	last.n = strftime(last.text, sizeof(last.text), old ?
	    "%d-%b-%Y %H:%M  " : "%Y-%m-%d %H:%M  ", &tm);
	text_add(t, str_n(last.text, last.n));
}

int
listing_description_width(const struct listing *l)
{
	return LISTING_DESCRIPTION_WIDTH + (has(l, LISTING_NO_ICON) ? 6 : 0) +
	    (has(l, LISTING_NO_DATE) ? NO_DATE_WIDTH : 0) +
	    (has(l, LISTING_NO_SIZE) ? 7 : 0);
}

/* The end of the tag or entity that begins at i. */
static size_t
mark_end(struct str s, size_t i)
{
	ptrdiff_t end = str_find(str_from(s, i), s.at[i] == '<' ? '>' : ';');

	return end < 0 ? s.n : i + (size_t)end + 1;
}

/* Tags take no room, and entities that of one character.  What was cut ends
 * with ">", as in Apache. */
static void
add_description(struct text *t, const struct listing *l, struct str s)
{
	int room = l->description_width;
	size_t i = 0;

	if (room == LISTING_WIDTH_AUTO) {
		text_add(t, s);
		return;
	}
	while (i < s.n && (room > 0 || s.at[i] == '<')) {
		if (s.at[i] != '<')
			room--;
		i = s.at[i] == '<' || s.at[i] == '&' ? mark_end(s, i) : i + 1;
	}
	if (i == s.n || i == 0) {
		text_add(t, str_first(s, i));
		return;
	}
	text_add(t, str_first(s, i - 1));
	text_addc(t, '>');
}

/* The head of a column, which sorts by it. */
static void
add_head(struct text *t, const struct listing *l, char key, const char *name)
{
	if (has(l, LISTING_NO_SORTING)) {
		text_addz(t, name);
		return;
	}
	text_addf(t, "<a href=\"?C=%c;O=%c", key, l->key == key &&
	    l->order == 'A' ? 'D' : 'A');
	text_add_html(t, l->arguments);
	text_addf(t, "\">%s</a>", name);
}

static size_t
name_width(const struct listing *l)
{
	size_t width = LISTING_NAME_WIDTH;

	if (l->name_width != LISTING_WIDTH_AUTO)
		return (size_t)l->name_width;
	for (size_t i = 0; i < l->items.n; i++) {
		const struct listing_item *item = l->items.at[i];

		if (item->name.n > width)
			width = item->name.n;
	}
	return width;
}

/* ---- A plain list -------------------------------------------------------- */

static void
write_list(struct text *t, const struct listing *l)
{
	text_addz(t, "<ul>");
	for (size_t i = 0; i < l->items.n; i++) {
		const struct listing_item *item = l->items.at[i];

		text_addz(t, "<li>");
		open_link(t, item);
		text_addc(t, ' ');
		text_add_html(t, item->name);
		text_addz(t, "</a></li>\n");
	}
	text_addz(t, "</ul>\n");
}

/* ---- Columns ------------------------------------------------------------- */

static void
write_columns_head(struct text *t, const struct listing *l, size_t width)
{
	text_addz(t, "<pre>");
	if (!has(l, LISTING_NO_ICON) && l->blank_icon != NULL) {
		add_image(t, l, l->blank_icon, "", "Icon ", "");
		text_addc(t, ' ');
	} else if (!has(l, LISTING_NO_ICON)) {
		spaces(t, 6);
	}
	add_head(t, l, 'N', "Name");
	spaces(t, width > 4 ? width - 4 + 1 : 1);
	if (!has(l, LISTING_NO_DATE)) {
		add_head(t, l, 'M', "Last modified");
		spaces(t, 6);
	}
	if (!has(l, LISTING_NO_SIZE)) {
		add_head(t, l, 'S', "Size");
		spaces(t, 2);
	}
	if (!has(l, LISTING_NO_DESCRIPTION))
		add_head(t, l, 'D', "Description");
	if (has(l, LISTING_NO_RULES))
		text_addc(t, '\n');
	else
		text_addf(t, "<hr%s", end_of_tag(l));
}

static void
write_columns_item(struct text *t, const struct listing *l,
    const struct listing_item *i, size_t width)
{
	char size[5];

	if (!has(l, LISTING_NO_ICON)) {
		add_icon(t, l, i, "     ");
		text_addc(t, ' ');
	}
	add_name(t, i, width, true);
	text_addc(t, ' ');
	if (!has(l, LISTING_NO_DATE) && i->parent)
		spaces(t, NO_DATE_WIDTH);
	else if (!has(l, LISTING_NO_DATE))
		add_date(t, l, i);
	if (!has(l, LISTING_NO_SIZE)) {
		listing_size(i->size, size);
		text_addz(t, size);
		spaces(t, 2);
	}
	if (!has(l, LISTING_NO_DESCRIPTION))
		add_description(t, l, i->description);
	text_addc(t, '\n');
}

static void
write_columns(struct text *t, const struct listing *l)
{
	size_t width = name_width(l);

	write_columns_head(t, l, width);
	for (size_t i = 0; i < l->items.n; i++)
		write_columns_item(t, l, l->items.at[i], width);
	if (!has(l, LISTING_NO_RULES))
		text_addf(t, "<hr%s", end_of_tag(l));
	text_addz(t, "</pre>\n");
}

/* ---- A table ------------------------------------------------------------- */

/* "<td" or "<th", with a class or the old attributes. */
static void
open_cell(struct text *t, const struct listing *l, const char *tag,
    const char *class, const char *old)
{
	text_addc(t, '<');
	text_addz(t, tag);
	if (l->styled) {
		text_addz(t, " class=\"indexcol");
		text_addz(t, class);
		text_addc(t, '"');
	} else {
		text_addz(t, old);
	}
	text_addc(t, '>');
}

static int
columns(const struct listing *l)
{
	return 1 + !has(l, LISTING_NO_ICON) + !has(l, LISTING_NO_DATE) +
	    !has(l, LISTING_NO_SIZE) + !has(l, LISTING_NO_DESCRIPTION);
}

static void
write_table_rule(struct text *t, const struct listing *l)
{
	if (!has(l, LISTING_NO_RULES))
		text_addf(t, "   <tr%s><th colspan=\"%d\"><hr%s</th></tr>\n",
		    l->styled ? " class=\"indexbreakrow\"" : "", columns(l),
		    end_of_tag(l));
}

static void
write_table_head(struct text *t, const struct listing *l)
{
	text_addf(t, "  <table%s>\n   <tr%s>", l->styled ?
	    " id=\"indexlist\"" : "", l->styled ? " class=\"indexhead\"" :
	    "");
	if (!has(l, LISTING_NO_ICON)) {
		open_cell(t, l, "th", "icon", " valign=\"top\"");
		if (l->blank_icon != NULL)
			add_image(t, l, l->blank_icon, "", "[ICO]", "");
		else
			text_addz(t, "&nbsp;");
		text_addz(t, "</th>");
	}
	open_cell(t, l, "th", "name", "");
	add_head(t, l, 'N', "Name");
	text_addz(t, "</th>");
	if (!has(l, LISTING_NO_DATE)) {
		open_cell(t, l, "th", "lastmod", "");
		add_head(t, l, 'M', "Last modified");
		text_addz(t, "</th>");
	}
	if (!has(l, LISTING_NO_SIZE)) {
		open_cell(t, l, "th", "size", "");
		add_head(t, l, 'S', "Size");
		text_addz(t, "</th>");
	}
	if (!has(l, LISTING_NO_DESCRIPTION)) {
		open_cell(t, l, "th", "desc", "");
		add_head(t, l, 'D', "Description");
		text_addz(t, "</th>");
	}
	text_addz(t, "</tr>\n");
	write_table_rule(t, l);
}

static void
write_table_item(struct text *t, const struct listing *l,
    const struct listing_item *i, size_t n, size_t width)
{
	char size[5];

	if (l->styled)
		text_addf(t, "   <tr class=\"%s\">", n % 2 ? "odd" : "even");
	else
		text_addz(t, "<tr>");
	if (!has(l, LISTING_NO_ICON)) {
		open_cell(t, l, "td", "icon", " valign=\"top\"");
		add_icon(t, l, i, "&nbsp;");
		text_addz(t, "</td>");
	}
	open_cell(t, l, "td", "name", "");
	add_name(t, i, width, l->name_width != LISTING_WIDTH_AUTO);
	text_addz(t, "</td>");
	if (!has(l, LISTING_NO_DATE)) {
		open_cell(t, l, "td", "lastmod", i->parent ? "" :
		    " align=\"right\"");
		if (i->parent)
			text_addz(t, "&nbsp;");
		else
			add_date(t, l, i);
		text_addz(t, "</td>");
	}
	if (!has(l, LISTING_NO_SIZE)) {
		listing_size(i->size, size);
		open_cell(t, l, "td", "size", " align=\"right\"");
		text_addz(t, size);
		text_addz(t, "</td>");
	}
	if (!has(l, LISTING_NO_DESCRIPTION)) {
		open_cell(t, l, "td", "desc", "");
		if (i->description.n > 0)
			add_description(t, l, i->description);
		else
			text_addz(t, "&nbsp;");
		text_addz(t, "</td>");
	}
	text_addz(t, "</tr>\n");
}

static void
write_table(struct text *t, const struct listing *l)
{
	size_t width = name_width(l);

	write_table_head(t, l);
	for (size_t i = 0; i < l->items.n; i++)
		write_table_item(t, l, l->items.at[i], i, width);
	write_table_rule(t, l);
	text_addz(t, "</table>\n");
}

void
listing_write(struct text *t, const struct listing *l)
{
	if (!has(l, LISTING_FANCY))
		write_list(t, l);
	else if (has(l, LISTING_TABLE))
		write_table(t, l);
	else
		write_columns(t, l);
}
