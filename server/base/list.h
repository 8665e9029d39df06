/*
 * list.h - a doubly linked list whose links live inside its members.
 *
 * A list is a struct link that points at itself when empty.  A member may be
 * removed without knowing its list; removing it twice is harmless.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link	*next, *prev;
};

/* The struct of this type that holds the link l as this member. */
#define LIST_OWNER(l, type, member) \
	((type *)(void *)((char *)(l) - offsetof(type, member)))

static inline void
list_init(struct link *head)
{
	head->next = head->prev = head;
}

static inline bool
list_empty(const struct link *head)
{
	return head->next == head;
}

static inline void
list_append(struct link *head, struct link *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

/* Afterwards l is a list of its own, so a second removal changes nothing. */
static inline void
list_remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

#endif
