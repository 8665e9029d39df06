/*
 * scriptlog.c - Apache's ScriptLog.
 *
 * Scripts fail seldom, so the file is opened for each entry: it may be rotated
 * at any time.  An entry is one write(2).
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "script/scriptlog.h"
#include "serve/request.h"

struct str
scriptlog_title(const struct request *r)
{
	struct text t = { .arena = r->arena };
	time_t now = clock_now();
	char time[32];
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL ||
	    strftime(time, sizeof(time), "%a %b %d %H:%M:%S %Y", &tm) == 0)
		time[0] = 0;
	text_addf(&t, "%%%% [%s] ", time);
	text_add(&t, r->method_name);
	text_addc(&t, ' ');
	text_add_log(&t, r->uri);
	text_addz(&t, r->head->version == 11 ? " HTTP/1.1\n" :
	    r->head->version == 10 ? " HTTP/1.0\n" : " HTTP/0.9\n");
	return text_str(&t);
}

static void
write_entry(const struct scriptlog *l, struct str entry)
{
	int fd = open(l->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NONBLOCK | O_NOFOLLOW, 0640);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		log_write(log_main(), LEVEL_ERROR, "cgi",
		    &(struct log_about){ .error = errno },
		    "ScriptLog: %s cannot be written", l->path);
	} else if (st.st_size < l->max &&
	    write(fd, entry.at, entry.n) != (ssize_t)entry.n) {
		log_write(log_main(), LEVEL_ERROR, "cgi",
		    &(struct log_about){ .error = errno },
		    "ScriptLog: %s took less than an entry", l->path);
	}
	if (fd >= 0)
		close(fd);
}

void
scriptlog_error(const struct scriptlog *l, struct str title, int status,
    const char *script, struct str message)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };

	text_add(&t, title);
	text_addf(&t, "%%%% %d %s\n%%error\n", status, script);
	text_add(&t, message);
	text_addc(&t, '\n');
	write_entry(l, text_str(&t));
	arena_end(a);
}

static void
add_request(struct text *t, const struct request *r, struct str body)
{
	text_addz(t, "%request\n");
	for (size_t i = 0; i < r->in.n; i++) {
		text_add(t, r->in.at[i].name);
		text_addz(t, ": ");
		text_add(t, r->in.at[i].value);
		text_addc(t, '\n');
	}
	if (body.n == 0)
		return;
	text_addc(t, '\n');
	text_add(t, body);
	text_addc(t, '\n');
}

void
scriptlog_failure(const struct scriptlog *l, const struct request *r,
    int status, struct str body, struct str line, struct str output)
{
	struct text t = { .arena = r->arena };

	text_add(&t, scriptlog_title(r));
	text_addf(&t, "%%%% %d %s\n", status, r->filename);
	add_request(&t, r, body);
	text_addz(&t, "%response\n");
	if (line.n > 0) {
		text_add(&t, line);
		text_addc(&t, '\n');
	}
	if (output.n > 0) {
		text_addz(&t, "%stdout\n");
		text_add(&t, output);
		text_addc(&t, '\n');
	}
	write_entry(l, text_str(&t));
}
