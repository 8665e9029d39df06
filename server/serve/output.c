/*
 * output.c - see output.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/status.h"
#include "serve/charset.h"
#include "serve/output.h"
#include "serve/request.h"

/* ---- Sources ------------------------------------------------------------- */

struct memory_source {
	struct source	 source;
	struct str	 left;
};

static enum pull
memory_look(struct source *s, struct piece *p)
{
	struct memory_source *m = (struct memory_source *)s;

	if (m->left.n == 0)
		return PULL_END;
	*p = (struct piece){ .at = m->left.at, .n = m->left.n };
	return PULL_PIECE;
}

static void
memory_took(struct source *s, size_t n)
{
	struct memory_source *m = (struct memory_source *)s;

	m->left = str_from(m->left, n);
}

struct source *
source_memory(struct arena *a, struct str bytes)
{
	struct memory_source *m = arena_one(a, struct memory_source);

	m->source = (struct source){ memory_look, memory_took, true };
	m->left = bytes;
	return &m->source;
}

struct file_source {
	struct source	 source;
	int		 fd;
	off_t		 offset;
	uint64_t	 left;
};

static enum pull
file_look(struct source *s, struct piece *p)
{
	struct file_source *f = (struct file_source *)s;

	if (f->left == 0)
		return PULL_END;
	*p = (struct piece){ .fd = f->fd, .offset = f->offset,
	    .n = f->left > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)f->left };
	return PULL_PIECE;
}

static void
file_took(struct source *s, size_t n)
{
	struct file_source *f = (struct file_source *)s;

	f->offset += (off_t)n;
	f->left -= n;
}

struct source *
source_file(struct arena *a, int fd, off_t offset, uint64_t n)
{
	struct file_source *f = arena_one(a, struct file_source);

	f->source = (struct source){ file_look, file_took, true };
	f->fd = fd;
	f->offset = offset;
	f->left = n;
	return &f->source;
}

struct chain_source {
	struct source	 source;
	struct source	*const *parts;
	size_t		 n;
};

static enum pull
chain_look(struct source *s, struct piece *p)
{
	struct chain_source *c = (struct chain_source *)s;

	while (c->n > 0) {
		enum pull got = c->parts[0]->look(c->parts[0], p);

		if (got == PULL_PIECE)
			p->last = p->last && c->n == 1;
		if (got != PULL_END)
			return got;
		c->parts++;
		c->n--;
	}
	return PULL_END;
}

static void
chain_took(struct source *s, size_t n)
{
	struct chain_source *c = (struct chain_source *)s;

	c->parts[0]->took(c->parts[0], n);
}

struct source *
source_chain(struct arena *a, struct source *const *s, size_t n)
{
	struct chain_source *c = arena_one(a, struct chain_source);

	c->source = (struct source){ chain_look, chain_took, true };
	c->parts = arena_copy(a, s, n * sizeof(*s));
	c->n = n;
	for (size_t i = 0; i < n; i++)
		c->source.passive &= s[i]->passive;
	return &c->source;
}

/* ---- Framing ------------------------------------------------------------- */

/* A 304 says only what may have changed since, and by which a cache knows what
 * it is about.  RFC 9110, 15.4.5. */
static void
drop_for_304(struct fields *f)
{
	static const struct str dropped[] = { STR("Content-Type"),
	    STR("Content-Encoding"), STR("Content-Language"),
	    STR("Content-Range"), STR("Accept-Ranges") };

	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		fields_unset(f, dropped[i]);
	if (fields_has(f, STR("ETag")))
		fields_unset(f, STR("Last-Modified"));
}

/* Variables by which SetEnvIf and BrowserMatch ask for an older way to answer;
 * most requests have no variables at all. */
static bool
is_asked(const struct request *r, const char *variable)
{
	return r->env.n > 0 && request_env(r, str_of(variable)).at != NULL;
}

static int
version_of(const struct request *r)
{
	return r->head->version > 10 && (is_asked(r, "downgrade-1.0") ||
	    is_asked(r, "force-no-vary")) ? 10 : r->head->version;
}

static bool
says_http_10(const struct request *r)
{
	return version_of(r) == 10 && (is_asked(r, "force-response-1.0") ||
	    is_asked(r, "force-no-vary"));
}

/* The connection stays, as far as the two protocols go. */
static bool
may_stay(const struct request *r)
{
	if (is_asked(r, "nokeepalive") || says_http_10(r))
		return false;
	return version_of(r) == r->head->version || fields_has_token(&r->in,
	    STR("Connection"), STR("keep-alive"));
}

/* How the end of the body will be known, and whether the connection stays. */
static void
settle_framing(struct request *r)
{
	const struct core_conf *c = core_conf(r->vhost->scope);
	int64_t max = number_or(c->max_keep_alive, 100);
	int version = version_of(r);
	bool bodiless = status_has_no_body(r->status);

	r->keep_going = r->head->keep_alive && !r->close_after && !r->nph &&
	    version >= 10 && may_stay(r) && flag_or(c->keep_alive, true) &&
	    !status_ends_connection(r->status) &&
	    (max == 0 || (int64_t)r->client->answered + 1 < max);
	if (bodiless || (r->body == NULL && r->length < 0))
		r->length = 0;
	r->chunked = !bodiless && r->length < 0 && version >= 11 && !r->nph;
	if (!bodiless && r->length < 0 && !r->chunked)
		r->keep_going = false;
	/* What a program says for itself is its own business. */
	if ((bodiless || r->method == METHOD_HEAD) && !r->nph)
		r->body = NULL;
}

static void
add_connection(struct request *r, struct text *t)
{
	const struct core_conf *c = core_conf(r->vhost->scope);
	int64_t max = number_or(c->max_keep_alive, 100);

	if (!r->keep_going) {
		text_addz(t, "Connection: close\r\n");
		return;
	}
	/* Told only to clients that speak of it themselves, and with a max that
	 * counts this answer, too, as Apache does. */
	if (!fields_has_token(&r->in, STR("Connection"), STR("keep-alive")))
		return;
	text_addf(t, "Keep-Alive: timeout=%lld", (long long)
	    number_or(c->keep_alive_timeout_ms, 5000) / 1000);
	if (max > 0)
		text_addf(t, ", max=%lld", (long long)(max -
		    r->client->answered));
	text_addz(t, "\r\nConnection: Keep-Alive\r\n");
}

static void
add_status_line(struct request *r, struct text *t)
{
	struct str reason = r->reason.n > 0 ? r->reason :
	    status_reason(r->status);

	text_addz(t, says_http_10(r) ? "HTTP/1.0 " : "HTTP/1.1 ");
	text_addn(t, (uint64_t)r->status);
	text_addc(t, ' ');
	text_add(t, reason);
	text_addz(t, "\r\n");
}

static void
run_hooks(struct request *r)
{
	for (size_t i = 0; i < n_modules && r->body != NULL; i++)
		if (modules[i]->filter != NULL) {
			if (!modules[i]->steady)
				request_once(r);
			modules[i]->filter(r);
		}
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->headers != NULL) {
			if (!modules[i]->steady)
				request_once(r);
			modules[i]->headers(r);
		}
	charset_default(r);
}

/* What all fields of this name say, each thing once, as one field. */
static void
unite_vary(struct request *r)
{
	struct str name = STR("Vary"), value, part;
	struct fields all;
	struct text t = { .arena = r->arena };

	fields_init(&all, r->arena);
	fields_append(&all, &r->out_always);
	fields_append(&all, &r->out);
	value = fields_join(r->arena, &all, name);
	if (value.at == NULL)
		return;
	fields_unset(&r->out_always, name);
	fields_unset(&r->out, name);
	while (str_element(&value, &part)) {
		if (fields_has_token(&r->out, name, part))
			continue;
		if (t.n > 0)
			text_addc(&t, ',');
		text_add(&t, part);
		fields_set(&r->out, name, text_str(&t));
	}
}

/*
 * Lines of the configuration may change any field, but how the answer is framed
 * is settled here and told by nobody else; "Connection: close" is a wish.
 */
static void
settle_edited(struct request *r)
{
	static const struct str ours[] = { STR("Connection"),
	    STR("Keep-Alive"), STR("Transfer-Encoding"), STR("Content-Length"),
	    STR("Date"), STR("Server") };
	struct fields *lists[] = { &r->out_always, &r->out };

	for (size_t k = 0; k < 2; k++) {
		if (fields_has_token(lists[k], STR("Connection"),
		    STR("close")))
			r->close_after = true;
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			fields_unset(lists[k], ours[i]);
	}
	unite_vary(r);
}

struct str
output_head(struct request *r)
{
	struct text t = { .arena = r->arena };

	run_hooks(r);
	if (r->edited)
		settle_edited(r);
	else if (fields_count(&r->out, STR("Vary")) +
	    fields_count(&r->out_always, STR("Vary")) > 1)
		unite_vary(r);
	if (is_asked(r, "force-no-vary"))
		fields_unset(&r->out, STR("Vary"));
	if (r->status == 304)
		drop_for_304(&r->out);
	settle_framing(r);
	if (r->nph || r->head->version < 10)
		return STR_NONE;
	text_room(&t, 400);
	add_status_line(r, &t);
	if (!fields_has(&r->out, STR("Date"))) {
		text_addz(&t, "Date: ");
		text_add(&t, clock_http_now());
		text_addz(&t, "\r\n");
	}
	fields_unset(&r->out, STR("Server"));
	text_addz(&t, "Server: ");
	text_addz(&t, core_server_token(r->config));
	text_addz(&t, "\r\n");
	fields_write(&r->out_always, &t);
	fields_write(&r->out, &t);
	if (r->chunked) {
		text_addz(&t, "Transfer-Encoding: chunked\r\n");
	} else if (r->length >= 0 && !status_has_no_body(r->status)) {
		text_addz(&t, "Content-Length: ");
		text_addn(&t, (uint64_t)r->length);
		text_addz(&t, "\r\n");
	}
	add_connection(r, &t);
	text_addz(&t, "\r\n");
	return text_str(&t);
}
