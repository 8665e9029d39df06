/*
 * check_statistics.c - the status page, with numbers made up; and how they come
 * from the scoreboard.
 */
#include "modules/status.c"

#include "process/census.h"
#include "site.h"

static struct module *const table[] = { &mod_core, &mod_status };

static struct statistics_worker workers[2];
static struct statistics made_up;

static void
take(struct arena *a, struct statistics *s)
{
	(void)a;
	*s = made_up;
}

static void
make_up(void)
{
	memset(workers, 0, sizeof(workers));
	workers[0] = (struct statistics_worker){ .seat = 0, .generation = 2,
	    .pid = 71, .state = WORKER_READY, .connections = 5, .requests = 2,
	    .survey = { .keep_alive = 3, .n_rows = 1 } };
	workers[0].survey.rows[0] = (struct statistics_row){ .mode = 'W',
	    .client = "192.0.2.9", .vhost = "a<b:80",
	    .request = "GET /<script> HTTP/1.1" };
	workers[1] = (struct statistics_worker){ .seat = 3, .generation = 1,
	    .pid = 72, .state = WORKER_DRAINING, .connections = 1,
	    .requests = 1, .survey = { .writing = 1 } };
	made_up = (struct statistics){ .generation = 2,
	    .started = (int64_t)time(NULL) - 100, .places = 8, .served = 50,
	    .bytes = 20480, .busy_us = 25000, .cpu_us = { 500000, 0, 0,
	    250000 }, .n = 2, .workers = workers };
	statistics_from(take);
}

/* The page for a query. */
static struct str
page(const char *conf, const char *query, struct request **asked)
{
	struct config *c = site_open(table, 2, conf);
	struct request *r = site_ask(c, "/server-status");
	const char *error;
	struct piece piece;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	clock_tick();
	r->vhost = c->main;
	r->scope = c->main->scope;
	r->handler = "server-status";
	r->query = str_of(query);
	*asked = r;
	ck_assert_int_eq(handle(r), DONE);
	ck_assert_int_eq(r->body->look(r->body, &piece), PULL_PIECE);
	ck_assert_int_eq(r->length, piece.n);
	return str_n(piece.at, piece.n);
}

static const struct {
	const char	*conf, *query, *has, *lacks;
} pages[] = {
	{ "", "auto", "BusyWorkers: 2\nGracefulWorkers: 1\nIdleWorkers: 5\n"
	    "Processes: 2\nStopping: 1\nConnsTotal: 6\nConnsAsyncWaitIO: 0\n"
	    "ConnsAsyncWriting: 1\nConnsAsyncKeepAlive: 3\n"
	    "ConnsAsyncClosing: 0\nScoreboard: WWG_____\n", "<" },
	{ "", "auto", "\nTotal Accesses: 50\nTotal kBytes: 20\n"
	    "Total Duration: 25\nCPUUser: .5\nCPUSystem: 0\n"
	    "CPUChildrenUser: 0\nCPUChildrenSystem: .25\nCPULoad: .7",
	    "LastReload" },
	{ "", "auto", "\nBytesPerReq: 409.6\nDurationPerReq: .5\n", "GET /" },
	{ "", "auto", "\nParentServerConfigGeneration: 2\n"
	    "ParentServerMPMGeneration: 1\nServerUptimeSeconds: 10", "e+" },
	{ "ExtendedStatus Off", "refresh=5&auto", "Load15: ", "Total " },
	{ "ExtendedStatus Off", "", "<pre>WWG_____</pre>", "192.0.2.9" },
	{ "", "", "GET /&lt;script&gt; HTTP/1.1</td>", "<script>" },
	{ "", "", "<td>a&lt;b:80</td>", "a<b" },
	{ "", "notable", "{GET /&lt;script&gt; HTTP/1.1}", "<table>" },
};

START_TEST(written)
{
	struct request *r;
	struct str text;

	make_up();
	text = page(pages[_i].conf, pages[_i].query, &r);
	ck_assert_msg(str_find_str(text, str_of(pages[_i].has)) >= 0, "%.*s",
	    STR_ARGS(text));
	ck_assert_msg(str_find_str(text, str_of(pages[_i].lacks)) < 0, "%.*s",
	    STR_ARGS(text));
	config_end((struct config *)(uintptr_t)r->config);
}
END_TEST

static const struct {
	const char	*query, *refresh;
} refreshes[] = {
	{ "auto", NULL }, { "refresh", "10" }, { "refresh=3", "3" },
	{ "auto&refresh=7", "7" }, { "refresh=7&auto", "7" },
	{ "refresh=0", "10" }, { "refresh=x", "10" }, { "refresh=-4", "10" },
	{ "refresh=99999999999", "10" }, { "refresh=5,notable", "5" },
};

START_TEST(refreshed)
{
	struct request *r;
	struct str value;

	make_up();
	page("", refreshes[_i].query, &r);
	value = fields_get(&r->out, STR("Refresh"));
	if (refreshes[_i].refresh == NULL)
		ck_assert_ptr_null(value.at);
	else
		ck_assert(str_is(value, refreshes[_i].refresh));
	config_end((struct config *)(uintptr_t)r->config);
}
END_TEST

START_TEST(a_failed_reload_is_told_on_one_line)
{
	struct request *r;
	struct str text;

	make_up();
	made_up.reloaded = 1000000000;
	made_up.reload_error = "a.conf:3: <b>\nwrong";
	text = page("", "auto", &r);
	ck_assert(str_find_str(text, STR("LastReload: failed: a.conf:3: <b> "
	    "wrong\nScoreboard: ")) >= 0);
	config_end((struct config *)(uintptr_t)r->config);
	text = page("", "", &r);
	ck_assert(str_find_str(text, STR("a.conf:3: &lt;b&gt;")) >= 0);
	config_end((struct config *)(uintptr_t)r->config);
}
END_TEST

static const struct {
	int64_t		 seconds;
	const char	*text;
} times[] = {
	{ 0, "0 seconds" }, { 1, "1 second" }, { 60, "1 minute 0 seconds" },
	{ 3725, "1 hour 2 minutes 5 seconds" },
	{ 172800, "2 days 0 hours 0 minutes 0 seconds" },
};

START_TEST(uptimes)
{
	struct text t = { .arena = arena_new() };

	add_uptime(&t, times[_i].seconds);
	ck_assert_str_eq(text_z(&t), times[_i].text);
	arena_end(t.arena);
}
END_TEST

static const struct {
	size_t		 line;
	bool		 tail;
	const char	*shown;		/* begins or ends like that */
} lines[] = {
	{ 5, false, "GET /" }, { 100, false, "GET /a" },
	{ 100, true, "a HTTP/1.1" }, { 3000, true, "a HTTP/1.1" },
};

START_TEST(ends_of_long_lines)
{
	char uri[4000], out[128];
	struct arena *a = arena_new();
	struct head head = { .version = 11, .method_name = STR("GET") };
	struct request r = { .head = &head };
	struct str shown;

	memset(uri, 'a', sizeof(uri));
	uri[0] = '/';
	r.uri = str_n(uri, lines[_i].line);
	statistics_wish(true, lines[_i].tail);
	statistics_line(&r, out, sizeof(out));
	shown = str_of(out);
	ck_assert(lines[_i].tail ? str_ends(shown, str_of(lines[_i].shown)) :
	    str_starts(shown, str_of(lines[_i].shown)));
	ck_assert_uint_eq(shown.n, lines[_i].line + 13 < 128 ?
	    lines[_i].line + 13 : 127);
	statistics_wish(true, false);
	arena_end(a);
}
END_TEST

START_TEST(the_gone_count_on)
{
	struct board *b = board_new(2);
	struct statistics s = { 0 };
	struct arena *a = arena_new();

	board_take(b, 0, 1, 1000);
	board_take(b, 1, 1, 1000);
	seat_add(b->seats[0].served, 10);
	seat_add(b->seats[1].served, 5);
	seat_add(b->seats[1].bytes, 4096);
	census_publish(&b->seats[1]);
	b->seats[1].survey.cpu_us[0] = 77;
	board_leave(b, 1);
	census_take(b, a, &s);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_uint_eq(s.served, 15);
	ck_assert_uint_eq(s.bytes, 4096);
	ck_assert_uint_eq(s.cpu_us[0], 77);
	board_take(b, 1, 2, 1000);
	memset(&s, 0, sizeof(s));
	census_take(b, a, &s);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_uint_eq(s.served, 15);
	ck_assert_uint_eq(s.workers[1].survey.cpu_us[0], 0);
	arena_end(a);
}
END_TEST

/* A worker can write anything onto the board. */
START_TEST(lies_do_no_harm)
{
	struct board *b = board_new(1);
	struct statistics s = { 0 };
	struct arena *a = arena_new();
	const struct statistics_survey *v;

	board_take(b, 0, 1, 1000);
	memset(&b->seats[0].survey, 'x', sizeof(b->seats[0].survey));
	memset(b->reload_text, 'y', sizeof(b->reload_text));
	b->reload_failed = true;
	census_take(b, a, &s);
	v = &s.workers[0].survey;
	ck_assert_uint_eq(v->n_rows, STATISTICS_ROWS);
	ck_assert_uint_eq(strlen(v->rows[STATISTICS_ROWS - 1].request), 127);
	ck_assert_int_eq(v->rows[0].mode, 'W');
	ck_assert_uint_eq(strlen(s.reload_error), sizeof(b->reload_text));

	/* Half written: nothing of it is believed. */
	b->seats[0].survey_number = 7;
	memset(&s, 0, sizeof(s));
	census_take(b, a, &s);
	ck_assert_uint_eq(s.workers[0].survey.n_rows, 0);
	arena_end(a);
}
END_TEST

#define MANY_OF(array)	(int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	Suite *s = suite_create("statistics");
	TCase *t = tcase_create("statistics");

	tcase_add_loop_test(t, written, 0, MANY_OF(pages));
	tcase_add_loop_test(t, refreshed, 0, MANY_OF(refreshes));
	tcase_add_test(t, a_failed_reload_is_told_on_one_line);
	tcase_add_loop_test(t, uptimes, 0, MANY_OF(times));
	tcase_add_loop_test(t, ends_of_long_lines, 0, MANY_OF(lines));
	tcase_add_test(t, the_gone_count_on);
	tcase_add_test(t, lies_do_no_harm);
	suite_add_tcase(s, t);
	return site_run(s);
}
