/*
 * file.c - an open file as the answer to a request.
 */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/multipart.h"
#include "http/precond.h"
#include "http/range.h"
#include "serve/basis.h"
#include "serve/file.h"
#include "serve/output.h"

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
source_small(struct request *r, int fd, off_t offset, size_t n)
{
	char *bytes = arena_alloc(r->arena, n);

	if (os_read_part(fd, bytes, n, offset) != (ssize_t)n)
		return NULL;
	basis_bytes(r, bytes, offset, n);
	return source_memory(r->arena, str_n(bytes, n));
}

/* An open file; it has to stay open for as long as a body is read from it. */
struct opened {
	int	 fd;
	off_t	 from;		/* where the document begins in it */
	bool	 lent;
};

static struct source *
part_of_file(struct request *r, struct opened *f, off_t offset, uint64_t n)
{
	int fd = f->fd;

	offset += f->from;
	if (n <= SMALL_BYTES)
		return source_small(r, fd, offset, (size_t)n);
	if (!f->lent)
		arena_owns_fd(r->arena, fd);
	f->lent = true;
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
answer_part(struct request *r, struct opened *f, uint64_t offset, uint64_t n)
{
	r->length = (int64_t)n;
	if (r->method == METHOD_HEAD || n == 0)
		return DONE;
	r->body = part_of_file(r, f, (off_t)offset, n);
	return r->body != NULL ? DONE : changed_while_read(r);
}

static int
answer_multipart(struct request *r, struct opened *f, uint64_t size,
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
		part[2 * i + 1] = part_of_file(r, f,
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
answer_ranges(struct request *r, struct opened *f, uint64_t size,
    struct str range)
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
		return answer_part(r, f, 0, size);
	if (status == 416) {
		fields_set(&r->out_always, STR("Content-Range"),
		    range_unsatisfied(r->arena, size));
		return request_refuse(r, 416, "The file has no bytes in the "
		    "range that was asked for.");
	}
	r->status = 206;
	if (plan.n > 1)
		return answer_multipart(r, f, size, &plan);
	fields_set(&r->out, STR("Content-Range"),
	    range_content(r->arena, plan.at[0], size));
	return answer_part(r, f, plan.at[0].first, plan.at[0].length);
}

/* ---- Validators ---------------------------------------------------------- */

static int64_t
mtime_us(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000 +
	    st->st_mtim.tv_nsec / 1000;
}

/* It may still be written to within the same tick of its clock. */
static bool
is_young(const struct request *r, const struct stat *st)
{
	return r->started_us - mtime_us(st) < 1000000;
}

/*
 * Hexadecimal inode, size and time in microseconds, as FileETag says.  Weak
 * while the file is younger than a second.
 */
struct str
file_etag(const struct request *r, const struct stat *st)
{
	unsigned what = core_etag(r->scope);
	struct text t = { .arena = r->arena };
	bool weak = is_young(r, st);

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

/* A tag without its W/ and quotes. */
static struct str
inside_tag(struct str tag)
{
	if (str_starts(tag, STR("W/")))
		tag = str_from(tag, 2);
	tag = str_from(tag, 1);
	return str_first(tag, tag.n - 1);
}

/* One tag for the file and for the list that it was chosen from, if it was:
 * RFC 2295, 9.2. */
static struct str
whole_etag(const struct request *r, const struct stat *st)
{
	struct str tag = file_etag(r, st), list = r->list_etag;
	bool weak = str_starts(tag, STR("W/")) || str_starts(list, STR("W/"));

	if (tag.n == 0 || list.n == 0)
		return tag;
	return str_fmt(r->arena, "%s\"%.*s;%.*s\"", weak ? "W/" : "",
	    STR_ARGS(inside_tag(tag)), STR_ARGS(inside_tag(list)));
}

/* The n bytes of the document, as far as the client wants them. */
static int
answer_wanted(struct request *r, struct opened *f, const struct precond *p,
    uint64_t n)
{
	struct str range = STR_NONE;

	fields_set(&r->out, STR("Accept-Ranges"), limit_of(core_conf(
	    r->scope)->max_ranges, 200) > 0 ? STR("bytes") : STR("none"));
	if (r->status == 200) {
		int status = precond_check(p, &range);

		if (status == 304) {
			r->status = 304;
			return DONE;
		}
		if (status != 0)
			return request_refuse(r, status, "The file is not the "
			    "version that the request is about.");
	}
	if (range.n > 0)
		return answer_ranges(r, f, n, range);
	return answer_part(r, f, 0, n);
}

int
file_answer(struct request *r, int fd, const struct stat *st)
{
	time_t now = clock_now();
	struct precond p = { .method = r->method, .fields = &r->in,
	    .etag = whole_etag(r, st), .now = now,
	    .modified = st->st_mtime < now ? st->st_mtime : now };
	char *date = arena_alloc(r->arena, CLOCK_HTTP_SIZE);
	struct opened f = { .fd = fd };
	int status;

	basis_file(r, st);
	if (is_young(r, st) || st->st_mtime >= now)
		request_timely(r);
	clock_http_format(p.modified, date);
	fields_set(&r->out, STR("Last-Modified"), str_of(date));
	if (p.etag.n > 0)
		fields_set(&r->out, STR("ETag"), p.etag);
	status = answer_wanted(r, &f, &p, (uint64_t)st->st_size);
	if (!f.lent)
		close(fd);
	return status;
}

int
file_answer_part(struct request *r, int fd, off_t from, uint64_t n)
{
	struct precond p = { .method = r->method, .fields = &r->in,
	    .etag = fields_get(&r->out, STR("ETag")), .modified = -1,
	    .now = clock_now() };
	struct str date = fields_get(&r->out, STR("Last-Modified"));
	struct opened f = { .fd = fd, .from = from };
	int status;

	if (date.n == 0 || !clock_http_parse(date, &p.modified))
		p.modified = -1;
	status = answer_wanted(r, &f, &p, n);
	if (!f.lent)
		close(fd);
	return status;
}
