/*
 * arena.c - memory that ends all at once.
 *
 * It hands out the bytes between at and end of the newest block.  What is too
 * large for any block gets one of its own, in a second list, so that the rest
 * of the block in use is not lost.  It must know nothing of what lives in it.
 *
 * Invariant: every byte handed out is zero until its owner writes to it, and
 * the bytes from at to end may hold anything.
 */
#include <sys/mman.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

#define ALIGNMENT	16
#define BLOCK_SIZE	8192	/* the header included */
#define BLOCK_ROOM	(BLOCK_SIZE - sizeof(struct block))
#define LASTING_SIZE	(256 << 10)	/* of a lasting arena's blocks */

/*
 * The sanitizer sees a use after the end only if the memory really goes back to
 * malloc.  This is no platform's #ifdef: the kept blocks are all it changes.
 */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SPARES_MAX	0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SPARES_MAX	0
#endif
#ifndef SPARES_MAX
#define SPARES_MAX	64
#endif

struct block {
	struct block	*next;
	size_t		 size;			/* of the whole block */
	_Alignas(ALIGNMENT) char bytes[];
};

struct cleanup {
	struct cleanup	*next;
	void		(*run)(void *);		/* NULL: forgotten */
	void		*arg;
};

struct arena {
	struct arena	*next;			/* while it is a spare one */
	char		*at, *end;		/* what is left of blocks */
	struct block	*blocks;		/* of the usual size */
	struct block	*large;			/* one allocation each */
	struct cleanup	*cleanups;		/* newest first */
	size_t		 bytes;
	bool		 lasting;		/* its blocks are mapped */
};

/* What ended arenas left behind for the next ones. */
static struct block	*spare_blocks;
static struct arena	*spare_arenas;
static int		 n_spare_blocks, n_spare_arenas;

static _Noreturn void
out_of_memory(size_t n)
{
	fprintf(stderr, "forkful: out of memory (%zu bytes wanted)\n", n);
	abort();
}

static size_t
round_up(size_t n)
{
	if (n > SIZE_MAX / 2)
		out_of_memory(n);
	if (n == 0)
		n = 1;
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Pages that the process shares with nothing else; zeroes.  A sanitizer sees
 * more of them when they are malloc's. */
static void *
map_pages(size_t n)
{
	void *p;

	if (SPARES_MAX == 0)
		return calloc(1, n);
	p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p != MAP_FAILED ? p : NULL;
}

static void
unmap_pages(void *p, size_t n)
{
	if (SPARES_MAX == 0)
		free(p);
	else
		munmap(p, n);
}

static struct block *
block_new(const struct arena *a, size_t room)
{
	struct block *b;
	size_t size = sizeof(*b) + room;

	if (!a->lasting && size == BLOCK_SIZE && spare_blocks != NULL) {
		b = spare_blocks;
		spare_blocks = b->next;
		n_spare_blocks--;
		return b;
	}
	b = a->lasting ? map_pages(size) : malloc(size);
	if (b == NULL)
		out_of_memory(size);
	b->size = size;
	return b;
}

static void
block_end(const struct arena *a, struct block *b)
{
	if (a->lasting) {
		unmap_pages(b, b->size);
		return;
	}
	if (b->size != BLOCK_SIZE || n_spare_blocks >= SPARES_MAX) {
		free(b);
		return;
	}
	b->next = spare_blocks;
	spare_blocks = b;
	n_spare_blocks++;
}

static void
blocks_end(const struct arena *a, struct block *b)
{
	struct block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		block_end(a, b);
	}
}

struct arena *
arena_new(void)
{
	struct arena *a = spare_arenas;

	if (a != NULL) {
		spare_arenas = a->next;
		n_spare_arenas--;
	} else if ((a = malloc(sizeof(*a))) == NULL)
		out_of_memory(sizeof(*a));
	*a = (struct arena){ .bytes = sizeof(*a) };
	return a;
}

struct arena *
arena_new_lasting(void)
{
	struct arena *a = arena_new();

	a->lasting = true;
	return a;
}

/* A cleanup may add another one, so each is taken off before it runs. */
static void
run_cleanups(struct arena *a)
{
	struct cleanup *c;

	while ((c = a->cleanups) != NULL) {
		a->cleanups = c->next;
		if (c->run != NULL)
			c->run(c->arg);
	}
}

void
arena_end(struct arena *a)
{
	run_cleanups(a);
	blocks_end(a, a->blocks);
	blocks_end(a, a->large);
	if (n_spare_arenas >= SPARES_MAX) {
		free(a);
		return;
	}
	a->next = spare_arenas;
	spare_arenas = a;
	n_spare_arenas++;
}

void
arena_reset(struct arena *a)
{
	struct block *kept;

	run_cleanups(a);
	blocks_end(a, a->large);
	kept = a->blocks;
	if (kept != NULL && SPARES_MAX > 0) {
		blocks_end(a, kept->next);
		kept->next = NULL;
	} else {
		blocks_end(a, kept);
		kept = NULL;
	}
	*a = (struct arena){ .blocks = kept, .bytes = sizeof(*a),
	    .lasting = a->lasting };
	if (kept != NULL) {
		a->at = kept->bytes;
		a->end = (char *)kept + kept->size;
		a->bytes += kept->size;
	}
}

/* A block for one allocation of n bytes. */
static void *
take_large(struct arena *a, size_t n)
{
	struct block *b = block_new(a, n);

	b->next = a->large;
	a->large = b;
	a->bytes += b->size;
	return b->bytes;
}

/* n bytes, rounded up already, with anything in them. */
static void *
take(struct arena *a, size_t n)
{
	size_t room = (a->lasting ? LASTING_SIZE : BLOCK_SIZE) -
	    sizeof(struct block);
	struct block *b;
	char *p;

	if (n > (size_t)(a->end - a->at)) {
		if (n > room)
			return take_large(a, n);
		b = block_new(a, room);
		b->next = a->blocks;
		a->blocks = b;
		a->bytes += b->size;
		a->at = b->bytes;
		a->end = b->bytes + room;
	}
	p = a->at;
	a->at += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t size = round_up(n);

	return memset(take(a, size), 0, size);
}

void *
arena_copy(struct arena *a, const void *p, size_t n)
{
	void *copy = take(a, round_up(n));

	return n > 0 ? memcpy(copy, p, n) : copy;
}

/* The newest large allocation may move, but leaves no copy behind. */
static void *
grow_large(struct arena *a, size_t n)
{
	struct block *b = a->large, *old = b;
	size_t old_size = b->size;

	if (a->lasting) {
		b = block_new(a, n);
		memcpy(b->bytes, old->bytes, old_size - sizeof(*b));
		b->next = old->next;
		block_end(a, old);
	} else if ((b = realloc(b, sizeof(*b) + n)) == NULL)
		out_of_memory(n);
	b->size = sizeof(*b) + n;
	a->large = b;
	a->bytes += b->size - old_size;
	return b->bytes;
}

void *
arena_grow(struct arena *a, void *p, size_t old_n, size_t n)
{
	size_t old_size = round_up(old_n), size = round_up(n);
	char *old = p, *new;

	if (old == NULL)
		return arena_alloc(a, n);
	if (n <= old_n)
		return old;
	if (size == old_size) {
		new = old;
	} else if (old + old_size == a->at &&
	    size - old_size <= (size_t)(a->end - a->at)) {
		a->at += size - old_size;
		new = old;
	} else if (a->large != NULL && old == a->large->bytes) {
		new = grow_large(a, size);
	} else {
		new = take(a, size);
		memcpy(new, old, old_n);
	}
	memset(new + old_n, 0, size - old_n);
	return new;
}

void *
arena_cleanup(struct arena *a, void (*run)(void *), void *arg)
{
	struct cleanup *c = take(a, round_up(sizeof(*c)));

	*c = (struct cleanup){ .next = a->cleanups, .run = run, .arg = arg };
	a->cleanups = c;
	return c;
}

void
arena_forget(struct arena *a, void *handle)
{
	struct cleanup *c = handle;

	(void)a;
	c->run = NULL;
}

static void
close_fd(void *arg)
{
	close((int)(intptr_t)arg);
}

void *
arena_owns_fd(struct arena *a, int fd)
{
	assert(fd >= 0);
	return arena_cleanup(a, close_fd, (void *)(intptr_t)fd);
}

size_t
arena_bytes(const struct arena *a)
{
	return a->bytes;
}
