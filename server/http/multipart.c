/*
 * multipart.c - the text around the parts of a multipart/byteranges body.
 */
#include <assert.h>
#include <inttypes.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/multipart.h"

static struct str
part_head(struct arena *a, struct range r, struct str content_type,
    uint64_t total, uint64_t nonce)
{
	struct text t = { .arena = a };

	text_addf(&t, "\r\n--%016" PRIx64 "\r\n", nonce);
	if (content_type.n > 0) {
		text_addz(&t, "Content-Type: ");
		text_add(&t, content_type);
		text_addz(&t, "\r\n");
	}
	text_addz(&t, "Content-Range: ");
	text_add(&t, range_content(a, r, total));
	text_addz(&t, "\r\n\r\n");
	return text_str(&t);
}

void
multipart_layout(struct arena *a, const struct range_plan *plan,
    struct str content_type, uint64_t total, uint64_t nonce,
    struct multipart *m)
{
	size_t i;

	assert(plan->n >= 2);
	m->type = str_fmt(a, "multipart/byteranges; boundary=%016" PRIx64,
	    nonce);
	m->heads = arena_many(a, struct str, plan->n);
	m->tail = str_fmt(a, "\r\n--%016" PRIx64 "--\r\n", nonce);
	m->length = m->tail.n;
	for (i = 0; i < plan->n; i++) {
		m->heads[i] = part_head(a, plan->at[i], content_type, total,
		    nonce);
		m->length += m->heads[i].n + plan->at[i].length;
	}
}
