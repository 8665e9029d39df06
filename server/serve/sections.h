/*
 * sections.h - <Directory>, <Files> and <Location>: opened while the
 * configuration is read, found again for every request.
 *
 * Finding costs one look into a table per component of the path; only patterns
 * with wildcards or regular expressions are tried one by one.
 */
#ifndef SERVE_SECTIONS_H
#define SERVE_SECTIONS_H

#include "serve/core.h"

struct request;

/* Setters of the section directives' rows. */
const char	*section_open_directory(struct setting *s);
const char	*section_open_files(struct setting *s);
const char	*section_open_location(struct setting *s);

/* For other kinds of sections: a new one for the node that s is about, and
 * applying what stands in it. */
struct section	*section_new(struct setting *s, enum section_kind kind);
void		 section_fill(struct setting *s, struct section *n,
		    unsigned where);

/* What is told of each section found, in the order in which they merge. */
struct section_visit {
	void	(*found)(struct section_visit *v, const struct section *s);
	/* The first whose pattern could not be decided on this subject; NULL.
	 * What it protects must not be served. */
	const struct section *gave_up;
	/* What the groups of a section that is named matched, while it is
	 * told: slices of the subject. */
	const struct str *group;
};

/* For each named group of s that matched, as v tells: "MATCH_" and the name in
 * capitals go with the value to r's environment. */
void	 section_env(const struct section_visit *v, const struct section *s,
	    struct request *r);

/* Below, outer and inner may be the same, and each may be NULL: none. */

/* <Directory> sections for directory (absolute, no trailing slash but "/"),
 * whose number of components is depth: first outer's, then inner's. */
void	 sections_directory(const struct sections *outer,
	    const struct sections *inner, struct str directory,
	    unsigned depth, struct section_visit *v);
/* <DirectoryMatch> sections for a whole file name (directories end in "/"). */
void	 sections_directory_match(const struct sections *outer,
	    const struct sections *inner, struct str filename,
	    struct section_visit *v);
/* <Files> sections for the last component of a file name. */
void	 sections_files(const struct sections *in, struct str name,
	    struct section_visit *v);
/* <Location> sections for a decoded URL path, in configuration order.  Patterns
 * see it as it is; names and globs with its slashes merged, so that "//" is no
 * way around them where MergeSlashes is off. */
void	 sections_location(const struct sections *outer,
	    const struct sections *inner, struct str path, struct str merged,
	    struct section_visit *v);

#endif
