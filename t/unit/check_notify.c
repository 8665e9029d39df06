/*
 * check_notify.c - what the service manager hears.
 */
#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "process/notify.h"

static char	path[64];

static int
manager(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	size_t n = strlen(name);

	memcpy(at.sun_path, name, n);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + n)), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

START_TEST(hears)
{
	char text[2000];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), _i ? "@check_notify.%ld" :
	    "/tmp/check_notify.%ld", (long)getpid());
	fd = manager(path);
	notify("READY=1\nMAINPID=%d", 42);
	n = recv(fd, text, sizeof(text), 0);
	ck_assert_int_eq(n, 18);
	ck_assert_int_eq(memcmp(text, "READY=1\nMAINPID=42", 18), 0);
	notify("STATUS=%01500d", 1);
	n = recv(fd, text, sizeof(text), 0);
	ck_assert_int_eq(n, 1023);
	close(fd);
	unlink(path);
}
END_TEST

static const char *const nowhere[] = {
	NULL, "", "/", "relative", "/tmp/nobody.listens.here",
	"/tmp/123456789012345678901234567890123456789012345678901234567890"
	"123456789012345678901234567890123456789012345678901234567890",
};

START_TEST(nobody_listens)
{
	if (nowhere[_i] == NULL)
		unsetenv("NOTIFY_SOCKET");
	else
		setenv("NOTIFY_SOCKET", nowhere[_i], 1);
	notify("READY=1");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("notify");
	TCase *tc = tcase_create("notify");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, hears, 0, 2);
	tcase_add_loop_test(tc, nobody_listens, 0,
	    sizeof(nowhere) / sizeof(nowhere[0]));
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
