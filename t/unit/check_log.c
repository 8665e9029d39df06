/*
 * check_log.c - which messages pass, and what their lines look like.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static char path[] = "/tmp/check_log.XXXXXX";
static struct log l;
static const struct log_levels all = { .base = LEVEL_TRACE8 };

static void
open_file(void)
{
	int fd = mkstemp(path);

	ck_assert_int_ne(fd, -1);
	close(fd);
	a = arena_new();
	l.file = log_open(a, path);
	l.levels = &all;
	ck_assert_ptr_nonnull(l.file);
}

static void
end_file(void)
{
	arena_end(a);
	unlink(path);
}

/* All that was written. */
static struct str
written(void)
{
	static char bytes[1 << 20];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, bytes, sizeof(bytes));

	close(fd);
	ck_assert_int_ge(n, 0);
	return str_n(bytes, (size_t)n);
}

/* What follows "[time] [module:level] [pid n] " in the only line. */
static const char *
message(void)
{
	struct str s = written();
	ptrdiff_t i = str_find_str(s, STR("[pid "));

	ck_assert_int_ge(i, 0);
	s = str_from(s, (size_t)i);
	i = str_find(s, ']');
	ck_assert_int_eq(str_find(s, '\n'), (ptrdiff_t)s.n - 1);
	s = str_from(s, (size_t)i + 2);
	return str_z(a, str_first(s, s.n - 1));
}

/* Levels. */

START_TEST(levels_have_names)
{
	int i;

	for (i = LEVEL_EMERG; i <= LEVEL_TRACE8; i++)
		ck_assert_int_eq(log_level_named(
		    str_of(log_level_name((enum log_level)i))), i);
	ck_assert_int_eq(log_level_named(STR("Warn")), LEVEL_WARN);
	ck_assert_int_eq(log_level_named(STR("TRACE3")), LEVEL_TRACE1 + 2);
	ck_assert_int_eq(log_level_named(STR("warning")), -1);
	ck_assert_int_eq(log_level_named(STR("trace9")), -1);
	ck_assert_int_eq(log_level_named(STR("trace")), -1);
	ck_assert_int_eq(log_level_named(STR("")), -1);
}
END_TEST

static const struct {
	const char	*module;
	enum log_level	 level;
	bool		 passes, passes_default;
} levels[] = {
	{ "core", LEVEL_ERROR, true, true },
	{ "core", LEVEL_WARN, true, true },
	{ "core", LEVEL_NOTICE, true, false },
	{ "core", LEVEL_INFO, true, false },
	{ "core", LEVEL_DEBUG, false, false },
	{ "cgi", LEVEL_TRACE1 + 1, true, false },
	{ "cgi", LEVEL_TRACE1 + 2, false, false },
	{ "ssi", LEVEL_CRIT, true, true },
	{ "ssi", LEVEL_ERROR, false, true },
	{ "cg", LEVEL_DEBUG, false, false },
};

START_TEST(levels_filter)
{
	struct log_levels *some = arena_alloc(a, sizeof(*some) +
	    2 * sizeof(some->module[0]));
	const char *module = levels[_i].module;

	some->base = LEVEL_INFO;
	some->n = 2;
	some->module[0].module = "cgi";
	some->module[0].level = LEVEL_TRACE1 + 1;
	some->module[1].module = "ssi";
	some->module[1].level = LEVEL_CRIT;
	l.levels = some;
	ck_assert_int_eq(log_passes(&l, levels[_i].level, module),
	    levels[_i].passes);
	log_write(&l, levels[_i].level, module, NULL, "x");
	ck_assert_int_eq(written().n > 0, levels[_i].passes);
	l.levels = NULL;
	ck_assert_int_eq(log_passes(&l, levels[_i].level, module),
	    levels[_i].passes_default);
}
END_TEST

START_TEST(notices_pass_in_the_main_log)
{
	const struct log_about about = { 0 };

	l.levels = NULL;
	log_write(&l, LEVEL_NOTICE, "core", NULL, "no");
	log_set_main(&l);
	ck_assert_ptr_eq(log_main(), &l);
	log_write(&l, LEVEL_NOTICE, "core", &about, "no");
	log_write(&l, LEVEL_INFO, "core", NULL, "no");
	ck_assert_uint_eq(written().n, 0);
	log_write(&l, LEVEL_NOTICE, "core", NULL, "yes");
	ck_assert_str_eq(message(), "yes");
}
END_TEST

START_TEST(first_log_is_stderr)
{
	ck_assert_int_eq(log_fd(log_main()->file), STDERR_FILENO);
	ck_assert_ptr_null(log_main()->levels);
	log_set_main(&l);
	log_set_main(NULL);
	ck_assert_int_eq(log_fd(log_main()->file), STDERR_FILENO);
}
END_TEST

/* Lines. */

START_TEST(line_has_apaches_format)
{
	struct str s;
	char *pattern = str_zfmt(a, "\\[[A-Z][a-z][a-z] [A-Z][a-z][a-z] "
	    "[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
	    ".[0-9][0-9][0-9][0-9][0-9][0-9] 2[0-9][0-9][0-9]\\] "
	    "\\[cgi:error\\] \\[pid %ld\\] hello 42\n", (long)getpid());

	log_write(&l, LEVEL_ERROR, "cgi", NULL, "hello %d", 42);
	s = written();
	ck_assert_msg(str_glob(str_of(pattern), s, false, false),
	    "%.*s and %s", STR_ARGS(s), pattern);
}
END_TEST

START_TEST(line_tells_local_time)
{
	int64_t utc_h, east_h;

	setenv("TZ", "UTC0", 1);
	tzset();
	log_write(&l, LEVEL_ERROR, "core", NULL, "x");
	utc_h = atoi(written().at + 12);
	ck_assert_int_eq(ftruncate(log_fd(l.file), 0), 0);
	setenv("TZ", "EAST-7", 1);
	tzset();
	log_write(&l, LEVEL_ERROR, "core", NULL, "x");
	east_h = atoi(written().at + 12);
	ck_assert(east_h == (utc_h + 7) % 24 || east_h == (utc_h + 8) % 24);
}
END_TEST

START_TEST(line_tells_what_it_is_about)
{
	const struct log_about about = {
		.client = STR("127.0.0.1:46462"),
		.referer = STR("http://x/\"\n"), .error = EACCES
	};
	char *wanted = str_zfmt(a, "(%d)%s: [client 127.0.0.1:46462] "
	    "cannot read /x, referer: http://x/\"\\n", EACCES,
	    strerror(EACCES));

	log_write(&l, LEVEL_ERROR, "core", &about, "cannot read %s", "/x");
	ck_assert_str_eq(message(), wanted);
}
END_TEST

START_TEST(about_nothing_adds_nothing)
{
	const struct log_about about = { 0 };

	log_write(&l, LEVEL_ERROR, "core", &about, "x");
	ck_assert_str_eq(message(), "x");
}
END_TEST

static const struct {
	const char	*raw, *line;
} escapes[] = {
	{ "plain \"quoted\" 'text' 100%", "plain \"quoted\" 'text' 100%" },
	{ "x\n[Sun Nov 22 18:13:46.585924 2026] [core:emerg] forged",
	  "x\\n[Sun Nov 22 18:13:46.585924 2026] [core:emerg] forged" },
	{ "a\\nb", "a\\\\nb" },
	{ "\b\t\r\v\f", "\\b\\t\\r\\v\\x0c" },
	{ "\x1b[31mred\x7f", "\\x1b[31mred\\x7f" },
	{ "\xc3\xa4\x9b", "\\xc3\\xa4\\x9b" },
	{ "", "" },
};

START_TEST(nobody_forges_lines)
{
	log_write(&l, LEVEL_ERROR, "core", NULL, "%s", escapes[_i].raw);
	ck_assert_str_eq(message(), escapes[_i].line);
}
END_TEST

START_TEST(clients_forge_no_lines)
{
	const struct log_about about = { .client = STR("1\n2"),
		.referer = str_n("\0\n", 2) };

	log_write(&l, LEVEL_ERROR, "core", &about, "x");
	ck_assert_str_eq(message(), "[client 1\\n2] x, referer: \\x00\\n");
}
END_TEST

/* What is too long is cut, but never inside of an escape. */
START_TEST(long_lines_are_cut)
{
	char *raw = arena_alloc(a, 20001);
	struct str s;

	memset(raw, _i == 0 ? 'x' : '\1', 20000);
	log_write(&l, LEVEL_ERROR, "core", NULL, "%*s%s", _i, "", raw);
	s = written();
	ck_assert_uint_le(s.n, 8192);
	ck_assert_uint_ge(s.n, 8192 - (_i == 0 ? 0 : 3));
	ck_assert_int_eq(str_find(s, '\n'), (ptrdiff_t)s.n - 1);
	s.n--;
	ck_assert(str_ends(s, _i == 0 ? STR("xxxx") : STR("\\x01")));
}
END_TEST

/* Targets. */

START_TEST(file_is_opened_to_append)
{
	char *other = str_zfmt(a, "%s.new", path);
	int fd = log_fd(l.file);
	struct log_file *f;
	struct stat st;

	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_APPEND, 0);
	log_write(&l, LEVEL_ERROR, "core", NULL, "one");
	l.file = log_open(a, path);
	log_write(&l, LEVEL_ERROR, "core", NULL, "two");
	ck_assert_int_ge(str_find_str(written(), STR("one\n")), 0);
	ck_assert_int_ge(str_find_str(written(), STR("two\n")), 0);

	umask(022);
	f = log_open(a, other);
	ck_assert_int_eq(fstat(log_fd(f), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	unlink(other);
	arena_reset(a);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(file_may_be_impossible)
{
	errno = 0;
	ck_assert_ptr_null(log_open(a, "/nonexistent/log"));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(log_open(a, "/tmp"));
	ck_assert_int_eq(errno, EISDIR);
}
END_TEST

START_TEST(borrowed_fd_stays_open)
{
	int fd = open(path, O_WRONLY);

	l.file = log_on_fd(a, fd);
	ck_assert_int_eq(log_fd(l.file), fd);
	log_write(&l, LEVEL_ERROR, "core", NULL, "x");
	ck_assert_str_eq(message(), "x");
	arena_reset(a);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(failed_writes_are_borne)
{
	int fd = open("/dev/full", O_WRONLY);

	if (fd == -1)
		return;
	l.file = log_on_fd(a, fd);
	errno = ENOTTY;
	log_write(&l, LEVEL_ERROR, "core", NULL, "x");
	ck_assert_int_eq(errno, ENOTTY);
	close(fd);
	log_write(&l, LEVEL_ERROR, "core", NULL, "x");
	ck_assert_int_eq(errno, ENOTTY);
}
END_TEST

static const struct {
	const char	*target;
	bool		 good;
} syslogs[] = {
	{ "syslog", true }, { "syslog:", true }, { "syslog:daemon", true },
	{ "syslog:LOCAL3:forkful-test", true }, { "syslog::tag", true },
	{ "syslog:nobody", false }, { "syslog:nobody:tag", false },
};

START_TEST(syslog_targets)
{
	struct log_file *f;

	errno = 0;
	f = log_open(a, syslogs[_i].target);
	ck_assert_int_eq(f != NULL, syslogs[_i].good);
	if (f == NULL) {
		ck_assert_int_eq(errno, EINVAL);
		return;
	}
	ck_assert_int_eq(log_fd(f), -1);
	l.file = f;
	log_write(&l, LEVEL_DEBUG, "core", NULL, "a test of Forkful");
	/* The tag goes with the arena. */
	arena_reset(a);
	l.file = log_open(a, "syslog");
	log_write(&l, LEVEL_DEBUG, "core", NULL, "a test of Forkful");
}
END_TEST

enum { WRITERS = 4, LINES = 500 };

static void
write_lines(int writer)
{
	char bytes[1001];
	int i;

	memset(bytes, 'a' + writer, sizeof(bytes) - 1);
	bytes[sizeof(bytes) - 1] = '\0';
	for (i = 0; i < LINES; i++)
		log_write(&l, LEVEL_ERROR, "core", NULL, "<%.*s>",
		    i * 2, bytes);
	_exit(0);
}

START_TEST(processes_do_not_mix_lines)
{
	struct str rest, line;
	int i, n = 0, file;
	ssize_t n_bytes;
	size_t size = 4 << 20;
	char *bytes = arena_alloc(a, size);
	char c;

	for (i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_lines(i);
	for (i = 0; i < WRITERS; i++)
		wait(NULL);
	file = open(path, O_RDONLY);
	n_bytes = read(file, bytes, size);
	close(file);
	ck_assert_int_gt(n_bytes, 0);
	rest = str_n(bytes, (size_t)n_bytes);
	while (str_cut(&rest, '\n', &line)) {
		line = str_from(line, (size_t)str_find(line, '<') + 1);
		ck_assert(str_ends(line, STR(">")));
		line.n--;
		c = line.n > 0 ? line.at[0] : 0;
		for (i = 0; i < (int)line.n; i++)
			ck_assert_int_eq(line.at[i], c);
		n++;
	}
	ck_assert_int_eq(n, WRITERS * LINES);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("log");
	TCase *tc = tcase_create("log");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_file, end_file);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, levels_have_names);
	tcase_add_loop_test(tc, levels_filter, 0, COUNT(levels));
	tcase_add_test(tc, notices_pass_in_the_main_log);
	tcase_add_test(tc, first_log_is_stderr);
	tcase_add_test(tc, line_has_apaches_format);
	tcase_add_test(tc, line_tells_local_time);
	tcase_add_test(tc, line_tells_what_it_is_about);
	tcase_add_test(tc, about_nothing_adds_nothing);
	tcase_add_loop_test(tc, nobody_forges_lines, 0, COUNT(escapes));
	tcase_add_test(tc, clients_forge_no_lines);
	tcase_add_loop_test(tc, long_lines_are_cut, 0, 5);
	tcase_add_test(tc, file_is_opened_to_append);
	tcase_add_test(tc, file_may_be_impossible);
	tcase_add_test(tc, borrowed_fd_stays_open);
	tcase_add_test(tc, failed_writes_are_borne);
	tcase_add_loop_test(tc, syslog_targets, 0, COUNT(syslogs));
	tcase_add_test(tc, processes_do_not_mix_lines);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
