/*
 * retold.c - see retold.h.
 */
#include "serve/retold.h"

#include <string.h>

#include "base/arena.h"

struct retold_line *
retold_add(struct retold *r, size_t n)
{
	struct retold_line *l = arena_one(r->arena, struct retold_line);

	l->pieces = arena_many(r->arena, struct retold_piece, n);
	if (r->last != NULL)
		r->last->next = l;
	else
		r->lines = l;
	r->last = l;
	return l;
}

size_t
retold_size(const struct retold *r)
{
	size_t size = sizeof(*r);

	for (const struct retold_line *l = r->lines; l != NULL; l = l->next) {
		size += sizeof(*l) + l->n * sizeof(l->pieces[0]);
		for (size_t i = 0; i < l->n; i++)
			size += l->pieces[i].text.n;
	}
	return size;
}

/* The lines first, then their pieces, and all text behind these. */
struct retold *
retold_copy(const struct retold *r, void *room)
{
	struct retold *copy = room;
	struct retold_line *l = (struct retold_line *)(void *)(copy + 1);
	struct retold_piece *p;
	char *text;
	size_t lines = 0, pieces = 0;

	for (const struct retold_line *o = r->lines; o != NULL; o = o->next) {
		lines++;
		pieces += o->n;
	}
	p = (struct retold_piece *)(void *)(l + lines);
	text = (char *)(p + pieces);
	*copy = (struct retold){ .lines = lines > 0 ? l : NULL,
	    .whole = r->whole, .exact = r->exact };
	for (const struct retold_line *o = r->lines; o != NULL;
	    o = o->next, l++) {
		*l = *o;
		l->next = o->next != NULL ? l + 1 : NULL;
		l->pieces = p;
		for (size_t i = 0; i < o->n; i++, p++) {
			*p = o->pieces[i];
			p->text.at = text;
			if (p->text.n > 0)
				memcpy(text, o->pieces[i].text.at, p->text.n);
			text += p->text.n;
		}
	}
	return copy;
}

void
retold_tell(const struct retold *r, const struct request *moment)
{
	for (const struct retold_line *l = r->lines; l != NULL; l = l->next)
		l->tell(l, moment);
}
