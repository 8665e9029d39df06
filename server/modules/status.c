/*
 * mod_status - a page that tells what the server is doing.
 * Manual: modules/status.html
 *
 * Names and their order in "?auto" are Apache's, since programs read them.  The
 * scoreboard has one letter for each request that there may be at once: workers
 * are few here, and each of them serves many clients.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "base/os.h"
#include "conf/directive.h"
#include "serve/output.h"
#include "serve/request.h"
#include "serve/statistics.h"

extern struct module mod_status;

enum {
	BOARD_MAX	= 65536,	/* letters of the scoreboard */
	REFRESH_S	= 10,		/* unless the query says otherwise */
	LINE_MAX_SHOWN	= 63,		/* of a request, as in Apache */
};

struct status_conf {
	enum flag	extended, tail;
};

/* A page being written. */
struct page {
	struct text	 t;
	struct request	*r;
	const struct statistics *s;
	int64_t		 now, uptime;	/* seconds */
	bool		 extended;
	/* Sums over the workers. */
	unsigned	 busy, graceful, idle, stopping, connections;
	unsigned	 reading, writing, keep_alive, closing;
};

static const struct status_conf *
conf_of(const struct config *c)
{
	return scope_get(c->main->scope, &mod_status);
}

/* ---- Pieces -------------------------------------------------------------- */

static void
add_up(struct page *p)
{
	unsigned all;

	for (size_t i = 0; i < p->s->n; i++) {
		const struct statistics_worker *w = &p->s->workers[i];

		if (w->state == WORKER_DRAINING) {
			p->graceful += w->requests;
			p->stopping++;
		} else
			p->busy += w->requests;
		p->connections += w->connections;
		p->reading += w->survey.reading;
		p->writing += w->survey.writing;
		p->keep_alive += w->survey.keep_alive;
		p->closing += w->survey.closing;
	}
	all = p->busy + p->graceful;
	p->idle = p->s->places > all ? p->s->places - all : 0;
}

/* With so many digits, as Apache writes fractions: ".5", not "0.5". */
static void
add_fraction(struct text *t, int digits, double d)
{
	char out[64];

	snprintf(out, sizeof(out), "%.*g", digits, d);
	text_addz(t, out[0] == '0' && out[1] == '.' ? out + 1 : out);
}

static void
add_time(struct text *t, int64_t when)
{
	time_t seconds = (time_t)when;
	char out[64] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		strftime(out, sizeof(out), "%A, %d-%b-%Y %H:%M:%S %Z", &tm);
	text_addz(t, out);
}

static void
add_uptime(struct text *t, int64_t seconds)
{
	static const struct {
		int64_t		 seconds;
		const char	*name;
	} units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
	    { 1, "second" } };
	bool begun = false;

	for (size_t i = 0; i < 4; i++) {
		int64_t n = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (n == 0 && !begun && i < 3)
			continue;
		text_addf(t, "%s%lld %s%s", begun ? " " : "", (long long)n,
		    units[i].name, n == 1 ? "" : "s");
		begun = true;
	}
}

static void
add_bytes(struct text *t, double n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	while (n >= 1024 && i < 4) {
		n /= 1024;
		i++;
	}
	text_addf(t, i == 0 ? "%.0f %s" : "%.1f %s", n, units[i]);
}

static double
cpu_seconds(const uint64_t cpu_us[4])
{
	return (double)(cpu_us[0] + cpu_us[1] + cpu_us[2] + cpu_us[3]) / 1e6;
}

/* Hundredths are enough, and no "1e-05" comes out. */
static double
hundredths(uint64_t us)
{
	return (double)(us / 10000) / 100;
}

/* A letter for each request that there may be at once. */
static void
add_board(struct page *p)
{
	unsigned room = BOARD_MAX, k;
	struct text *t = &p->t;

	for (size_t i = 0; i < p->s->n; i++) {
		const struct statistics_worker *w = &p->s->workers[i];

		for (k = 0; k < w->requests && room > 0; k++, room--)
			text_addc(t, w->state == WORKER_DRAINING ? 'G' : 'W');
	}
	for (k = 0; k < p->idle && room > 0; k++, room--)
		text_addc(t, '_');
}

/* ---- For programs -------------------------------------------------------- */

static void
add_fact(struct page *p, const char *name, double d)
{
	text_addf(&p->t, "%s: ", name);
	add_fraction(&p->t, 6, d);
	text_addc(&p->t, '\n');
}

static void
add_count(struct page *p, const char *name, uint64_t n)
{
	text_addf(&p->t, "%s: %llu\n", name, (unsigned long long)n);
}

static void
add_when(struct page *p, const char *name, int64_t when)
{
	text_addf(&p->t, "%s: ", name);
	add_time(&p->t, when);
	text_addc(&p->t, '\n');
}

static void
auto_server(struct page *p)
{
	struct text *t = &p->t;
	double load[3];

	text_add(t, request_server_name(p->r));
	text_addf(t, "\nServerVersion: %s\nServerMPM: prefork\n"
	    "Server Built: %s\n", core_server_token(p->r->config),
	    statistics_built());
	add_when(p, "CurrentTime", p->now);
	add_when(p, "RestartTime", p->s->started);
	add_count(p, "ParentServerConfigGeneration", p->s->generation);
	add_count(p, "ParentServerMPMGeneration", p->s->generation > 0 ?
	    p->s->generation - 1 : 0);
	add_count(p, "ServerUptimeSeconds", (uint64_t)p->uptime);
	text_addz(t, "ServerUptime: ");
	add_uptime(t, p->uptime);
	os_load_averages(load);
	text_addf(t, "\nLoad1: %.2f\nLoad5: %.2f\nLoad15: %.2f\n", load[0],
	    load[1], load[2]);
}

static void
auto_totals(struct page *p)
{
	const struct statistics *s = p->s;
	double up = (double)p->uptime, n = (double)s->served;
	double cpu = cpu_seconds(s->cpu_us);

	add_count(p, "Total Accesses", s->served);
	add_count(p, "Total kBytes", s->bytes / 1024);
	add_count(p, "Total Duration", s->busy_us / 1000);
	add_fact(p, "CPUUser", hundredths(s->cpu_us[0]));
	add_fact(p, "CPUSystem", hundredths(s->cpu_us[1]));
	add_fact(p, "CPUChildrenUser", hundredths(s->cpu_us[2]));
	add_fact(p, "CPUChildrenSystem", hundredths(s->cpu_us[3]));
	if (cpu > 0 && up > 0)
		add_fact(p, "CPULoad", cpu / up * 100);
	add_count(p, "Uptime", (uint64_t)p->uptime);
	if (up > 0) {
		add_fact(p, "ReqPerSec", n / up);
		add_fact(p, "BytesPerSec", (double)s->bytes / up);
	}
	if (n > 0) {
		add_fact(p, "BytesPerReq", (double)s->bytes / n);
		add_fact(p, "DurationPerReq", (double)s->busy_us / 1000 / n);
	}
}

/* Lines of a text, where there must be one. */
static void
add_one_line(struct text *t, const char *z)
{
	for (; *z != '\0'; z++)
		text_addc(t, (unsigned char)*z < ' ' || *z == 0x7f ? ' ' : *z);
}

/* Not in Apache. */
static void
auto_reload(struct page *p)
{
	if (p->s->reloaded == 0)
		return;
	add_when(p, "LastReloadTime", p->s->reloaded);
	text_addz(&p->t, "LastReload: ");
	if (p->s->reload_error == NULL)
		text_addz(&p->t, "done");
	else {
		text_addz(&p->t, "failed: ");
		add_one_line(&p->t, p->s->reload_error);
	}
	text_addc(&p->t, '\n');
}

static void
write_auto(struct page *p)
{
	auto_server(p);
	if (p->extended)
		auto_totals(p);
	add_count(p, "BusyWorkers", p->busy);
	add_count(p, "GracefulWorkers", p->graceful);
	add_count(p, "IdleWorkers", p->idle);
	add_count(p, "Processes", p->s->n);
	add_count(p, "Stopping", p->stopping);
	add_count(p, "ConnsTotal", p->connections);
	add_count(p, "ConnsAsyncWaitIO", p->reading);
	add_count(p, "ConnsAsyncWriting", p->writing);
	add_count(p, "ConnsAsyncKeepAlive", p->keep_alive);
	add_count(p, "ConnsAsyncClosing", p->closing);
	auto_reload(p);
	text_addz(&p->t, "Scoreboard: ");
	add_board(p);
	text_addc(&p->t, '\n');
}

/* ---- For people ---------------------------------------------------------- */

static void
page_server(struct page *p)
{
	struct text *t = &p->t;
	struct str name = request_server_name(p->r);

	text_addz(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>Forkful Status</title>\n"
	    "<style>td, th { padding: 0 .5em; text-align: left } "
	    "pre { white-space: pre-wrap; word-break: break-all }</style>\n"
	    "</head>\n<body>\n<h1>Forkful Server Status for ");
	text_add_html(t, name);
	text_addf(t, " (via %.*s)</h1>\n<dl>\n<dt>Server Version: ",
	    STR_ARGS(request_local(p->r)));
	text_add_html(t, str_of(core_server_token(p->r->config)));
	text_addf(t, "</dt>\n<dt>Server MPM: prefork</dt>\n<dt>Server Built: "
	    "%s</dt>\n</dl>\n<hr>\n<dl>\n<dt>Current Time: ",
	    statistics_built());
	add_time(t, p->now);
	text_addz(t, "</dt>\n<dt>Restart Time: ");
	add_time(t, p->s->started);
	text_addf(t, "</dt>\n<dt>Parent Server Config. Generation: %u</dt>\n"
	    "<dt>Parent Server MPM Generation: %u</dt>\n"
	    "<dt>Server uptime: ", p->s->generation, p->s->generation > 0 ?
	    p->s->generation - 1 : 0);
	add_uptime(t, p->uptime);
	text_addz(t, "</dt>\n");
}

static void
page_reload(struct page *p)
{
	struct text *t = &p->t;

	if (p->s->reloaded == 0)
		return;
	text_addz(t, "<dt>Last reload: ");
	add_time(t, p->s->reloaded);
	if (p->s->reload_error != NULL) {
		text_addz(t, " - <strong>failed, the old configuration is "
		    "still used</strong>: ");
		text_add_html(t, str_of(p->s->reload_error));
	}
	text_addz(t, "</dt>\n");
}

static void
page_rates(struct page *p)
{
	struct text *t = &p->t;
	double up = (double)p->uptime, n = (double)p->s->served;

	if (up > 0) {
		add_fraction(t, 3, n / up);
		text_addz(t, " requests/sec - ");
		add_bytes(t, (double)p->s->bytes / up);
		text_addz(t, "/second");
	}
	if (n > 0) {
		text_addz(t, up > 0 ? " - " : "");
		add_bytes(t, (double)p->s->bytes / n);
		text_addz(t, "/request - ");
		add_fraction(t, 6, (double)p->s->busy_us / 1000 / n);
		text_addz(t, " ms/request");
	}
}

static void
page_totals(struct page *p)
{
	static const char *const names[] = { "u", " s", " cu", " cs" };
	const struct statistics *s = p->s;
	struct text *t = &p->t;
	double cpu = cpu_seconds(s->cpu_us);

	text_addf(t, "<dt>Total accesses: %llu - Total Traffic: ",
	    (unsigned long long)s->served);
	add_bytes(t, (double)s->bytes);
	text_addf(t, " - Total Duration: %llu</dt>\n<dt>CPU Usage: ",
	    (unsigned long long)(s->busy_us / 1000));
	for (size_t i = 0; i < 4; i++) {
		text_addz(t, names[i]);
		add_fraction(t, 6, hundredths(s->cpu_us[i]));
	}
	if (cpu > 0 && p->uptime > 0) {
		text_addz(t, " - ");
		add_fraction(t, 3, cpu / (double)p->uptime * 100);
		text_addz(t, "% CPU load");
	}
	text_addz(t, "</dt>\n<dt>");
	page_rates(p);
	text_addz(t, "</dt>\n");
}

static void
page_summary(struct page *p)
{
	double load[3];

	os_load_averages(load);
	text_addf(&p->t, "<dt>Server load: %.2f %.2f %.2f</dt>\n", load[0],
	    load[1], load[2]);
	page_reload(p);
	if (p->extended)
		page_totals(p);
	text_addf(&p->t, "<dt>%u requests currently being processed, "
	    "%u workers gracefully restarting, %u idle workers</dt>\n</dl>\n",
	    p->busy, p->graceful, p->idle);
}

static const char *
state_name(const struct statistics_worker *w)
{
	return w->state == WORKER_READY ? "ready" :
	    w->state == WORKER_DRAINING ? "finishing" : "starting";
}

static void
page_workers(struct page *p)
{
	struct text *t = &p->t;

	text_addz(t, "<table>\n<tr><th>Slot</th><th>PID</th>"
	    "<th>Generation</th><th>State</th><th>Age</th>"
	    "<th>Connections</th><th>reading</th><th>writing</th>"
	    "<th>keep-alive</th><th>closing</th><th>Requests</th>"
	    "<th>so far</th><th>Traffic</th><th>CPU</th></tr>\n");
	for (size_t i = 0; i < p->s->n; i++) {
		const struct statistics_worker *w = &p->s->workers[i];

		text_addf(t, "<tr><td>%u</td><td>%ld</td><td>%u</td><td>%s</td>"
		    "<td>%lld</td><td>%u</td><td>%u</td><td>%u</td><td>%u</td>"
		    "<td>%u</td><td>%u</td><td>%llu</td><td>", w->seat, w->pid,
		    w->generation, state_name(w), (long long)(p->now -
		    w->started), w->connections, w->survey.reading,
		    w->survey.writing, w->survey.keep_alive, w->survey.closing,
		    w->requests, (unsigned long long)w->served);
		add_bytes(t, (double)w->bytes);
		text_addf(t, "</td><td>%.2f</td></tr>\n",
		    cpu_seconds(w->survey.cpu_us));
	}
	text_addf(t, "<tr><td>Sum</td><td>%zu</td><td></td><td></td><td></td>"
	    "<td>%u</td><td>%u</td><td>%u</td><td>%u</td><td>%u</td><td>%u</td>"
	    "<td></td><td></td><td></td></tr>\n</table>\n", p->s->n,
	    p->connections, p->reading, p->writing, p->keep_alive, p->closing,
	    p->busy + p->graceful);
}

static void
page_board(struct page *p)
{
	text_addz(&p->t, "<pre>");
	add_board(p);
	text_addz(&p->t, "</pre>\n<p>Scoreboard Key:<br>\n"
	    "\"<b><code>W</code></b>\" Request in progress,\n"
	    "\"<b><code>G</code></b>\" Gracefully finishing,\n"
	    "\"<b><code>_</code></b>\" Place for another request, with no "
	    "current process</p>\n");
}

/* ---- Requests ------------------------------------------------------------ */

/* The 63 bytes that SeeRequestTail says. */
static struct str
line_shown(const struct page *p, const struct statistics_row *row)
{
	struct str line = str_of(row->request);

	if (line.n <= LINE_MAX_SHOWN)
		return line;
	return flag_or(conf_of(p->r->config)->tail, false) ?
	    str_from(line, line.n - LINE_MAX_SHOWN) :
	    str_first(line, LINE_MAX_SHOWN);
}

static long long
age_of(const struct statistics_row *row)
{
	int64_t us = clock_wall_us() - row->started_us;

	return us < 0 ? 0 : (long long)us / 1000;
}

static void
add_cell(struct text *t, const char *between, struct str s)
{
	text_addz(t, between);
	text_add_html(t, s);
}

static void
table_row(struct page *p, const struct statistics_worker *w,
    const struct statistics_row *row)
{
	struct text *t = &p->t;
	long long ms = age_of(row);

	text_addf(t, "<tr><td><b>%u-%u</b></td><td>%ld</td><td>%u/%llu</td>"
	    "<td><b>%c</b></td><td>%lld</td><td>%lld</td><td>", w->seat,
	    w->generation, w->pid, row->before, (unsigned long long)w->served,
	    row->mode, ms / 1000, ms);
	add_bytes(t, (double)row->bytes);
	add_cell(t, "</td><td>", str_of(row->client));
	add_cell(t, "</td><td>", str_of(row->vhost));
	add_cell(t, "</td><td>", line_shown(p, row));
	text_addz(t, "</td></tr>\n");
}

static void
list_row(struct page *p, const struct statistics_worker *w,
    const struct statistics_row *row)
{
	struct text *t = &p->t;
	long long ms = age_of(row);

	text_addf(t, "<li><b>Server %u-%u</b> (%ld): %u|%llu [<b>%c</b>] "
	    "%lld s ", w->seat, w->generation, w->pid, row->before,
	    (unsigned long long)w->served, row->mode, ms / 1000);
	add_cell(t, "<i>", str_of(row->client));
	add_cell(t, " {", line_shown(p, row));
	add_cell(t, "} [", str_of(row->vhost));
	text_addz(t, "]</i></li>\n");
}

static void
page_requests(struct page *p, bool table)
{
	unsigned hidden = 0, shown;

	text_addz(&p->t, table ? "<h2>Requests</h2>\n<table>\n<tr><th>Srv</th>"
	    "<th>PID</th><th>Acc</th><th>M</th><th>SS</th><th>Dur</th>"
	    "<th>Sent</th><th>Client</th><th>VHost</th><th>Request</th>"
	    "</tr>\n" : "<h2>Requests</h2>\n<ul>\n");
	for (size_t i = 0; i < p->s->n; i++) {
		const struct statistics_worker *w = &p->s->workers[i];

		for (shown = 0; shown < w->survey.n_rows; shown++)
			(table ? table_row : list_row)(p, w,
			    &w->survey.rows[shown]);
		if (shown == STATISTICS_ROWS && w->requests > shown)
			hidden += w->requests - shown;
	}
	text_addz(&p->t, table ? "</table>\n" : "</ul>\n");
	if (hidden > 0)
		text_addf(&p->t, "<p>And %u more.</p>\n", hidden);
	if (table)
		text_addz(&p->t, "<p>Srv: slot of the worker - generation; "
		    "Acc: requests before on this connection / of this worker; "
		    "M: R reading the rest of a request, W at work, C closing; "
		    "SS: seconds, Dur: milliseconds since the request "
		    "began.</p>\n");
}

static void
write_page(struct page *p, bool table)
{
	page_server(p);
	page_summary(p);
	if (table)
		page_workers(p);
	page_board(p);
	if (p->extended)
		page_requests(p, table);
	text_addz(&p->t, "</body>\n</html>\n");
}

/* ---- The handler --------------------------------------------------------- */

/* As in Apache, words are looked for anywhere in the query. */
static bool
is_asked(const struct request *r, const char *word)
{
	return str_find_str(r->query, str_of(word)) >= 0;
}

static void
set_refresh(struct request *r)
{
	ptrdiff_t at = str_find_str(r->query, STR("refresh"));
	struct str s;
	uint64_t n = 0;
	size_t digits = 0;

	if (at < 0)
		return;
	s = str_from(r->query, (size_t)at + strlen("refresh"));
	if (s.n > 0 && s.at[0] == '=') {
		s = str_from(s, 1);
		while (digits < s.n && char_is_digit((unsigned char)
		    s.at[digits]))
			digits++;
	}
	if (!str_number(str_first(s, digits), 10, INT32_MAX, &n) || n == 0)
		n = REFRESH_S;
	fields_set(&r->out, STR("Refresh"), str_fmt(r->arena, "%u",
	    (unsigned)n));
}

static void
answer(struct page *p)
{
	struct request *r = p->r;
	bool plain = is_asked(r, "auto");

	add_up(p);
	if (plain)
		write_auto(p);
	else
		write_page(p, !is_asked(r, "notable"));
	set_refresh(r);
	fields_set(&r->out, STR("Content-Type"), plain ?
	    STR("text/plain; charset=utf-8") :
	    STR("text/html; charset=utf-8"));
	r->length = (int64_t)p->t.n;
	r->body = source_memory(r->arena, text_str(&p->t));
}

static int
answer_other_method(struct request *r)
{
	fields_set(&r->out_always, STR("Allow"), method_list(r->arena,
	    METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD) |
	    METHOD_BIT(METHOD_OPTIONS)));
	if (r->method != METHOD_OPTIONS)
		return request_refuse(r, 405, "The status page can only be "
		    "read.");
	r->length = 0;
	return DONE;
}

static int
handle(struct request *r)
{
	struct page p = { .t = { .arena = r->arena }, .r = r };

	if (r->handler == NULL || strcmp(r->handler, "server-status") != 0)
		return PASS;
	if (r->method != METHOD_GET && r->method != METHOD_HEAD)
		return answer_other_method(r);
	request_once(r);
	p.s = statistics_take(r->arena);
	if (p.s == NULL)
		return request_refuse(r, 500, "There is no scoreboard.");
	p.extended = flag_or(conf_of(r->config)->extended, true);
	p.now = (int64_t)clock_now();
	p.uptime = p.now > p.s->started ? p.now - p.s->started : 0;
	answer(&p);
	return DONE;
}

static void
worker(struct loop *l, const struct config *c)
{
	const struct status_conf *conf = conf_of(c);

	(void)l;
	statistics_wish(flag_or(conf->extended, true),
	    flag_or(conf->tail, false));
}

static const struct directive rows[] = {
	{ "ExtendedStatus", 1, 1, IN_SERVER, SLOT_FLAG,
	  offsetof(struct status_conf, extended), NULL,
	  "Off: no totals and no requests on the status page" },
	{ "SeeRequestTail", 1, 1, IN_SERVER, SLOT_FLAG,
	  offsetof(struct status_conf, tail), NULL,
	  "On: the end of long request lines is shown, not the beginning" },
	{ 0 }
};

struct module mod_status = {
	.name = "status",
	.alias = "mod_status.c status_module",
	.conf_size = sizeof(struct status_conf),
	.rows = rows,
	.worker = worker,
	.steady = true,
	.handle = handle,
};
