/*
 * check_keyfile.c - files of users and groups: lines, and files that change.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "access/keyfile.h"
#include "base/arena.h"
#include "base/text.h"

#include "run.h"

/* A key in this text, and its values with | between. */
static const struct {
	const char	*text, *key, *values;
} lines[] = {
	{ "ann:1\nbob:2\n", "ann", "1" },
	{ "ann:1\nbob:2\n", "bob", "2" },
	{ "ann:1\nbob:2", "bob", "2" },
	{ "ann:1\r\nbob:2\r\n", "ann", "1" },
	{ "  ann:1\t \n", "ann", "1" },
	{ "ann:1:2:3\n", "ann", "1:2:3" },
	{ "ann:\n", "ann", "" },
	{ ":x\n", "", "x" },
	{ "ann:1\nann:2\nbob:x\nann:3\n", "ann", "1|2|3" },
	{ "#ann:1\n # ann:2\n\n\nann:3\n", "ann", "3" },
	{ "ann\nann:1\n", "ann", "1" },
	{ "ann 1\n", "ann 1", NULL },
	{ "ann:1\n", "an", NULL },
	{ "ann:1\n", "Ann", NULL },
	{ "ann:1\n", "ann:1", NULL },
	{ "ann :1\n", "ann", NULL },
	{ "ann :1\n", "ann ", "1" },
	{ "", "", NULL },
	{ "\n\n", "", NULL },
};

START_TEST(values)
{
	struct arena *a = arena_new();
	const struct keyfile *f = keyfile_parse(a, str_of(lines[_i].text));
	const struct keyline *l = keyfile_find(f, str_of(lines[_i].key));
	struct text t = { .arena = a };

	ck_assert_int_eq(l == NULL, lines[_i].values == NULL);
	for (; l != NULL; l = l->next) {
		text_add(&t, l->value);
		if (l->next != NULL)
			text_addc(&t, '|');
	}
	if (lines[_i].values != NULL)
		ck_assert_str_eq(text_z(&t), lines[_i].values);
	arena_end(a);
}
END_TEST

static char path[] = "/tmp/keyfile.XXXXXX";

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static const char *
value_of(const char *key)
{
	static char value[64];
	const struct keyfile *f = keyfile_open(path);
	const struct keyline *l;

	ck_assert_ptr_nonnull(f);
	l = keyfile_find(f, str_of(key));
	if (l == NULL)
		return NULL;
	snprintf(value, sizeof(value), "%.*s", STR_ARGS(l->value));
	return value;
}

/* Of the same size, in the same moment, and at any time. */
START_TEST(changes)
{
	struct timespec old[2] = { { .tv_sec = 1000000 }, { 0 } };
	int fd = mkstemp(path);

	old[1] = old[0];
	close(fd);
	write_file("ann:1\n");
	ck_assert_str_eq(value_of("ann"), "1");
	write_file("ann:2\n");
	ck_assert_str_eq(value_of("ann"), "2");
	ck_assert_int_eq(utimensat(AT_FDCWD, path, old, 0), 0);
	ck_assert_str_eq(value_of("ann"), "2");
	write_file("ann:3\n");
	ck_assert_str_eq(value_of("ann"), "3");
	write_file("");
	ck_assert_ptr_null(value_of("ann"));
	unlink(path);
	errno = 0;
	ck_assert_ptr_null(keyfile_open(path));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(keyfile_open("/"));
	ck_assert_int_eq(errno, EINVAL);
	write_file("bob:4\n");
	ck_assert_str_eq(value_of("bob"), "4");
	unlink(path);
}
END_TEST

/* Ten thousand users. */
START_TEST(large)
{
	FILE *f;
	char key[16];

	close(mkstemp(path));
	f = fopen(path, "w");
	for (int i = 0; i < 10000; i++)
		fprintf(f, "user%d:%d\n", i, i);
	fclose(f);
	for (int i = 0; i < 10000; i += 999) {
		snprintf(key, sizeof(key), "user%d", i);
		ck_assert_str_eq(value_of(key), key + 4);
	}
	unlink(path);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("keyfile");

	tcase_add_loop_test(tc, values, 0, COUNT(lines));
	tcase_add_test(tc, changes);
	tcase_add_test(tc, large);
	return run_case("keyfile", tc);
}
