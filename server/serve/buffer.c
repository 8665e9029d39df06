/*
 * buffer.c - see buffer.h.
 */
#include <stdlib.h>

#include "serve/buffer.h"

enum { KEEP_FREE = 64 };

static struct buffer *free_list;
static size_t n_free;

struct buffer *
buffer_take(size_t size)
{
	struct buffer *b;

	if (size < BUFFER_SIZE)
		size = BUFFER_SIZE;
	if (size == BUFFER_SIZE && free_list != NULL) {
		b = free_list;
		free_list = b->next;
		n_free--;
		b->next = NULL;
		return b;
	}
	b = malloc(sizeof(*b) + size);
	if (b == NULL)
		abort();
	b->next = NULL;
	b->size = size;
	return b;
}

void
buffer_give(struct buffer *b)
{
	if (b == NULL)
		return;
	if (b->size == BUFFER_SIZE && n_free < KEEP_FREE) {
		b->next = free_list;
		free_list = b;
		n_free++;
		return;
	}
	free(b);
}
