/*
 * check_listen.c - addresses from text, sockets kept over reloads.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"
#include "process/listen.h"

static struct arena *a;
static const struct listen_options options = { .backlog = 16 };

static void
setup(void)
{
	static struct log silent;

	a = arena_new();
	silent.file = log_open(a, "/dev/null");
	log_set_main(&silent);
}

static void
teardown(void)
{
	log_set_main(NULL);
	arena_end(a);
}

static struct vec
parse(const char *text)
{
	struct vec v = { 0 };
	size_t fresh;
	const char *error = listen_parse(a, text, &v, &fresh);

	ck_assert_msg(error == NULL, "%s: %s", text, error);
	ck_assert_uint_eq(fresh, v.n);
	return v;
}

static const struct {
	const char	*text;
	const char	*first, *second;
} good[] = {
	{ "80", "[::]:80", "0.0.0.0:80" },
	{ "*:80", "[::]:80", "0.0.0.0:80" },
	{ "[::]:80", "[::]:80", "0.0.0.0:80" },
	{ "0.0.0.0:80", "0.0.0.0:80", NULL },
	{ "127.0.0.1:8080", "127.0.0.1:8080", NULL },
	{ "[::1]:8080", "[::1]:8080", NULL },
	{ "[0:0::1]:1", "[::1]:1", NULL },
	{ "10.1.2.3:65535", "10.1.2.3:65535", NULL },
};

START_TEST(reads_addresses)
{
	struct vec v = parse(good[_i].text);
	const struct address *x;

	ck_assert_uint_eq(v.n, good[_i].second != NULL ? 2 : 1);
	x = v.at[0];
	ck_assert_str_eq(x->text, good[_i].first);
	if (good[_i].second != NULL) {
		x = v.at[1];
		ck_assert_str_eq(x->text, good[_i].second);
	}
}
END_TEST

static const char *const bad[] = {
	"", "0", "65536", "-1", "+80", "http", "80 ", "127.0.0.1:", ":80",
	"127.0.0.1", "127.0.0.1:http", "::1:80", "[::1]", "[::1:80",
	"[::1]80", "300.0.0.1:80", "no.such.host.invalid:80", "[]:80",
};

START_TEST(refuses_addresses)
{
	struct vec v = { 0 };
	size_t fresh = 1;

	ck_assert_msg(listen_parse(a, bad[_i], &v, &fresh) != NULL, "%s",
	    bad[_i]);
	ck_assert_uint_eq(v.n, 0);
	ck_assert_uint_eq(fresh, 0);
}
END_TEST

START_TEST(leaves_out_doubles)
{
	struct vec v = { 0 };
	const struct address *four;
	size_t fresh;

	ck_assert_ptr_null(listen_parse(a, "[::]:80", &v, &fresh));
	ck_assert_uint_eq(fresh, 2);
	four = v.at[1];
	ck_assert(four->optional);
	/* The IPv4 half came along; now it is asked for. */
	ck_assert_ptr_null(listen_parse(a, "0.0.0.0:80", &v, &fresh));
	ck_assert_uint_eq(fresh, 1);
	ck_assert(!four->optional);
	ck_assert_ptr_null(listen_parse(a, "*:80", &v, &fresh));
	ck_assert_uint_eq(fresh, 0);
	ck_assert_ptr_null(listen_parse(a, "0.0.0.0:81", &v, &fresh));
	ck_assert_uint_eq(fresh, 1);
	ck_assert_uint_eq(v.n, 3);
}
END_TEST

/* A free port of the loopback interface, as "127.0.0.1:N". */
static const char *
free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, n), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &n), 0);
	close(fd);
	return str_zfmt(a, "127.0.0.1:%u", ntohs(in.sin_port));
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

START_TEST(opens)
{
	struct vec v = parse(free_port());
	struct listeners *l = listeners_open(&v, &options, NULL);
	const struct address *x = v.at[0];
	int fd, on = 0;
	socklen_t n = sizeof(on);

	ck_assert_ptr_nonnull(l);
	ck_assert_uint_eq(l->n, 1);
	ck_assert(l->at[0].fresh);
	fd = l->at[0].fd;
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n),
	    0);
	ck_assert_int_eq(on, 1);
	ck_assert_str_eq(l->at[0].address.text, x->text);
	listeners_close(l);
	ck_assert(!is_open(fd));
}
END_TEST

START_TEST(keeps_what_stays)
{
	const char *stays = free_port(), *goes, *comes;
	struct vec old = parse(stays), new = parse(stays);
	struct listeners *l, *next;
	int stay_fd, go_fd;
	size_t fresh;

	goes = free_port();
	listen_parse(a, goes, &old, &fresh);
	l = listeners_open(&old, &options, NULL);
	ck_assert_ptr_nonnull(l);
	stay_fd = l->at[0].fd;
	go_fd = l->at[1].fd;
	comes = free_port();
	listen_parse(a, comes, &new, &fresh);
	next = listeners_open(&new, &options, l);
	ck_assert_ptr_nonnull(next);
	ck_assert_int_eq(next->at[0].fd, stay_fd);
	ck_assert(!next->at[0].fresh);
	ck_assert(next->at[1].fresh);
	ck_assert(is_open(go_fd));
	listeners_replace(l, next);
	ck_assert(is_open(stay_fd));
	ck_assert(!is_open(go_fd));
	listeners_close(next);
}
END_TEST

START_TEST(failure_changes_nothing)
{
	const char *taken = free_port();
	struct vec theirs = parse(taken), ours = parse(free_port()), new;
	struct listeners *other = listeners_open(&theirs, &options, NULL);
	struct listeners *l = listeners_open(&ours, &options, NULL);
	int fd = l->at[0].fd, spare;
	size_t fresh;

	spare = dup(fd);
	close(spare);
	new = ours;
	ck_assert_ptr_null(listen_parse(a, free_port(), &new, &fresh));
	ck_assert_ptr_null(listen_parse(a, taken, &new, &fresh));
	ck_assert_ptr_null(listeners_open(&new, &options, l));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert(is_open(fd));
	/* Nothing that was opened on the way is left. */
	ck_assert(!is_open(spare));
	listeners_close(l);
	listeners_close(other);
}
END_TEST

START_TEST(abandoned)
{
	const char *stays = free_port();
	struct vec old = parse(stays), new = parse(stays);
	struct listeners *l = listeners_open(&old, &options, NULL), *next;
	size_t fresh;
	int fd;

	listen_parse(a, free_port(), &new, &fresh);
	next = listeners_open(&new, &options, l);
	fd = next->at[1].fd;
	listeners_abandon(next);
	ck_assert(!is_open(fd));
	ck_assert(is_open(l->at[0].fd));
	listeners_close(l);
}
END_TEST

/* An address that this machine has not. */
START_TEST(optional_may_be_missing)
{
	struct vec v = parse(free_port());
	struct address missing = { .n = sizeof(struct sockaddr_in),
	    .text = "192.0.2.1:80" };
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons(8097), .sin_addr.s_addr = htonl(0xc0000201) };
	struct listeners *l;

	memcpy(&missing.at, &in, sizeof(in));
	vec_add(a, &v, &missing);
	ck_assert_ptr_null(listeners_open(&v, &options, NULL));
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	missing.optional = true;
	l = listeners_open(&v, &options, NULL);
	ck_assert_ptr_nonnull(l);
	ck_assert_uint_eq(l->n, 1);
	listeners_close(l);
}
END_TEST

START_TEST(nothing_to_listen_to)
{
	struct vec none = { 0 };

	ck_assert_ptr_null(listeners_open(&none, &options, NULL));
}
END_TEST

#define LOOP_TEST(tc, test, table) \
	tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *suite = suite_create("listen");
	TCase *tc = tcase_create("listen");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	LOOP_TEST(tc, reads_addresses, good);
	LOOP_TEST(tc, refuses_addresses, bad);
	tcase_add_test(tc, leaves_out_doubles);
	tcase_add_test(tc, opens);
	tcase_add_test(tc, keeps_what_stays);
	tcase_add_test(tc, failure_changes_nothing);
	tcase_add_test(tc, abandoned);
	tcase_add_test(tc, optional_may_be_missing);
	tcase_add_test(tc, nothing_to_listen_to);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
