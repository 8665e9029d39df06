/*
 * xsendfile.c - mod_xsendfile: a program may leave it to the server to send a
 * file.
 * Manual: modules/xsendfile.html
 *
 * A program decides who may have a file; the server knows how to send it, with
 * ranges and validators, without a process that waits for a slow client.  Only
 * what lies below directories that the administrator named can be sent, and no
 * symbolic link leads out of them.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "serve/file.h"
#include "serve/xsendfile.h"

struct xsendfile_conf {
	enum flag	on;
	struct vec	directories;	/* const char * */
};

/* The allowed directory that path lies below, or NULL. */
static const char *
directory_of(const struct xsendfile_conf *c, struct str path)
{
	for (size_t i = 0; i < c->directories.n; i++) {
		struct str d = str_of(c->directories.at[i]);

		if (str_is(d, "/") || (str_starts(path, d) &&
		    path.n > d.n && path.at[d.n] == '/'))
			return c->directories.at[i];
	}
	return NULL;
}

/* A path without slash in front is meant from the program's directory on; dots
 * may not lead out of an allowed directory. */
static char *
absolute(struct request *r, struct str path)
{
	struct str program = str_of(r->filename);

	if (path.n > 0 && path.at[0] == '/')
		return str_z(r->arena, path);
	return str_zfmt(r->arena, "%.*s/%.*s", (int)str_rfind(program, '/'),
	    program.at, STR_ARGS(path));
}

static int
forget(struct request *r, int status)
{
	fields_init(&r->out, r->arena);
	fields_init(&r->out_always, r->arena);
	return status;
}

static int
cannot_open(struct request *r, const char *path, int error)
{
	request_log(r, LEVEL_ERROR, "xsendfile", error, "X-Sendfile: %s "
	    "cannot be sent%s", path, error == EACCES ? ": it cannot be read, "
	    "or a symbolic link lies on the way to it" : error == EINVAL ?
	    ": its path has .. in it" : error == ENXIO ?
	    ": it is no regular file" : "");
	return forget(r, 404);
}

/* What the program said about a body that is not sent. */
static void
drop_fields(struct request *r)
{
	fields_unset(&r->out, STR("X-Sendfile"));
	fields_unset(&r->out, STR("Content-Encoding"));
	fields_unset(&r->out, STR("Content-Range"));
	r->length = -1;
}

int
xsendfile_answer(struct request *r)
{
	const struct xsendfile_conf *c = scope_get(r->scope, &mod_xsendfile);
	struct str field = fields_get(&r->out, STR("X-Sendfile"));
	const char *path, *root;
	struct stat st;
	int fd;

	if (field.at == NULL || !flag_or(c->on, false))
		return PASS;
	path = absolute(r, field);
	root = directory_of(c, str_of(path));
	if (root == NULL) {
		request_log(r, LEVEL_ERROR, "xsendfile", 0, "X-Sendfile: %s "
		    "is not below any XSendFilePath", path);
		return forget(r, 403);
	}
	fd = os_open_file(path, strlen(root), OS_LINKS_NONE, &st);
	if (fd < 0)
		return cannot_open(r, path, errno);
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return cannot_open(r, path, ENXIO);
	}
	drop_fields(r);
	return file_answer(r, fd, &st);
}

static const char *
add_directories(struct setting *s)
{
	struct xsendfile_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++)
		vec_add(s->arena, &c->directories, read_path(s, i));
	return NULL;
}

static const struct directive rows[] = {
	{ "XSendFile", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_FLAG,
	  offsetof(struct xsendfile_conf, on), NULL,
	  "On: programs may name a file to be sent in X-Sendfile" },
	{ "XSendFilePath", 1, MANY, IN_CONF | IN_SECTION, SLOT_LIST,
	  offsetof(struct xsendfile_conf, directories), add_directories,
	  "directories whose files may be sent" },
	{ 0 }
};

struct module mod_xsendfile = {
	.name = "xsendfile",
	.alias = "mod_xsendfile.c xsendfile_module",
	.conf_size = sizeof(struct xsendfile_conf),
	.rows = rows,
};
