/*
 * reading.h - for tests of conf/: a reading, and short words for what it gave.
 *
 * A tree is written as "KeepAlive(On) <Directory(/x){Options(All)}"; "!" stands
 * before what is broken.  Findings are written one to a line as
 * "LINE:COLUMN+LENGTH E MESSAGE; HINT", W for warnings.
 */
#ifndef T_UNIT_READING_H
#define T_UNIT_READING_H

#include "base/arena.h"
#include "base/text.h"
#include "conf/language.h"
#include "conf/parse.h"
#include "conf/scope.h"

static inline struct reading *
reading_new(struct arena *a, const char *server_root)
{
	struct reading *r = arena_one(a, struct reading);

	r->arena = a;
	r->diagnosis = diagnosis_new(a);
	r->variables = variables_new(a);
	r->server_root = server_root;
	return r;
}

static inline void
tree_add(struct text *t, const struct node *node)
{
	int i;

	for (; node != NULL; node = node->next) {
		text_addz(t, node->broken ? "!" : "");
		text_addz(t, node->section ? "<" : "");
		text_addz(t, node->name);
		for (i = 0; i < node->argc; i++)
			text_addf(t, "(%s)", node->argv[i].z);
		if (node->section) {
			text_addc(t, '{');
			tree_add(t, node->children);
			text_addc(t, '}');
		}
		if (node->next != NULL)
			text_addc(t, ' ');
	}
}

static inline const char *
tree_words(struct arena *a, const struct node *nodes)
{
	struct text t = { .arena = a };

	tree_add(&t, nodes);
	return text_z(&t);
}

static inline const char *
finding_words(const struct reading *r)
{
	struct text t = { .arena = r->arena };
	const char *message, *hint;
	const struct spot *at;
	enum severity severity;
	size_t i;

	for (i = 0; diagnosis_at(r->diagnosis, i, &severity, &at, &message,
	    &hint); i++)
		text_addf(&t, "%s%u:%u+%u %c %s%s%s", i == 0 ? "" : "\n",
		    at->line, at->column, at->n,
		    severity == SEVERITY_ERROR ? 'E' : 'W', message,
		    hint == NULL ? "" : "; ", hint == NULL ? "" : hint);
	return text_z(&t);
}

#endif
