/*
 * errdoc.c - the page that says what went wrong: ErrorDocument, or our own.
 */
#include <string.h>

#include "base/arena.h"
#include "http/status.h"
#include "serve/errdoc.h"
#include "serve/expr.h"
#include "serve/output.h"

/* What each status means to the person in front of the browser. */
static const struct {
	int		 status;
	const char	*text;
} meanings[] = {
	{ 300, "There are several forms of this page. Choose one." },
	{ 301, "The page has moved for good." },
	{ 302, "The page is at another address for now." },
	{ 303, "The answer is at another address." },
	{ 307, "The page is at another address for now." },
	{ 308, "The page has moved for good." },
	{ 400, "The server could not understand the request. If you typed the "
	    "address, look for a mistake in it." },
	{ 401, "This page needs a user name and a password, and those given "
	    "were missing or wrong." },
	{ 403, "You may not see this page. If you should, ask whoever runs "
	    "this site." },
	{ 404, "There is nothing at this address. Check its spelling, or start "
	    "from the front page." },
	{ 405, "This address cannot be used in this way. The form or program "
	    "that did needs to be mended." },
	{ 406, "The page does not exist in a form that was asked for." },
	{ 408, "The request did not arrive in time. Try again." },
	{ 410, "The page was taken away and will not come back. Links to it "
	    "can be removed." },
	{ 411, "The request must say how long its body is: Content-Length is "
	    "missing." },
	{ 412, "The page has changed since, so nothing was done. Load it anew "
	    "first." },
	{ 413, "What was sent is larger than the server allows. Send less, or "
	    "in parts." },
	{ 414, "The address is longer than the server allows. Long texts go "
	    "into a form that is sent by POST." },
	{ 415, "The server does not take this type of content." },
	{ 416, "The page does not have the part that was asked for. Ask for "
	    "all of it." },
	{ 417, "The server cannot do what the request expects of it." },
	{ 431, "The fields of the request are larger than the server allows. "
	    "To delete the cookies of this site may help." },
	{ 500, "The server failed to make this page. Its error log says why; "
	    "tell whoever runs this site." },
	{ 501, "The server does not know this kind of request." },
	{ 503, "The server has too much to do just now. Try again in a "
	    "moment." },
	{ 504, "A program that makes this page took too long. Try again "
	    "later." },
	{ 506, "The forms of this page are written down in a circle. Tell "
	    "whoever runs this site." },
	{ 505, "The server speaks HTTP/1.1 and HTTP/1.0, and nothing "
	    "newer." },
};

static const char *
meaning_of(int status)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].status == status)
			return meanings[i].text;
	return status_is_error(status) ? "The request could not be answered." :
	    "";
}

/* The fields that stay when a page of ours takes the place of an answer. */
static void
keep_fields(struct request *r)
{
	static const char *const kept[] = { "Location", "Allow",
	    "WWW-Authenticate", "Content-Range", "Retry-After", "Vary" };
	static const char *const unchanged[] = { "ETag", "Last-Modified",
	    "Expires", "Cache-Control", "Content-Location", "Accept-Ranges" };
	struct fields all = r->out;

	fields_init(&r->out, r->arena);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct str v = fields_join(r->arena, &all, str_of(kept[i]));

		if (v.at != NULL)
			fields_set(&r->out, str_of(kept[i]), v);
	}
	for (size_t i = 0; r->status == 304 &&
	    i < sizeof(unchanged) / sizeof(unchanged[0]); i++) {
		struct str v = fields_get(&all, str_of(unchanged[i]));

		if (v.at != NULL)
			fields_set(&r->out, str_of(unchanged[i]), v);
	}
}

void
errdoc_add_signature(struct request *r, const char *before, struct text *t)
{
	int64_t kind = number_or(core_conf(r->scope)->signature,
	    SIGNATURE_OFF);
	const char *admin = kind == SIGNATURE_EMAIL ? r->vhost->server_admin :
	    NULL;

	if (kind == SIGNATURE_OFF)
		return;
	text_addf(t, "%s<address>", before);
	text_add_html(t, str_of(core_server_token(r->config)));
	text_addz(t, " Server at ");
	if (admin != NULL) {
		text_addz(t, "<a href=\"mailto:");
		text_add_html(t, str_of(admin));
		text_addz(t, "\">");
	}
	text_add_html(t, request_server_name(r));
	if (admin != NULL)
		text_addz(t, "</a>");
	text_addf(t, " Port %u</address>\n", request_server_port(r));
}

/* What else is known: the sentence of whoever refused, and the new address. */
static void
add_details(struct request *r, struct text *t)
{
	struct str location = fields_get(&r->out, STR("Location"));
	const struct request *first = r->prev;

	/* What the page says of its own accord is not said twice. */
	if (r->why.n > 0 && !str_starts(str_of(meaning_of(r->status)),
	    r->why)) {
		text_addz(t, "<p>");
		text_add_html(t, r->why);
		text_addz(t, "</p>\n");
	}
	text_add(t, r->offers);
	if (location.n > 0) {
		text_addz(t, "<p>It is <a href=\"");
		text_add_html(t, location);
		text_addz(t, "\">here</a>.</p>\n");
	}
	if (first != NULL && status_is_error(first->status) &&
	    first->status == r->status)
		text_addz(t, "<p>The page that should have explained this "
		    "could not be shown.</p>\n");
}

void
errdoc_page(struct request *r)
{
	struct text t = { .arena = r->arena };
	struct str reason = status_reason(r->status);

	keep_fields(r);
	r->length = 0;
	r->body = NULL;
	/* For these two the answer was begun and is only not shown. */
	r->own_page = r->status != 304 && r->status != 412;
	if (status_has_no_body(r->status))
		return;
	text_addf(&t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>%d %.*s</title>\n</head>\n"
	    "<body>\n<h1>%.*s</h1>\n", r->status, STR_ARGS(reason),
	    STR_ARGS(reason));
	if (meaning_of(r->status)[0] != 0)
		text_addf(&t, "<p>%s</p>\n", meaning_of(r->status));
	add_details(r, &t);
	errdoc_add_signature(r, "<hr>\n", &t);
	text_addz(&t, "</body>\n</html>\n");
	fields_set(&r->out, STR("Content-Type"), request_env(r,
	    STR("suppress-error-charset")).at != NULL ? STR("text/html") :
	    STR("text/html; charset=utf-8"));
	r->length = (int64_t)t.n;
	r->body = source_memory(r->arena, text_str(&t));
}

static const struct error_document *
document_for(const struct request *r, int status)
{
	const struct vec *all = &core_conf(r->scope)->error_documents;

	for (size_t i = 0; i < all->n; i++) {
		const struct error_document *d = all->at[i];

		if (d->status == status)
			return d->kind == ERRDOC_DEFAULT ? NULL : d;
	}
	return NULL;
}

static int
answer_text(struct request *r, struct str text)
{
	r->own_page = true;
	keep_fields(r);
	fields_set(&r->out, STR("Content-Type"),
	    STR("text/html; charset=utf-8"));
	r->length = (int64_t)text.n;
	r->body = source_memory(r->arena, text);
	return DONE;
}

/* A URL that may hold what a client said: nothing of it ends the field. */
static struct str
safe_url(struct arena *a, struct str url)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.at[i];

		if (c <= ' ' || c == 0x7f)
			text_addf(&t, "%%%02X", c);
		else
			text_addc(&t, (char)c);
	}
	return text_str(&t);
}

/* What d says of r; STR_NONE when it cannot be said. */
static struct str
said_by(const struct error_document *d, struct request *r)
{
	return d->text != NULL ? str_of(d->text) :
	    expr_string(d->expr, r, NULL);
}

int
errdoc_answer(struct request *r, int status)
{
	const struct error_document *d;
	struct str said;

	/* The error page itself failed: the first error is what counts. */
	if (r->prev != NULL && status_is_error(r->prev->status)) {
		r->status = r->prev->status;
		r->why = r->prev->why;
		errdoc_page(r);
		return DONE;
	}
	r->status = status;
	r->reason = STR_NONE;
	d = status_is_error(status) ? document_for(r, status) : NULL;
	said = d == NULL ? STR_NONE : said_by(d, r);
	if (said.at == NULL) {
		errdoc_page(r);
		return DONE;
	}
	switch (d->kind) {
	case ERRDOC_PATH:
		return request_restart(r, said, true);
	case ERRDOC_URL:
		r->status = 302;
		r->why = STR_NONE;
		fields_set(&r->out, STR("Location"), safe_url(r->arena, said));
		errdoc_page(r);
		return DONE;
	default:
		return answer_text(r, said);
	}
}
