/*
 * story.c - what becomes of a request, told while it happens.
 */
#include "base/arena.h"
#include "serve/story.h"

void
story_tell(const struct request *r, const struct spot *at, const char *fmt,
    ...)
{
	struct story *story = r->client->story;
	struct text t = { .arena = r->arena };
	va_list ap;

	if (story == NULL)
		return;
	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	story->rule(story, r, at, text_str(&t));
}
