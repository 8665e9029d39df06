/*
 * mod_asis - files that bring the head of their answer along: send-as-is.
 *
 * The head is written like that of a program's answer, and means the same; Date
 * and Server are the server's.  A Location without Status is followed by the
 * server itself when it is a path, as a program's is.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "conf/module.h"
#include "http/cgihead.h"
#include "http/status.h"
#include "serve/corridor.h"
#include "serve/file.h"

extern struct module mod_asis;

static const struct cgihead_limits limits = { .max_fields = 200,
	.max_head = 65536 };

/* ---- The head ------------------------------------------------------------ */

/* As much of the file as a head may have, or STR_NONE with errno. */
static struct str
read_start(struct arena *a, int fd, const struct stat *st)
{
	size_t n = st->st_size < (off_t)limits.max_head ?
	    (size_t)st->st_size : limits.max_head;
	char *bytes = arena_alloc(a, n + 1);
	ssize_t have = os_read_part(fd, bytes, n, 0);

	return have < 0 ? STR_NONE : str_n(bytes, (size_t)have);
}

static int
refuse_head(struct request *r, const char *why)
{
	request_log(r, LEVEL_ERROR, "asis", 0, "AH01231: the head of %s cannot "
	    "be sent: %s", r->filename, why);
	return request_refuse(r, 500, "The file that makes this answer has a "
	    "malformed head.");
}

/* The length is told by the file, whatever it says itself. */
static void
copy_head(struct request *r, const struct cgihead *h)
{
	fields_append(&r->out, &h->fields);
	if (h->content_type.n > 0 && !status_has_no_body(h->status))
		fields_set(&r->out, STR("Content-Type"), h->content_type);
	if (h->status != 200 || h->reason.n > 0)
		r->status = h->status;
	r->reason = h->reason;
	r->close_after |= h->says_close;
}

static int
answer(struct request *r, int fd, const struct stat *st)
{
	struct str start = read_start(r->arena, fd, st);
	struct cgihead h;

	if (start.at == NULL)
		return refuse_head(r, strerror(errno));
	cgihead_init(&h, r->arena, &limits);
	switch (cgihead_parse(&h, start.at, start.n)) {
	case CGIHEAD_DONE:
		break;
	case CGIHEAD_BAD:
		return refuse_head(r, h.why);
	default:
		return refuse_head(r, "it has no end");
	}
	if (h.kind == CGI_LOCAL_REDIRECT)
		return request_restart(r, h.location, true);
	copy_head(r, &h);
	if (status_has_no_body(r->status))
		return DONE;
	return file_answer_part(r, dup(fd), (off_t)h.size,
	    (uint64_t)st->st_size - h.size);
}

/* ---- Requests ------------------------------------------------------------ */

static int
check_request(struct request *r)
{
	if (r->method != METHOD_GET && r->method != METHOD_HEAD &&
	    r->method != METHOD_POST)
		return corridor_other_method(r);
	if (r->found.kind != FOUND_FILE || (r->path_info.n > 0 &&
	    number_or(core_conf(r->scope)->accept_path_info,
	    PATH_INFO_DEFAULT) == PATH_INFO_OFF)) {
		request_log(r, LEVEL_ERROR, "asis", 0, "AH01233: File does "
		    "not exist: %s%.*s", r->filename,
		    STR_ARGS(r->path_info));
		return request_refuse(r, 404, "There is nothing at this "
		    "address.");
	}
	return PASS;
}

static bool
is_as_is(const char *handler)
{
	return handler != NULL && (strcmp(handler, "send-as-is") == 0 ||
	    strcmp(handler, "httpd/send-as-is") == 0);
}

static int
handle(struct request *r)
{
	struct stat st;
	int fd, status;

	if (!is_as_is(r->handler))
		return PASS;
	request_timely(r);
	status = check_request(r);
	if (status != PASS)
		return status;
	fd = os_open_file(r->filename, r->root_n, r->links, &st);
	if (fd < 0) {
		request_log(r, LEVEL_ERROR, "asis", errno, "AH01234: file "
		    "permissions deny server access: %s", r->filename);
		return errno == ENOENT ? 404 : 403;
	}
	status = S_ISREG(st.st_mode) ? answer(r, fd, &st) : 404;
	close(fd);
	return status;
}

struct module mod_asis = {
	.name = "asis",
	.alias = "mod_asis.c asis_module",
	.steady = true,
	.handle = handle,
};
