/*
 * mod_static - the handler of last resort: files, as they are on disk.
 *
 * A file is opened under the very policy for links that it was found under, and
 * everything said about it comes from the open file, so it may be replaced or
 * removed at any time.  Nothing but regular files is ever opened.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "conf/directive.h"
#include "serve/basis.h"
#include "serve/corridor.h"
#include "serve/file.h"

extern struct module mod_static;

/* Up to here a body that nobody wants is waited for. */
#define UNREAD_BYTES	65536

/* ---- Requests ------------------------------------------------------------ */

/* POST reads a file, too, as in Apache: forms may lead to a page of thanks. */
static bool
method_reads(enum http_method m)
{
	return m == METHOD_GET || m == METHOD_HEAD || m == METHOD_POST;
}

static int
answer_missing(struct request *r)
{
	if (r->found.kind == FOUND_NOTHING)
		basis_missing(r);
	request_log(r, LEVEL_INFO, "core", 0, "AH00128: File does not exist: "
	    "%s%.*s", r->filename, STR_ARGS(r->path_info));
	return request_refuse(r, 404, "There is nothing at this address.");
}

/* What r->filename is now, which may differ from what was found. */
static int
answer_open_error(struct request *r, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return answer_missing(r);
	case EMFILE:
	case ENFILE:
		request_log(r, LEVEL_CRIT, "core", error, "cannot open %s",
		    r->filename);
		return request_refuse(r, 503, "The server has too many files "
		    "open.");
	default:
		request_log(r, LEVEL_ERROR, "core", error, "AH00132: file "
		    "permissions deny server access: %s", r->filename);
		return request_refuse(r, 403, "The server may not read this "
		    "file.");
	}
}

/*
 * A file has no use for a body, but a request is not whole without: it is
 * answered once its body has come, as in Apache.  A long one is not waited for,
 * and neither is one that the client keeps back until it is asked for.
 */
static int
pass_over_body(struct request *r)
{
	struct str s;

	if (r->head->expect_continue || request_body_length(r) > UNREAD_BYTES)
		return PASS;
	while (request_body_length(r) != 0 && r->body_taken <= UNREAD_BYTES)
		switch (request_body_look(r, &s)) {
		case BODY_DATA:
			request_body_took(r, s.n);
			break;
		case BODY_WAIT:
			return WAIT;
		case BODY_BAD:
			return r->status;
		default:
			return PASS;
		}
	return PASS;
}

static int
handle(struct request *r)
{
	struct stat st;
	int fd, answer;

	if (r->handler != NULL && strcmp(r->handler, "default-handler") != 0)
		return PASS;
	answer = pass_over_body(r);
	if (answer != PASS)
		return answer;
	if (r->found.kind == FOUND_OTHER) {
		request_log(r, LEVEL_ERROR, "core", 0, "AH00038: Forbidden: "
		    "%s doesn't point to a file or directory", r->filename);
		return request_refuse(r, 403, "This is neither a file nor a "
		    "directory.");
	}
	if (!method_reads(r->method))
		return corridor_other_method(r);
	if (r->found.kind != FOUND_FILE)
		return answer_missing(r);
	if (r->path_info.n > 0 &&
	    number_or(core_conf(r->scope)->accept_path_info,
	    PATH_INFO_DEFAULT) != PATH_INFO_ON)
		return answer_missing(r);
	fd = os_open_file(r->filename, r->root_n, r->links, &st);
	if (fd < 0)
		return answer_open_error(r, errno);
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return answer_missing(r);
	}
	return file_answer(r, fd, &st);
}

struct module mod_static = {
	.name = "static",
	.alias = "mod_static.c static_module",
	.steady = true,
	.handle = handle,
};
