/*
 * scope.h - the settings of one scope, and how an inner one covers an outer.
 *
 * A scope holds one conf struct per module that has something to say in it.
 * Once the configuration is read, scopes are immutable: workers share them.
 */
#ifndef CONF_SCOPE_H
#define CONF_SCOPE_H

#include "conf/module.h"

struct scope {
	size_t	 n_set;		/* how many of them are not NULL */
	void	*conf[];	/* n_modules pointers; NULL: nothing set */
};

struct scope	*scope_new(struct arena *a);
/* The module's conf in s, made (zeroed) when it is not there yet. */
void		*scope_conf(struct arena *a, struct scope *s,
		    const struct module *m);
/* For readers: the module's conf, or a zeroed one; never NULL. */
const void	*scope_get(const struct scope *s, const struct module *m);
/* outer with inner on top; shares whatever only one of them sets.  Fields by
 * their rows' slots (module.h), then the module's merge; a field that no row
 * names is zero unless that one fills it.  Rows OF_OWNER are no part of it. */
struct scope	*scope_merge(struct arena *a, const struct scope *outer,
		    const struct scope *inner);
/* The same in place: inner becomes what scope_merge() would give.  Nobody may
 * have read it yet. */
void		 scope_inherit(struct arena *a, const struct scope *outer,
		    struct scope *inner);
/* Where s has nothing of the module, it has what with has from now on. */
void		 scope_share(struct scope *s, const struct scope *with,
		    const struct module *m);
/* Nothing is set in it. */
bool		 scope_empty(const struct scope *s);

/* Readers of slots. */
static inline bool
flag_or(enum flag f, bool otherwise)
{
	return f == FLAG_UNSET ? otherwise : f == FLAG_ON;
}

static inline int64_t
number_or(struct number n, int64_t otherwise)
{
	return n.given ? n.is : otherwise;
}

#endif
