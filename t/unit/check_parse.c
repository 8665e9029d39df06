/*
 * check_parse.c - the tree: sections, nesting, and what is wrong with them.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reading.h"

/* The rows matter to parsing only where they ask for a raw argument. */
static const char *
set(struct setting *s)
{
	(void)s;
	return NULL;
}

static const struct directive rows[] = {
	{ "Require", 1, MANY, IN_ANY, SLOT_NONE, 0, set, "" },
	{ "LogFormat", 1, 1, IN_ANY | RAW_ARGUMENT, SLOT_NONE, 0, set, "" },
	{ "<If>", 1, 1, IN_ANY | IS_SECTION | RAW_ARGUMENT, SLOT_NONE, 0, set,
	  "" },
	{ "<Directory>", 1, 1, IN_ANY | IS_SECTION, SLOT_NONE, 0, set, "" },
	{ 0 }
};

static struct module core = { .name = "core", .alias = "core.c", .rows = rows };
static struct module *const table[] = { &mod_language, &core };
static struct arena *a;
static struct reading *r;

static void
open_reading(void)
{
	modules_init(table, 2);
	a = arena_new();
	r = reading_new(a, "/srv");
	variables_set(r->variables, "TWO", "*:80 *:81");
	variables_set(r->variables, "WORD", "word");
	variables_set(r->variables, "NONE", "");
}

static void
end_reading(void)
{
	arena_end(a);
}

static const struct {
	const char	*text, *tree, *findings;
} texts[] = {
	{ "", "", "" },
	{ "\n\n  \n\t\n", "", "" },
	{ "# comment\n  # another\n#", "", "" },
	{ "A\n", "A", "" },
	{ "A b\nC d e", "A(b) C(d)(e)", "" },
	{ "A b # no comment\n", "A(b)(#)(no)(comment)", "" },
	{ "  A b\r\nC\r\n", "A(b) C", "" },
	{ "A \\\n  b \\\n  c\nD", "A(b)(c) D", "" },
	{ "# A \\\nB\nC", "C", "" },
	{ "\"A\" b\n${WORD} c", "A(b) word(c)", "" },
	{ "A \"\" ${NONE} b", "A()()(b)", "" },
	{ "\xff\xfe \x80\n", "\xff\xfe(\x80)", "" },
	{ "A ${X}\nB", "!A(${X}) B", "1:3+4 E ${X} is not defined" },
	/* raw arguments */
	{ "LogFormat  \"%h \\\"%r\\\"\" ${WORD} \n",
	  "LogFormat(\"%h \\\"%r\\\"\" word)", "" },
	{ "LogFormat it's \"", "LogFormat(it's \")", "" },
	{ "LogFormat", "LogFormat", "" },
	{ "<If \"%{X} > 3 && '${WORD}'\">\n</If>",
	  "<If(\"%{X} > 3 && 'word'\"){}", "" },
	/* sections */
	{ "<S a b>\nA\nB c\n</S>\nD", "<S(a)(b){A B(c)} D", "" },
	{ "<S>\n</S>", "<S{}", "" },
	{ "<S >\n</S>", "<S{}", "" },
	{ "<S a>\n</s>", "<S(a){}", "" },
	{ "<S \"a > b\">\n</S>", "<S(a > b){}", "" },
	{ "<S a>\n<T b>\nA\n</T>\n</S>", "<S(a){<T(b){A}}", "" },
	{ "<S a>\n</S>\n<S b>\n</S>", "<S(a){} <S(b){}", "" },
	{ "<S \\\n a>\n</S>", "<S(a){}", "" },
	{ "<S ${TWO}>\n</S>", "<S(*:80)(*:81){}", "" },
	{ "<S \"${TWO}\">\n</S>", "<S(*:80 *:81){}", "" },
	{ "<S a ${NONE} b>\n</S>", "<S(a)(b){}", "" },
	{ "<S a> # comment\n</S> # comment", "<S(a){}", "" },
	{ "<S a> junk\n</S> more",
	  "<S(a){}", "1:7+4 W ignored, because it stands after >\n"
	  "2:6+4 W ignored, because it stands after >" },
	{ "<S> a > b\n</S>", "<S{}",
	  "1:5+5 W ignored, because it stands after >" },
	{ "<S a\nA\n</S>", "!<S(a){A}",
	  "1:5+1 E <S> directive missing closing '>'" },
	{ "<S ${X}>\nA\n</S>", "!<S(${X}){A}", "1:4+4 E ${X} is not defined" },
	{ "< S a>\nA\n</S>", "!<S(a){A}",
	  "1:2+0 E a section's name must follow < at once" },
	{ "<>\n</>", "!<{}",
	  "1:2+0 E a section's name must follow < at once" },
	/* closing */
	{ "<S a>\nA\n", "<S(a){A}", "1:2+1 E <S> was not closed" },
	{ "<S a>\n<T b>\nA\n", "<S(a){<T(b){A}}",
	  "1:2+1 E <S> was not closed\n2:2+1 E <T> was not closed" },
	{ "</S>\nA", "A", "1:3+1 E </S> without matching <S> section" },
	{ "<S a>\n</S", "<S(a){}",
	  "2:3+1 E </S> directive missing closing '>'" },
	{ "<S a>\n</S >\nA", "<S(a){} A",
	  "2:3+1 E </S> directive missing closing '>'" },
	{ "</\n", "", "1:3+0 E </> directive missing closing '>'\n"
	  "1:3+0 E </> without matching <> section" },
	/* crossed over: all that is inside is closed too */
	{ "<S a>\n<T b>\n<U c>\nA\n</S>\nB", "<S(a){<T(b){<U(c){A}}} B",
	  "5:3+1 E Expected </U> but saw </S>; <U> stands in line 3" },
	{ "<S a>\n</T>\nA\n</S>", "<S(a){A}",
	  "2:3+1 E </T> without matching <T> section" },
	/* a misspelt end is taken for what it resembles */
	{ "<Directory a>\n</Directry>\nA", "<Directory(a){} A",
	  "2:3+8 E Expected </Directory> but saw </Directry>; <Directory> "
	  "stands in line 1" },
	/* a misspelt beginning is told of when it is looked up */
	{ "<Directry a>\n</Directory>\nA", "<Directry(a){} A", "" },
};

START_TEST(makes_trees)
{
	const struct node *nodes;

	nodes = parse_text(r, "f", str_of(texts[_i].text));
	ck_assert_str_eq(tree_words(a, nodes), texts[_i].tree);
	ck_assert_str_eq(finding_words(r), texts[_i].findings);
}
END_TEST

START_TEST(nul_bytes)
{
	const struct node *nodes;

	nodes = parse_text(r, "f", STR("A\n# \0\nB \0 c\n\0\nC\n"));
	ck_assert_str_eq(tree_words(a, nodes), "A C");
	ck_assert_str_eq(finding_words(r),
	    "3:3+1 E a NUL byte; lines with one are not read");
}
END_TEST

START_TEST(endless_lines)
{
	size_t n = (16 << 20) + 100;
	char *z = malloc(n);
	const struct node *nodes;

	memset(z, 'x', n);
	memcpy(z + n - 3, "\nA\n", 3);
	nodes = parse_text(r, "f", str_n(z, n));
	free(z);
	ck_assert_str_eq(tree_words(a, nodes), "A");
	ck_assert_str_eq(finding_words(r),
	    "1:1+1 E the line has more than 16777216 bytes");
}
END_TEST

/* Nesting has a limit; what is beyond is passed over, and closes well. */
START_TEST(endless_nesting)
{
	struct text t = { .arena = a };
	const struct node *nodes;
	int i, depth = SECTION_DEPTH_MAX + _i;

	for (i = 0; i < depth; i++)
		text_addz(&t, "<S>\n");
	text_addz(&t, "A\n");
	for (i = 0; i < depth; i++)
		text_addz(&t, "</S>\n");
	text_addz(&t, "B\n");
	nodes = parse_text(r, "f", text_str(&t));
	ck_assert_str_eq(nodes->next->name, "B");
	ck_assert_str_eq(finding_words(r), _i <= 0 ? "" :
	    "101:2+1 E sections stand in each other more than 100 deep");
}
END_TEST

START_TEST(nodes_know_their_places)
{
	const struct node *n;

	n = parse_text(r, "name", STR("\n\t<S a\\\n  'b c'>\n  A \"d\"\n</S>"));
	ck_assert_str_eq(n->at.file, "name");
	ck_assert_uint_eq(n->at.line, 2);
	ck_assert_uint_eq(n->at.column, 3);
	ck_assert_uint_eq(n->at.n, 1);
	ck_assert(str_is(n->at.text, "\t<S a\\"));
	ck_assert(str_is(n->raw, "a  'b c'"));
	ck_assert_int_eq(n->argc, 2);
	ck_assert_uint_eq(n->argv[1].line, 3);
	ck_assert_uint_eq(n->argv[1].column, 3);
	ck_assert_uint_eq(n->argv[1].n, 5);
	ck_assert(str_is(n->argv[1].text, "  'b c'>"));
	n = n->children;
	ck_assert_uint_eq(n->at.line, 4);
	ck_assert_uint_eq(n->at.column, 3);
	ck_assert_uint_eq(n->argv[0].column, 5);
	ck_assert(str_is(n->raw, "\"d\""));
}
END_TEST

START_TEST(text_is_copied)
{
	char text[] = "A b ${WORD}";
	const struct node *n;

	n = parse_text(r, "f", str_of(text));
	memset(text, 'X', sizeof(text));
	ck_assert_str_eq(tree_words(a, n), "A(b)(word)");
	ck_assert(str_is(n->at.text, "A b ${WORD}"));
}
END_TEST

START_TEST(server_root_moves)
{
	const struct override o = { .classes = OVERRIDE_ALL };
	const struct node *n;

	n = parse_text(r, "f", STR("serverROOT \"/a/b/\"\nA\n"));
	ck_assert_str_eq(r->server_root, "/a/b");
	ck_assert_str_eq(tree_words(a, n), "serverROOT(/a/b/) A");
	parse_text(r, "f", STR("ServerRoot ../c"));
	ck_assert_str_eq(r->server_root, "/a/c");
	parse_text(r, "f", STR("ServerRoot ${NOPE}\nServerRoot\n"
	    "ServerRoot a b\n<IfDefine no>\nServerRoot /no\n</IfDefine>"));
	ck_assert_str_eq(r->server_root, "/a/c");
	r->override = &o;
	parse_text(r, "f", STR("ServerRoot /etc"));
	ck_assert_str_eq(r->server_root, "/a/c");
}
END_TEST

START_TEST(reads_files)
{
	char path[] = "/tmp/forkful-parse-XXXXXX";
	int fd = mkstemp(path);
	const struct included *file;
	const struct node *n;

	ck_assert_int_eq(write(fd, "A b\nC", 5), 5);
	close(fd);
	n = parse_file(r, path);
	unlink(path);
	ck_assert_str_eq(tree_words(a, n), "A(b) C");
	ck_assert_str_eq(n->at.file, path);
	ck_assert_uint_eq(parse_included(r)->n, 1);
	file = parse_included(r)->at[0];
	ck_assert_str_eq(file->file, path);
	ck_assert_uint_eq(file->line, 0);
	ck_assert_uint_eq(file->depth, 0);
}
END_TEST

START_TEST(unreadable_file)
{
	ck_assert_ptr_null(parse_file(r, "/nonexistent/httpd.conf"));
	ck_assert_str_eq(finding_words(r), "0:0+0 E Could not open "
	    "configuration file /nonexistent/httpd.conf: No such file or "
	    "directory");
	ck_assert_uint_eq(parse_included(r)->n, 0);
	ck_assert_ptr_null(parse_file(r, "/dev/null"));
	ck_assert_uint_eq(diagnosis_errors(r->diagnosis), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("parse");
	TCase *tc = tcase_create("parse");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_reading, end_reading);
	tcase_add_loop_test(tc, makes_trees, 0,
	    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tc, nul_bytes);
	tcase_add_test(tc, endless_lines);
	tcase_add_loop_test(tc, endless_nesting, -1, 3);
	tcase_add_test(tc, nodes_know_their_places);
	tcase_add_test(tc, text_is_copied);
	tcase_add_test(tc, server_root_moves);
	tcase_add_test(tc, reads_files);
	tcase_add_test(tc, unreadable_file);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
