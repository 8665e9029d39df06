/*
 * arena.h - memory that ends all at once.
 *
 * A configuration, a connection and a request each own one arena.  Nothing is
 * freed singly; when the owner ends, cleanups run newest first, then the memory
 * goes.  Nothing to check: out of memory ends the worker, the master forks one.
 *
 * Freed blocks of the usual size are kept by the process for the next arena, so
 * that a request on a warm worker costs no malloc.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena.  It takes its first block when it is first asked. */
struct arena	*arena_new(void);
/* One for much that lives long: its blocks are pages of their own, which go
 * back to the system when it ends, whatever else the process holds. */
struct arena	*arena_new_lasting(void);
/* Run the cleanups, newest first, then give all memory back. */
void		 arena_end(struct arena *a);
/* As arena_end(), but a stays usable and keeps one block. */
void		 arena_reset(struct arena *a);

/* n zeroed bytes, aligned for any type, valid until arena_end(a). */
void		*arena_alloc(struct arena *a, size_t n);
/* A copy of the n bytes at p. */
void		*arena_copy(struct arena *a, const void *p, size_t n);
/* Make room for n bytes in place of the old_n bytes at p, which are copied;
 * grows in place when p was the newest allocation.  New bytes are zero; p may
 * be NULL. */
void		*arena_grow(struct arena *a, void *p, size_t old_n, size_t n);

/* Call run(arg) when a ends.  Returns a handle for arena_forget(). */
void		*arena_cleanup(struct arena *a, void (*run)(void *), void *arg);
/* The cleanup behind handle will not run any more. */
void		 arena_forget(struct arena *a, void *handle);
/* Close fd when a ends.  Use for every fd that a request opens. */
void		*arena_owns_fd(struct arena *a, int fd);

/* Bytes held from malloc, for the status page and the tests. */
size_t		 arena_bytes(const struct arena *a);

#define arena_one(a, type)	((type *)arena_alloc((a), sizeof(type)))
#define arena_many(a, type, n)	((type *)arena_alloc((a), (n) * sizeof(type)))

#endif
