/*
 * check_settings.c - the directives about processes, read from text.
 */
#include <check.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "conf/language.h"
#include "process/board.h"
#include "process/settings.h"
#include "serve/config.h"

static struct module *const features[] = {
	&mod_language, &mod_core, &mod_process,
};

static struct config *config;
static struct settings s;

/* Read lines; the first error or warning, or NULL. */
static const char *
load(const char *lines)
{
	char path[] = "/tmp/check_settings.XXXXXX";
	int fd = mkstemp(path);
	struct config_source source = { .server_root = "/tmp", .file = path,
	    .check_only = true };
	const char *message, *hint;
	const struct spot *at;
	enum severity severity;

	ck_assert_int_eq(write(fd, lines, strlen(lines)),
	    (ssize_t)strlen(lines));
	close(fd);
	modules_init(features, sizeof(features) / sizeof(features[0]));
	config = config_load(&source);
	unlink(path);
	settings_of(config, &s);
	if (diagnosis_at(config->reading->diagnosis, 0, &severity, &at,
	    &message, &hint))
		return message;
	return NULL;
}

static void
teardown(void)
{
	if (config != NULL)
		config_end(config);
	config = NULL;
}

START_TEST(defaults)
{
	load("ServerName localhost\n");
	ck_assert_uint_eq(s.workers, (unsigned)os_processors());
	ck_assert_uint_eq(s.server_limit, 256);
	ck_assert_uint_eq(s.max_requests, 256);
	ck_assert_uint_eq(s.max_connections, 0);
	ck_assert_int_eq(s.graceful_timeout_ms, 0);
	ck_assert_int_eq(s.listen.backlog, 511);
	ck_assert(s.listen.defer);
	ck_assert_uint_eq(s.addresses->n, 0);
	ck_assert_str_eq(s.pid_file, "/tmp/logs/httpd.pid");
	ck_assert(!s.user_given);
	ck_assert_uint_eq(s.uid, getuid());
	ck_assert_uint_eq(s.gid, getgid());
}
END_TEST

START_TEST(all_given)
{
	const struct address *x;

	ck_assert_ptr_null(load("ServerName localhost\n"
	    "Listen 127.0.0.1:8001\n"
	    "Listen [::1]:8002 http\n"
	    "ListenBackLog 17\n"
	    "AcceptFilter http none\n"
	    "AcceptFilter https data\n"
	    "SendBufferSize 65536\n"
	    "PidFile run/pid\n"
	    "StartServers 3\n"
	    "ServerLimit 20\n"
	    "MaxRequestWorkers 77\n"
	    "MaxConnectionsPerChild 1000\n"
	    "GracefulShutdownTimeout 5\n"));
	ck_assert_uint_eq(s.addresses->n, 2);
	x = s.addresses->at[1];
	ck_assert_str_eq(x->text, "[::1]:8002");
	ck_assert_int_eq(s.listen.backlog, 17);
	ck_assert(!s.listen.defer);
	ck_assert_int_eq(s.listen.send_buffer, 65536);
	ck_assert_int_eq(s.listen.receive_buffer, 0);
	ck_assert_str_eq(s.pid_file, "/tmp/run/pid");
	ck_assert_uint_eq(s.workers, 3);
	ck_assert_uint_eq(s.server_limit, 20);
	ck_assert_uint_eq(s.max_requests, 77);
	ck_assert_uint_eq(s.max_connections, 1000);
	ck_assert_int_eq(s.graceful_timeout_ms, 5000);
}
END_TEST

/* What packaged files say about processes and threads. */
START_TEST(packaged_lines)
{
	ck_assert_ptr_null(load("ServerName localhost\n"
	    "<IfModule mpm_prefork_module>\n"
	    "StartServers 5\n"
	    "MinSpareServers 5\n"
	    "MaxSpareServers 10\n"
	    "MaxRequestWorkers 150\n"
	    "MaxConnectionsPerChild 0\n"
	    "</IfModule>\n"
	    "<IfModule mpm_event_module>\n"
	    "StartServers 99\n"
	    "</IfModule>\n"
	    "<IfModule unixd_module>\n"
	    "User #4242\n"
	    "Group #4343\n"
	    "</IfModule>\n"
	    "DefaultRuntimeDir /var/run\n"
	    "Mutex file:/var/lock default\n"
	    "MaxMemFree 2048\n"
	    "ThreadsPerChild 25\n"
	    "ThreadLimit 64\n"
	    "ScoreBoardFile logs/scoreboard\n"));
	ck_assert_uint_eq(s.workers, 5);
	ck_assert_uint_eq(s.max_requests, 150);
	ck_assert_uint_eq(s.uid, 4242);
	ck_assert_uint_eq(s.gid, 4343);
}
END_TEST

START_TEST(old_names)
{
	ck_assert_ptr_null(load("ServerName localhost\nMaxClients 9\n"
	    "MaxRequestsPerChild 8\n"));
	ck_assert_uint_eq(s.max_requests, 9);
	ck_assert_uint_eq(s.max_connections, 8);
}
END_TEST

START_TEST(limits)
{
	load("ServerName localhost\nStartServers 50\nServerLimit 4\n");
	ck_assert_uint_eq(s.workers, 4);
	teardown();
	load("ServerName localhost\nStartServers 199999\n"
	    "ServerLimit 200000\n");
	ck_assert_uint_eq(s.server_limit, BOARD_SEATS_MAX);
	ck_assert_uint_eq(s.workers, BOARD_SEATS_MAX);
}
END_TEST

START_TEST(users)
{
	const struct passwd *me = getpwuid(getuid());
	const struct group *mine;
	char lines[512];

	if (me == NULL)
		return;
	mine = getgrgid(me->pw_gid);
	snprintf(lines, sizeof(lines), "ServerName localhost\nUser %s\n",
	    me->pw_name);
	ck_assert_ptr_null(load(lines));
	ck_assert(s.user_given);
	ck_assert_str_eq(s.user, me->pw_name);
	ck_assert_uint_eq(s.uid, getuid());
	ck_assert_uint_eq(s.gid, me->pw_gid);
	teardown();

	/* A number with a name has the name's groups; others have none. */
	snprintf(lines, sizeof(lines), "ServerName localhost\nUser #%ld\n",
	    (long)getuid());
	ck_assert_ptr_null(load(lines));
	ck_assert_str_eq(s.user, me->pw_name);
	teardown();
	load("ServerName localhost\nUser #1234567\n");
	ck_assert_ptr_null(s.user);
	ck_assert_uint_eq(s.uid, 1234567);
	ck_assert_uint_eq(s.gid, 1234567);
	teardown();

	if (mine == NULL)
		return;
	snprintf(lines, sizeof(lines), "ServerName localhost\nUser %s\n"
	    "Group %s\n", me->pw_name, mine->gr_name);
	ck_assert_ptr_null(load(lines));
	ck_assert_str_eq(s.group, mine->gr_name);
	ck_assert_uint_eq(s.gid, mine->gr_gid);
}
END_TEST

static const struct {
	const char	*line;
	const char	*message;	/* is in it */
} bad[] = {
	{ "User no-such-user", "bad user name no-such-user" },
	{ "User #x", "bad user name #x" },
	{ "User #-1", "bad user name #-1" },
	{ "User #4294967295", "bad user name" },
	{ "Group no-such-group", "bad group name no-such-group" },
	{ "Listen", "argument" },
	{ "Listen 0", "must be a port from 1 to 65535" },
	{ "Listen 127.0.0.1", "must be a port" },
	{ "Listen 443 https", "can only speak http, not https" },
	{ "Listen 80\nListen 0.0.0.0:80", "is listened to already" },
	{ "ListenBackLog 0", "must be from 1" },
	{ "AcceptFilter http sometimes", "sometimes" },
	{ "StartServers 0", "must be from 1" },
	{ "StartServers many", "many" },
	{ "ServerLimit 200001", "must be from 1 to 200000" },
	{ "MaxRequestWorkers -1", "must be from 1" },
	{ "GracefulShutdownTimeout -5", "must be from 0" },
	{ "<VirtualHost *>\nUser root\n</VirtualHost>", "not allowed" },
	{ "<Directory />\nListen 80\n</Directory>", "not allowed" },
	{ "Mutex", "argument" },
};

START_TEST(mistakes)
{
	char lines[256];
	const char *message;

	snprintf(lines, sizeof(lines), "ServerName localhost\n%s\n",
	    bad[_i].line);
	message = load(lines);
	ck_assert_ptr_nonnull(message);
	ck_assert_msg(strstr(message, bad[_i].message) != NULL, "%s: %s",
	    bad[_i].line, message);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("settings");
	TCase *tc = tcase_create("settings");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, defaults);
	tcase_add_test(tc, all_given);
	tcase_add_test(tc, packaged_lines);
	tcase_add_test(tc, old_names);
	tcase_add_test(tc, limits);
	tcase_add_test(tc, users);
	tcase_add_loop_test(tc, mistakes, 0, sizeof(bad) / sizeof(bad[0]));
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
