/*
 * tree.h - for unit tests: files in a directory of their own.
 */
#ifndef UNIT_TREE_H
#define UNIT_TREE_H

#include <sys/stat.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

/* Where it is; made by tree_new(). */
static char tree_root[] = "/tmp/forkful-check-XXXXXX";

/* The path of name in it; the last four results stay valid. */
static inline char *
tree_path(const char *name)
{
	static char paths[4][4096];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", tree_root, name);
	return path;
}

/* A file with this content; directories before it must exist. */
static inline void
tree_file(const char *name, const char *content)
{
	FILE *f = fopen(tree_path(name), "w");

	ck_assert_ptr_nonnull(f);
	fputs(content, f);
	fclose(f);
}

static inline void
tree_directory(const char *name)
{
	ck_assert_int_eq(mkdir(tree_path(name), 0755), 0);
}

static inline void
tree_new(void)
{
	strcpy(tree_root + strlen(tree_root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(tree_root));
}

static inline int
tree_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void
tree_end(void)
{
	nftw(tree_root, tree_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
