/*
 * check_language.c - the language's own words: variables, other files, modules,
 * conditions.
 */
#include <sys/stat.h>

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reading.h"

static const char *
set(struct setting *s)
{
	(void)s;
	return NULL;
}

static const struct directive rows[] = {
	{ "Timeout", 1, 1, IN_ANY, SLOT_NONE, 0, set, "seconds" },
	{ "<Directory>", 1, 1, IN_ANY | IS_SECTION, SLOT_NONE, 0, set, "" },
	{ 0 }
};

static struct module core = {
	.name = "core", .alias = "core.c core_module", .rows = rows,
};
static struct module *const table[] = { &mod_language, &core };
static struct arena *a;
static struct reading *r;
static char root[] = "/tmp/forkful-language-XXXXXX";

static void
open_reading(void)
{
	modules_init(table, 2);
	a = arena_new();
	strcpy(root + strlen(root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	r = reading_new(a, root);
	variables_set(r->variables, "SET", "value");
}

static void
end_reading(void)
{
	arena_end(a);
	ck_assert_int_eq(rmdir(root), 0);
}

static const struct {
	const char	*text, *tree, *findings;
} texts[] = {
	/* Define */
	{ "Define X y\nA ${X}", "A(y)", "" },
	{ "A ${X}\nDefine X y", "!A(${X})", "1:3+4 E ${X} is not defined" },
	{ "Define X ${SET}s\nDefine SET other\nA ${X}", "A(values)", "" },
	{ "<S>\nDefine X y\n</S>\nA ${x}", "<S{} A(y)", "" },
	{ "Define X y\nUnDefine X\nA ${X}", "!A(${X})",
	  "3:3+4 E ${X} is not defined" },
	{ "define X\n<IfDefine X>\nA\n</IfDefine>\nUNDEFINE X\n"
	  "<IfDefine X>\nB\n</IfDefine>", "A", "" },
	{ "Define", "",
	  "1:1+6 E Define takes 1-2 arguments, a name, and what ${NAME} is to "
	  "mean" },
	{ "Define a b c", "",
	  "1:12+1 E Define takes 1-2 arguments, a name, and what ${NAME} is to "
	  "mean" },
	{ "Define a:b c", "", "1:8+3 E Define needs a name without ':'" },
	{ "UnDefine a:b", "", "1:10+3 E UnDefine needs a name without ':'" },
	{ "Define \"\" x", "",
	  "1:8+2 E Define needs a name that is not empty" },
	{ "Define X ${NOPE}\nA ${X}", "!A(${X})",
	  "1:10+7 E ${NOPE} is not defined\n2:3+4 E ${X} is not defined" },
	/* Error and Warning */
	{ "Error  do not \"use\" ${SET} \nA", "A",
	  "1:1+5 E do not \"use\" value" },
	{ "Warning old\nError", "",
	  "1:1+7 W old\n2:1+5 E Error takes one argument, the message to "
	  "refuse the configuration with" },
	/* LoadModule */
	{ "LoadModule core_module x.so\nLoadModule core_module y.so", "", "" },
	{ "LoadModule so_module x\nLoadModule version_module x", "", "" },
	{ "LoadModule foo_module x\nLoadModule foo_module y\n"
	  "<IfModule foo_module>\nA\n</IfModule>", "",
	  "1:12+10 W LoadModule names a module that is not built in: its "
	  "<IfModule> sections are passed over" },
	{ "LoadModule foo_module", "",
	  "1:1+10 E LoadModule takes two arguments, a module's name and the "
	  "file it would be in" },
	{ "LoadFile a b", "",
	  "1:10+1 W LoadFile is without effect: all modules are built in" },
	/* sections that are passed over are not looked into */
	{ "<IfDefine no>\nA ${NOPE} \"\nInclude none\nDefine X\n"
	  "<S ${NOPE}\n</S>\n<T>\n</T> x\nError x\n</IfDefine>\nB", "B", "" },
	{ "<IfDefine no>\n<S>\n</IfDefine>\nA", "A",
	  "3:3+8 E Expected </S> but saw </IfDefine>; <S> stands in line 2" },
	{ "<IfDefine SET>\n<S>\n</IfDefine>\nA", "<S{} A",
	  "3:3+8 E Expected </S> but saw </IfDefine>; <S> stands in line 2" },
	{ "<IfDefine no>\nA", "", "1:2+8 E <IfDefine> was not closed" },
	{ "<IfDefine SET>\nA", "A", "1:2+8 E <IfDefine> was not closed" },
	/* nested, and joined into the list around them */
	{ "A\n<IfDefine SET>\nB\n<S>\nC\n<IfDefine !no>\nD\n</IfDefine>\nE\n"
	  "</S>\nF\n</IfDefine>\nG", "A B <S{C D E} F G", "" },
	{ "<IfDefine no>\n<IfDefine SET>\nA\n</IfDefine>\nB\n</IfDefine>\nC",
	  "C", "" },
	/* mistakes in conditions: what is inside is not known to hold */
	{ "<IfDefine>\nA\n</IfDefine>", "",
	  "1:2+8 E <IfDefine> takes 1-2 arguments, a name given by Define or "
	  "-D, perhaps after !" },
	{ "<IfDefine !>\nA\n</IfDefine>", "",
	  "1:11+1 E <IfDefine> needs a name" },
	{ "<IfDefine a b>\nA\n</IfDefine>", "",
	  "1:13+1 E <IfDefine> takes one argument" },
	{ "<IfDefine SET\nA\n</IfDefine>", "",
	  "1:14+1 E <IfDefine> directive missing closing '>'" },
	{ "<IfDefine ${NOPE}>\nA\n</IfDefine>", "",
	  "1:11+7 E ${NOPE} is not defined" },
	/* a word without its brackets, and the other way round */
	{ "IfDefine SET", "IfDefine(SET)", "" },
	{ "<Include x>\n</Include>", "<Include(x){}", "" },
};

START_TEST(obeys_words)
{
	const struct node *nodes;

	nodes = parse_text(r, "f", str_of(texts[_i].text));
	ck_assert_str_eq(tree_words(a, nodes), texts[_i].tree);
	ck_assert_str_eq(finding_words(r), texts[_i].findings);
}
END_TEST

/* What Apache 2.4 answers to each, as observed. */
static const struct {
	const char	*section, *argument;
	bool		 holds;
} conditions[] = {
	{ "IfDefine", "SET", true },
	{ "IfDefine", "set", false },
	{ "IfDefine", "!SET", false },
	{ "IfDefine", "! SET", false },
	{ "IfDefine", "no", false },
	{ "IfDefine", "!no", true },
	{ "IfDefine", "\"SET\"", true },
	{ "IfDefine", "HOME", false },
	{ "IfModule", "core.c", true },
	{ "IfModule", "core_module", true },
	{ "IfModule", "!core.c", false },
	{ "IfModule", "! core.c", false },
	{ "IfModule", "CORE.c", false },
	{ "IfModule", "\"core.c\"", true },
	{ "IfModule", "core.c  ", true },
	{ "IfModule", "mod_so.c", true },
	{ "IfModule", "version_module", true },
	{ "IfModule", "mod_none.c", false },
	{ "IfModule", "!mod_none.c", true },
	{ "IfFile", "/etc", true },
	{ "IfFile", "\"/etc\"", true },
	{ "IfFile", ".", true },
	{ "IfFile", "none", false },
	{ "IfFile", "!none", true },
	{ "IfFile", "/et*", false },
	{ "IfDirective", "Timeout", true },
	{ "IfDirective", "timeout", true },
	{ "IfDirective", "\"Timeout\"", true },
	{ "IfDirective", "Include", true },
	{ "IfDirective", "!Nope", true },
	{ "IfDirective", "Directory", false },
	{ "IfDirective", "<Directory", true },
	{ "IfSection", "Directory", true },
	{ "IfSection", "directory", true },
	{ "IfSection", "IfDefine", true },
	{ "IfSection", "Timeout", false },
	{ "IfSection", "<Directory", false },
	/* we are 2.4.71 */
	{ "IfVersion", "2.4.71", true },
	{ "IfVersion", "= 2.4.71", true },
	{ "IfVersion", "== 2.4.71", true },
	{ "IfVersion", "2.4", false },
	{ "IfVersion", "= 2.4", false },
	{ "IfVersion", "!= 2.4.71", false },
	{ "IfVersion", "!= 2.4", true },
	{ "IfVersion", ">= 2.4", true },
	{ "IfVersion", ">= 2.4.", true },
	{ "IfVersion", "> 2.4", true },
	{ "IfVersion", "> 2.4.71", false },
	{ "IfVersion", ">= 2.4.71", true },
	{ "IfVersion", ">= 2.4.72", false },
	{ "IfVersion", ">= 2", true },
	{ "IfVersion", ">= 3", false },
	{ "IfVersion", "< 2.5", true },
	{ "IfVersion", "< 2.4.71", false },
	{ "IfVersion", "<= 2.4.71", true },
	{ "IfVersion", "!< 2.4", true },
	{ "IfVersion", ">= \"2.4\"", true },
	{ "IfVersion", "\"=\" 2.4.71", true },
	{ "IfVersion", "< 2.10", true },
	{ "IfVersion", "~ ^2.4", true },
	{ "IfVersion", "~ ^2\\.2", false },
	{ "IfVersion", "!~ ^2\\.2", true },
	{ "IfVersion", "~ /2.4/", false },
	{ "IfVersion", "= /^2.4/", true },
	{ "IfVersion", "== /^2.4/", true },
	{ "IfVersion", "/^2.4/", true },
	{ "IfVersion", "/^2.5/", false },
	{ "IfVersion", "= /^2\\.4\\.\\d+$/", true },
};

START_TEST(answers_as_apache)
{
	const struct node *nodes;
	const char *z = conditions[_i].section;

	nodes = parse_text(r, "f", str_fmt(a, "<%s %s>\nA\n</%s>", z,
	    conditions[_i].argument, z));
	ck_assert_str_eq(finding_words(r), "");
	ck_assert_str_eq(tree_words(a, nodes), conditions[_i].holds ? "A" :
	    "");
}
END_TEST

static const struct {
	const char	*argument, *finding;
} bad_versions[] = {
	{ "a", "1:12+1 E <IfVersion> needs a version such as 2.4.6 to compare "
	  "with, not \"a\"" },
	{ ">= 2.4.x", "1:15+5 E <IfVersion> needs a version such as 2.4.6 to "
	  "compare with, not \"2.4.x\"" },
	{ ">2.4", "1:12+4 E <IfVersion> needs a version such as 2.4.6 to "
	  "compare with, not \">2.4\"" },
	{ "2.4.6.7", "1:12+7 E <IfVersion> needs a version such as 2.4.6 to "
	  "compare with, not \"2.4.6.7\"" },
	{ "=> 2.4", "1:12+2 E <IfVersion> does not know the operator \"=>\"" },
	{ "! 2.4", "1:12+1 E <IfVersion> does not know the operator \"!\"" },
	{ "= /2.4", "1:14+4 E <IfVersion> needs a / at the end of the regular "
	  "expression" },
	{ ">= 2.4 2.5", "1:19+3 E <IfVersion> takes 1-2 arguments, an "
	  "operator (= == > >= < <= ~, perhaps after !) and a version" },
};

START_TEST(bad_versions_are_told)
{
	const struct node *nodes;

	nodes = parse_text(r, "f", str_fmt(a, "<IfVersion %s>\nA\n"
	    "</IfVersion>\nB", bad_versions[_i].argument));
	ck_assert_str_eq(finding_words(r), bad_versions[_i].finding);
	ck_assert_str_eq(tree_words(a, nodes), "B");
}
END_TEST

START_TEST(bad_pattern_of_version)
{
	parse_text(r, "f", STR("<IfVersion ~ \"2(\">\n</IfVersion>"));
	ck_assert(strstr(finding_words(r),
	    "E <IfVersion> must be a regular expression: ") != NULL);
}
END_TEST

/* ---- Other files --------------------------------------------------------- */

static void
put(const char *name, const char *text)
{
	char *path = str_zfmt(a, "%s/%s", root, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
}

static void
drop(const char *name)
{
	remove(str_zfmt(a, "%s/%s", root, name));
}

START_TEST(includes_in_place)
{
	const struct included *file;
	const struct node *nodes;

	put("one.conf", "B\nDefine X y\nInclude two.conf\n");
	put("two.conf", "C ${X}");
	nodes = parse_text(r, "f", STR("A\n<S>\nInclude one.conf\n</S>\nD\n"
	    "Include \"*.conf\"\nIncludeOptional none.conf\nE"));
	drop("one.conf");
	drop("two.conf");
	ck_assert_str_eq(finding_words(r), "");
	ck_assert_str_eq(tree_words(a, nodes),
	    "A <S{B C(y)} D B C(y) C(y) E");
	ck_assert_uint_eq(parse_included(r)->n, 5);
	file = parse_included(r)->at[1];
	ck_assert(str_ends(str_of(file->file), STR("/two.conf")));
	ck_assert_uint_eq(file->line, 3);
	ck_assert_uint_eq(file->depth, 2);
	file = parse_included(r)->at[4];
	ck_assert_uint_eq(file->line, 6);
	ck_assert_uint_eq(file->depth, 1);
}
END_TEST

START_TEST(sections_end_in_their_file)
{
	const struct node *nodes;

	put("open.conf", "<T>\nB\n");
	put("close.conf", "</S>\nC\n");
	nodes = parse_text(r, "f", STR("<S>\nInclude open.conf\n"
	    "Include close.conf\nA\n</S>"));
	drop("open.conf");
	drop("close.conf");
	ck_assert_str_eq(tree_words(a, nodes), "<S{<T{B} C A}");
	ck_assert_str_eq(finding_words(r),
	    "1:2+1 E <T> was not closed\n"
	    "1:3+1 E </S> without matching <S> section");
}
END_TEST

START_TEST(missing_files)
{
	const struct node *nodes;
	const char *z;

	nodes = parse_text(r, "f", STR("Include none.conf\n"
	    "Include  *.none\nInclude\nInclude a b\nIncludeOptional a b\nA"));
	ck_assert_str_eq(tree_words(a, nodes), "A");
	z = finding_words(r);
	ck_assert(strstr(z, "1:9+9 E Could not open configuration file ") != 0);
	ck_assert(strstr(z, "2:10+6 E No matches for the wildcard '*.none' in "
	    "'/tmp/forkful-language-") != 0);
	ck_assert(strstr(z, "3:1+7 E Include takes one argument, ") != 0);
	ck_assert(strstr(z, "4:11+1 E Include takes one argument, ") != 0);
	ck_assert(strstr(z, "5:19+1 E IncludeOptional takes one arg") != 0);
}
END_TEST

/* One error, however often a file includes itself. */
START_TEST(endless_includes)
{
	const struct node *nodes;

	put("self.conf", "A\nInclude self.conf\nInclude self.conf\n");
	nodes = parse_file(r, str_zfmt(a, "%s/self.conf", root));
	drop("self.conf");
	ck_assert_ptr_nonnull(nodes);
	ck_assert_str_eq(finding_words(r), "2:9+9 E Exceeded maximum include "
	    "depth of 128; there appears to be a recursion");
	ck_assert_uint_eq(parse_included(r)->n, 129);
}
END_TEST

START_TEST(server_root_counts_at_once)
{
	const struct node *nodes;

	mkdir(str_zfmt(a, "%s/sub", root), 0755);
	put("sub/x.conf", "B");
	nodes = parse_text(r, "f", STR("ServerRoot sub\nInclude x.conf\n"
	    "<IfFile x.conf>\nC\n</IfFile>"));
	drop("sub/x.conf");
	drop("sub");
	ck_assert_str_eq(finding_words(r), "");
	ck_assert_str_eq(tree_words(a, nodes), "ServerRoot(sub) B C");
}
END_TEST

/* In .htaccess there are only conditions and messages. */
START_TEST(htaccess)
{
	static const char place[] = "not allowed here; it may stand in the "
	    "server configuration, <VirtualHost>, <Directory>, <Location>, "
	    "<Files> or <If>";
	const struct override o = { .classes = OVERRIDE_LIMIT };
	const struct node *nodes;

	r->override = &o;
	nodes = parse_text(r, "f", STR("Include x\nDefine X y\n"
	    "LoadModule core_module x\nA ${SET}\n<IfModule core.c>\nB\n"
	    "</IfModule>\nWarning w"));
	ck_assert_str_eq(tree_words(a, nodes), "A(value) B");
	ck_assert_str_eq(finding_words(r), str_zfmt(a,
	    "1:1+7 E Include %s\n2:1+6 E Define %s\n3:1+10 E LoadModule %s\n"
	    "8:1+7 W w", place, place, place));
	ck_assert(!variables_defined(r->variables, "X"));
}
END_TEST

START_TEST(unknown_modules_are_kept)
{
	parse_text(r, "f", STR("LoadModule b_module x\nLoadModule a_module x\n"
	    "LoadModule b_module x\nLoadModule core_module x"));
	ck_assert_uint_eq(parse_unknown_modules(r)->n, 2);
	ck_assert_str_eq(parse_unknown_modules(r)->at[0], "b_module");
	ck_assert_str_eq(parse_unknown_modules(r)->at[1], "a_module");
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, \
	sizeof(table) / sizeof(table[0]))

int
main(void)
{
	Suite *suite = suite_create("language");
	TCase *tc = tcase_create("language");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_reading, end_reading);
	LOOP(tc, obeys_words, texts);
	LOOP(tc, answers_as_apache, conditions);
	LOOP(tc, bad_versions_are_told, bad_versions);
	tcase_add_test(tc, bad_pattern_of_version);
	tcase_add_test(tc, includes_in_place);
	tcase_add_test(tc, sections_end_in_their_file);
	tcase_add_test(tc, missing_files);
	tcase_add_test(tc, endless_includes);
	tcase_add_test(tc, server_root_counts_at_once);
	tcase_add_test(tc, htaccess);
	tcase_add_test(tc, unknown_modules_are_kept);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
