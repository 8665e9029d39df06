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
#include "base/clock.h"
#include "base/os.h"
#include "conf/directive.h"
#include "http/method.h"
#include "http/multipart.h"
#include "http/precond.h"
#include "http/range.h"
#include "serve/output.h"
#include "serve/request.h"

extern struct module mod_static;

/* Up to here a body is read at once, to leave together with its head. */
#define SMALL_BYTES	32768
/* How much is read at a time where sendfile(2) is switched off. */
#define BLOCK_BYTES	65536

/* ---- Bodies -------------------------------------------------------------- */

/* A range of a file, read block by block. */
struct block_source {
	struct source	 source;
	int		 fd;
	off_t		 offset;
	uint64_t	 left;		/* in the file, from offset on */
	char		*block;
	size_t		 at, n;		/* what is left in the block */
};

static enum pull
block_look(struct source *s, struct piece *p)
{
	struct block_source *b = (struct block_source *)s;
	ssize_t got;

	if (b->at == b->n) {
		if (b->left == 0)
			return PULL_END;
		got = pread(b->fd, b->block, b->left < BLOCK_BYTES ?
		    (size_t)b->left : BLOCK_BYTES, b->offset);
		if (got <= 0)
			return PULL_FAILED;
		b->at = 0;
		b->n = (size_t)got;
		b->offset += got;
		b->left -= (uint64_t)got;
	}
	*p = (struct piece){ .at = b->block + b->at, .fd = -1,
	    .n = b->n - b->at };
	return PULL_PIECE;
}

static void
block_took(struct source *s, size_t n)
{
	struct block_source *b = (struct block_source *)s;

	b->at += n;
}

static struct source *
source_blocks(struct arena *a, int fd, off_t offset, uint64_t n)
{
	struct block_source *b = arena_one(a, struct block_source);

	b->source = (struct source){ block_look, block_took, true };
	b->fd = fd;
	b->offset = offset;
	b->left = n;
	b->block = arena_alloc(a, BLOCK_BYTES);
	return &b->source;
}

/* n bytes into memory, or NULL when the file has become shorter. */
static struct source *
source_small(struct arena *a, int fd, off_t offset, size_t n)
{
	char *bytes = arena_alloc(a, n);
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		got = pread(fd, bytes + have, n - have, offset + (off_t)have);
		if (got <= 0)
			return NULL;
		have += (size_t)got;
	}
	return source_memory(a, str_n(bytes, n));
}

static struct source *
part_of_file(struct request *r, int fd, off_t offset, uint64_t n)
{
	if (n <= SMALL_BYTES)
		return source_small(r->arena, fd, offset, (size_t)n);
	if (!flag_or(core_conf(r->scope)->sendfile, true))
		return source_blocks(r->arena, fd, offset, n);
	return source_file(r->arena, fd, offset, n);
}

static int
changed_while_read(struct request *r)
{
	request_log(r, LEVEL_ERROR, "static", 0, "%s became shorter while it "
	    "was read", r->filename);
	return request_refuse(r, 500, "The file changed while it was read.");
}

static int
answer_part(struct request *r, int fd, uint64_t offset, uint64_t n)
{
	r->length = (int64_t)n;
	if (r->method == METHOD_HEAD || n == 0)
		return DONE;
	r->body = part_of_file(r, fd, (off_t)offset, n);
	return r->body != NULL ? DONE : changed_while_read(r);
}

static int
answer_multipart(struct request *r, int fd, uint64_t size,
    const struct range_plan *plan)
{
	struct source **part = arena_many(r->arena, struct source *,
	    2 * plan->n + 1);
	struct multipart m;
	uint64_t nonce;

	os_random(&nonce, sizeof(nonce));
	multipart_layout(r->arena, plan, fields_get(&r->out,
	    STR("Content-Type")), size, nonce, &m);
	fields_set(&r->out, STR("Content-Type"), m.type);
	for (size_t i = 0; i < plan->n; i++) {
		part[2 * i] = source_memory(r->arena, m.heads[i]);
		part[2 * i + 1] = part_of_file(r, fd,
		    (off_t)plan->at[i].first, plan->at[i].length);
		if (part[2 * i + 1] == NULL)
			return changed_while_read(r);
	}
	part[2 * plan->n] = source_memory(r->arena, m.tail);
	r->body = source_chain(r->arena, part, 2 * plan->n + 1);
	r->length = (int64_t)m.length;
	return DONE;
}

static size_t
limit_of(struct number n, size_t otherwise)
{
	if (!n.given)
		return otherwise;
	return n.is < 0 ? RANGE_UNLIMITED : (size_t)n.is;
}

static int
answer_ranges(struct request *r, int fd, uint64_t size, struct str range)
{
	const struct core_conf *c = core_conf(r->scope);
	struct range_limits limits = {
		.max_ranges = limit_of(c->max_ranges, 200),
		.max_overlaps = limit_of(c->max_overlaps, 20),
		.max_reversals = limit_of(c->max_reversals, 20),
	};
	struct range_plan plan;
	int status = range_read(r->arena, range, size, &limits, &plan);

	if (status == 200)
		return answer_part(r, fd, 0, size);
	if (status == 416) {
		fields_set(&r->out_always, STR("Content-Range"),
		    range_unsatisfied(r->arena, size));
		return request_refuse(r, 416, "The file has no bytes in the "
		    "range that was asked for.");
	}
	r->status = 206;
	if (plan.n > 1)
		return answer_multipart(r, fd, size, &plan);
	fields_set(&r->out, STR("Content-Range"),
	    range_content(r->arena, plan.at[0], size));
	return answer_part(r, fd, plan.at[0].first, plan.at[0].length);
}

/* ---- Validators ---------------------------------------------------------- */

static int64_t
mtime_us(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000 +
	    st->st_mtim.tv_nsec / 1000;
}

/*
 * Hexadecimal inode, size and time in microseconds, as FileETag says.  Weak
 * while the file is younger than a second: it may still be written to within
 * the same tick of its clock.
 */
static struct str
make_etag(struct request *r, const struct stat *st)
{
	unsigned what = core_etag(r->scope);
	struct text t = { .arena = r->arena };
	bool weak = r->started_us - mtime_us(st) < 1000000;

	if (!(what & (ETAG_INODE | ETAG_SIZE | ETAG_MTIME)))
		return STR_NONE;
	text_addz(&t, weak ? "W/\"" : "\"");
	if (what & ETAG_INODE)
		text_addf(&t, "%llx-", (unsigned long long)st->st_ino);
	if (what & ETAG_SIZE)
		text_addf(&t, "%llx-", (unsigned long long)st->st_size);
	if (what & ETAG_MTIME)
		text_addf(&t, "%llx-", (unsigned long long)mtime_us(st));
	t.at[t.n - 1] = '"';
	return text_str(&t);
}

/* Say what this version of the file is; the rest of the answer depends on which
 * one the client has. */
static int
answer_file(struct request *r, int fd, const struct stat *st)
{
	time_t now = clock_now();
	struct precond p = { .method = r->method, .fields = &r->in,
	    .etag = make_etag(r, st), .now = now,
	    .modified = st->st_mtime < now ? st->st_mtime : now };
	char *date = arena_alloc(r->arena, CLOCK_HTTP_SIZE);
	struct str range = STR_NONE;

	clock_http_format(p.modified, date);
	fields_set(&r->out, STR("Last-Modified"), str_of(date));
	if (p.etag.n > 0)
		fields_set(&r->out, STR("ETag"), p.etag);
	fields_set(&r->out, STR("Accept-Ranges"), STR("bytes"));
	if (r->status == 200) {
		int status = precond_check(&p, &range);

		if (status == 304) {
			r->status = 304;
			return DONE;
		}
		if (status != 0)
			return request_refuse(r, status, "The file is not the "
			    "version that the request is about.");
	}
	if (range.n > 0)
		return answer_ranges(r, fd, (uint64_t)st->st_size, range);
	return answer_part(r, fd, 0, (uint64_t)st->st_size);
}

/* ---- Requests ------------------------------------------------------------ */

static uint64_t
methods_allowed(const struct request *r)
{
	uint64_t set = METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD) |
	    METHOD_BIT(METHOD_POST) | METHOD_BIT(METHOD_OPTIONS);

	if (number_or(core_conf(r->scope)->trace, TRACE_ON) != TRACE_OFF)
		set |= METHOD_BIT(METHOD_TRACE);
	return set;
}

/* POST reads a file, too, as in Apache: forms may lead to a page of thanks. */
static bool
method_reads(enum http_method m)
{
	return m == METHOD_GET || m == METHOD_HEAD || m == METHOD_POST;
}

static int
answer_other_method(struct request *r)
{
	fields_set(&r->out_always, STR("Allow"), method_list(r->arena,
	    methods_allowed(r)));
	if (r->method == METHOD_OPTIONS) {
		fields_unset(&r->out, STR("Content-Type"));
		r->length = 0;
		return DONE;
	}
	return request_refuse(r, core_knows_method(r->config, r->method,
	    r->method_name) ? 405 : 501, "The method %.*s is not allowed for "
	    "this resource.", STR_ARGS(r->method_name));
}

static int
answer_missing(struct request *r)
{
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

static int
handle(struct request *r)
{
	struct stat st;
	int fd;

	if (r->handler != NULL && strcmp(r->handler, "default-handler") != 0)
		return PASS;
	if (r->found.kind == FOUND_OTHER) {
		request_log(r, LEVEL_ERROR, "core", 0, "AH00038: Forbidden: "
		    "%s doesn't point to a file or directory", r->filename);
		return request_refuse(r, 403, "This is neither a file nor a "
		    "directory.");
	}
	if (!method_reads(r->method))
		return answer_other_method(r);
	if (r->found.kind != FOUND_FILE)
		return answer_missing(r);
	if (r->path_info.n > 0 &&
	    number_or(core_conf(r->scope)->accept_path_info,
	    PATH_INFO_DEFAULT) != PATH_INFO_ON)
		return answer_missing(r);
	fd = os_open_file(r->filename, r->root_n, r->links, &st);
	if (fd < 0)
		return answer_open_error(r, errno);
	arena_owns_fd(r->arena, fd);
	if (!S_ISREG(st.st_mode))
		return answer_missing(r);
	return answer_file(r, fd, &st);
}

struct module mod_static = {
	.name = "static",
	.alias = "mod_static.c static_module",
	.handle = handle,
};
