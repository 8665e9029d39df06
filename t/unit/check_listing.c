/*
 * check_listing.c - sizes, orders and columns of lists.
 */
#include "base/arena.h"
#include "listing/listing.h"

#include "run.h"

static const struct {
	int64_t		 size;
	const char	*shown;
} sizes[] = {
	{ -1, "  - " }, { 0, "  0 " }, { 5, "  5 " }, { 972, "972 " },
	{ 973, "1.0K" }, { 1024, "1.0K" }, { 2500, "2.4K" },
	{ 10000, "9.8K" }, { 10240, " 10K" }, { 100000, " 98K" },
	{ 996147, "973K" }, { 3000000, "2.9M" }, { INT64_C(1) << 40, "1.0T" },
	{ INT64_MAX, "8.0E" },
};

START_TEST(size)
{
	char out[5];

	listing_size(sizes[_i].size, out);
	ck_assert_str_eq(out, sizes[_i].shown);
}
END_TEST

/* In this order. */
static const char *const versions[] = { "a", "a1", "a1.9", "a1.10", "a2",
    "a10", "b", "foo-1.7", "foo-1.12", "foo-1.12a", "v9", "v10" };

START_TEST(version)
{
	for (int i = 0; i < COUNT(versions); i++) {
		int c = listing_compare_versions(str_of(versions[_i]),
		    str_of(versions[i]), false);

		ck_assert_int_eq((c > 0) - (c < 0), (_i > i) - (_i < i));
	}
}
END_TEST

static const struct {
	unsigned	 flags;
	char		 key, order;
	const char	*names;
} orders[] = {
	{ 0, 'N', 'A', "Parent B.txt a.txt b/ c10 c9 " },
	{ 0, 'N', 'D', "Parent c9 c10 b/ a.txt B.txt " },
	{ LISTING_IGNORE_CASE, 'N', 'A', "Parent a.txt B.txt b/ c10 c9 " },
	{ LISTING_VERSIONS, 'N', 'A', "Parent B.txt a.txt b/ c9 c10 " },
	{ LISTING_FOLDERS_FIRST, 'N', 'D',
	  "Parent b/ c9 c10 a.txt B.txt " },
	{ 0, 'S', 'A', "Parent b/ c10 c9 a.txt B.txt " },
	{ 0, 'M', 'D', "Parent B.txt a.txt c10 c9 b/ " },
	{ 0, 'D', 'A', "Parent B.txt b/ c10 c9 a.txt " },
};

START_TEST(order)
{
	struct listing_item items[] = {
		{ .name = STR("c10"), .size = 1, .modified = { .tv_sec = 3 } },
		{ .name = STR("B.txt"), .size = 9,
		  .modified = { .tv_sec = 9 } },
		{ .name = STR("b/"), .size = -1, .modified = { .tv_sec = 1 },
		  .directory = true },
		{ .name = STR("Parent"), .size = -1, .directory = true,
		  .parent = true },
		{ .name = STR("a.txt"), .size = 5, .modified = { .tv_sec = 5 },
		  .description = STR("x") },
		{ .name = STR("c9"), .size = 2, .modified = { .tv_sec = 2 } },
	};
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct listing l = { .flags = orders[_i].flags, .key = orders[_i].key,
	    .order = orders[_i].order };

	for (int i = 0; i < COUNT(items); i++)
		vec_add(a, &l.items, &items[i]);
	listing_sort(&l);
	for (size_t i = 0; i < l.items.n; i++) {
		text_add(&t, ((struct listing_item *)l.items.at[i])->name);
		text_addc(&t, ' ');
	}
	ck_assert_str_eq(text_z(&t), orders[_i].names);
	arena_end(a);
}
END_TEST

/* What stands in the list of one item. */
static const struct {
	struct listing	 look;
	struct listing_item item;
	const char	*html;
} shapes[] = {
	{ { 0 }, { .name = STR("a<b"), .url = STR("a%3Cb") },
	  "<ul><li><a href=\"a%3Cb\"> a&lt;b</a></li>\n</ul>\n" },
	{ { .flags = LISTING_FANCY | LISTING_NO_ICON | LISTING_NO_DATE |
	  LISTING_NO_RULES, .name_width = 8, .description_width = -1,
	  .key = 'N', .order = 'A' },
	  { .name = STR("a.txt"), .url = STR("a.txt"), .size = 7,
	  .description = STR("<b>x</b>") },
	  "<pre><a href=\"?C=N;O=D\">Name</a>     <a href=\"?C=S;O=A\">Size</a>"
	  "  <a href=\"?C=D;O=A\">Description</a>\n"
	  "<a href=\"a.txt\">a.txt</a>      7   <b>x</b>\n</pre>\n" },
	{ { .flags = LISTING_FANCY | LISTING_NO_DATE | LISTING_NO_SIZE |
	  LISTING_NO_DESCRIPTION | LISTING_NO_SORTING, .name_width = 8,
	  .icon_width = 2, .icon_height = 3 },
	  { .name = STR("123456789"), .url = STR("u"), .icon = "/i.gif" },
	  "<pre>      Name     <hr><img src=\"/i.gif\" alt=\"[   ]\" "
	  "width=\"2\" height=\"3\"> <a href=\"u\">12345..&gt;</a> \n"
	  "<hr></pre>\n" },
	{ { .flags = LISTING_FANCY | LISTING_TABLE | LISTING_NO_DATE |
	  LISTING_NO_DESCRIPTION | LISTING_NO_RULES | LISTING_NO_SORTING,
	  .name_width = -1, .styled = true },
	  { .name = STR("d/"), .url = STR("d/"), .size = -1, .icon = "/d.gif",
	  .alt = "DIR" },
	  "  <table id=\"indexlist\">\n   <tr class=\"indexhead\">"
	  "<th class=\"indexcolicon\">&nbsp;</th>"
	  "<th class=\"indexcolname\">Name</th>"
	  "<th class=\"indexcolsize\">Size</th></tr>\n"
	  "   <tr class=\"even\"><td class=\"indexcolicon\">"
	  "<img src=\"/d.gif\" alt=\"[DIR]\"></td>"
	  "<td class=\"indexcolname\"><a href=\"d/\">d/</a></td>"
	  "<td class=\"indexcolsize\">  - </td></tr>\n</table>\n" },
	{ { .flags = LISTING_FANCY | LISTING_NO_ICON | LISTING_NO_DATE |
	  LISTING_NO_SIZE | LISTING_NO_RULES | LISTING_NO_SORTING,
	  .name_width = 4, .description_width = 3 },
	  { .name = STR("a"), .url = STR("a"), .description = STR("<i>a&amp;"
	  "bcd</i>") }, "<pre>Name Description\n<a href=\"a\">a</a>    "
	  "<i>a&amp;>\n</pre>\n" },
	{ { .flags = LISTING_FANCY | LISTING_NO_DESCRIPTION |
	  LISTING_NO_RULES | LISTING_NO_SORTING | LISTING_TABLE |
	  LISTING_NO_SIZE | LISTING_NO_DATE | LISTING_NO_ICON,
	  .name_width = 6 },
	  { .name = STR("a"), .url = STR("a") },
	  "  <table>\n   <tr><th>Name</th></tr>\n"
	  "<tr><td><a href=\"a\">a</a>     </td></tr>\n</table>\n" },
};

START_TEST(shape)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct listing l = shapes[_i].look;

	vec_add(a, &l.items, (void *)(uintptr_t)&shapes[_i].item);
	listing_write(&t, &l);
	ck_assert_str_eq(text_z(&t), shapes[_i].html);
	arena_end(a);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("listing");

	tcase_add_loop_test(tc, size, 0, COUNT(sizes));
	tcase_add_loop_test(tc, version, 0, COUNT(versions));
	tcase_add_loop_test(tc, order, 0, COUNT(orders));
	tcase_add_loop_test(tc, shape, 0, COUNT(shapes));
	return run_case("listing", tc);
}
