/*
 * module.h - what a feature of the server is: a name, the directives it reads,
 * and the hooks through which it takes part in a request.
 *
 * This floor knows the meaning of no directive and nothing of requests: struct
 * request, struct config and struct loop are only names here.
 *
 * One conf struct per module serves every scope: the main server, a virtual
 * host, a <Directory>, an .htaccess file.  Zero means unset for every slot, so
 * "create" is a zeroed allocation and "merge" follows from the rows.
 */
#ifndef CONF_MODULE_H
#define CONF_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "conf/diagnose.h"

struct arena;
struct config;
struct limit;
struct loop;
struct request;
struct scope;
struct text;

/* ---- Slots: the C type of a field, how its text is read, how it merges --- */

/* On or Off. */
enum flag { FLAG_UNSET, FLAG_OFF, FLAG_ON };
/* A number that knows whether it was given. */
struct number {
	bool	given;
	int64_t	is;
};

enum slot {
	SLOT_NONE,	/* no field of its own (set does it all); not merged */
	SLOT_FLAG,	/* enum flag: On | Off; inner wins */
	SLOT_NUMBER,	/* struct number: row.lo..row.hi; inner wins */
	SLOT_SECONDS,	/* struct number, in ms: a bare number is seconds; units
			 * ms s min h d as in Apache; row.lo..row.hi in ms */
	SLOT_BYTES,	/* struct number: bytes; K M G suffixes allowed;
			 * row.lo..row.hi, both 0: 0..INT64_MAX */
	SLOT_WORD,	/* struct number: index into row.words, any case */
	SLOT_STRING,	/* const char *; inner wins */
	SLOT_PATH,	/* const char *: made absolute below ServerRoot, without
			 * trailing slash or . and .. parts; inner wins */
	SLOT_LIST,	/* struct vec of the setter's items (without setter: one
			 * const char * for each argument): the inner scope's
			 * items stand before the outer's */
	SLOT_LIST_REPLACE, /* struct vec; a non-empty inner one replaces */
	SLOT_CUSTOM,	/* size bytes at the offset, read by set; merged by
			 * module->merge, otherwise the inner wins unless all
			 * its bytes are zero */

	/* A field may have several rows, all with the same slot. */
};

/* ---- Where a directive may stand, and which override class it belongs to - */

enum {
	IN_SERVER	= 1 << 0,	/* the main server, outside sections */
	IN_VHOST	= 1 << 1,	/* <VirtualHost> */
	IN_DIRECTORY	= 1 << 2,	/* <Directory>, <DirectoryMatch> */
	IN_LOCATION	= 1 << 3,	/* <Location>, <LocationMatch> */
	IN_FILES	= 1 << 4,	/* <Files>, <FilesMatch> */
	IN_IF		= 1 << 5,	/* <If>, <ElseIf>, <Else> */
	IN_HTACCESS	= 1 << 6,	/* .htaccess, sections in it included */

	OVERRIDE_AUTHCONFIG = 1 << 10,	/* needed in .htaccess; none: any */
	OVERRIDE_FILEINFO   = 1 << 11,
	OVERRIDE_INDEXES    = 1 << 12,
	OVERRIDE_LIMIT	    = 1 << 13,
	OVERRIDE_OPTIONS    = 1 << 14,

	IS_SECTION	= 1 << 20,	/* <Name ...> lines </Name> */
	RAW_ARGUMENT	= 1 << 21,	/* the rest of the line is one argument,
					 * quotes and all */
	ACCEPTED_ONLY	= 1 << 22,	/* read and checked, without effect */
	AT_ONCE		= 1 << 23,	/* obeyed while the text is being read;
					 * the setter's conf is the parser */
	OF_OWNER	= 1 << 24,	/* the place's owner itself keeps it:
					 * at is an offset in that, which is
					 * the setter's conf, and whoever has
					 * owners lets them inherit */

	IN_CONF		= IN_SERVER | IN_VHOST,
	IN_SECTION	= IN_DIRECTORY | IN_LOCATION | IN_FILES | IN_IF,
	IN_ANY		= IN_CONF | IN_SECTION | IN_HTACCESS,
	OVERRIDE_ALL	= OVERRIDE_AUTHCONFIG | OVERRIDE_FILEINFO |
			  OVERRIDE_INDEXES | OVERRIDE_LIMIT | OVERRIDE_OPTIONS,
};

enum { MANY = 1000 };	/* for max: any number of arguments */

/* No module's conf is larger. */
enum { CONF_SIZE_MAX = 4096 };

struct setting;

struct directive {
	const char	*name;		/* "KeepAlive", "<Directory>" */
	int		 min, max;	/* how many arguments */
	unsigned	 where;		/* IN_... | OVERRIDE_... | ... */
	enum slot	 slot;
	size_t		 at;		/* offset of the field in the conf */
	/* Reads the arguments; NULL: by the slot's own rule.  Returns NULL, or
	 * the end of a sentence that begins with the directive's name ("must be
	 * On or Off"); setting->wrong then names the argument meant. */
	const char	*(*set)(struct setting *s);
	const char	*help;		/* one line, for -L and usage errors */
	int64_t		 lo, hi;	/* numbers; both 0: 0..INT32_MAX.  With
					 * RAW_ARGUMENT: how many arguments set
					 * makes of it, for the manual */
	const char *const *words;	/* SLOT_WORD: { "None", ..., NULL } */
	size_t		 size;		/* SLOT_CUSTOM: bytes of the field */
};

/* ---- What a setter is given --------------------------------------------- */

struct arg {
	char		*z;		/* unquoted, variables expanded */
	unsigned	 column, n;	/* where it stands in its line */
	unsigned	 line;		/* which is this one of the file */
	struct str	 text;		/* as in struct spot */
};

/* One directive or section of the text. */
struct node {
	const struct directive *row;	/* what it is about; NULL: not known */
	const struct module *module;	/* whose row that is */
	struct spot	 at;		/* its name */
	const char	*name;		/* as written; sections without < > */
	bool		 section;
	bool		 broken;	/* an error in it is diagnosed already:
					 * it is checked, but not obeyed */
	int		 argc;
	struct arg	*argv;
	struct str	 raw;		/* all arguments as written */
	struct node	*children;	/* of a section */
	struct node	*next;
};

/* What an .htaccess file may say. */
struct override {
	unsigned	 classes;	/* OVERRIDE_... bits; one at least, or
					 * a name: else it is not read */
	unsigned	 options;	/* what Options may name; the core's
					 * bits */
	bool		 skip_forbidden; /* warn of what is not allowed, ... */
	bool		 skip_unknown;	/* ... of what is not known */
	const struct vec *names;	/* const struct directive *: allowed
					 * whatever their class; or NULL */
};

/* Into what a directive is being read. */
struct place {
	unsigned	 where;		/* one IN_... bit */
	struct scope	*scope;		/* receives the settings */
	void		*owner;		/* whose scope it is: serve/core.h */
	const struct place *up;		/* the place around this one */
	const struct limit *limit;	/* the <Limit> that it stands in:
					 * serve/limit.h; or NULL */
};

/* One reading of a configuration. */
struct reading {
	struct arena		*arena;		/* the configuration's */
	struct arena		*texts;		/* of the text and its nodes,
						 * which may end before what
						 * was read; NULL: the same */
	struct diagnosis	*diagnosis;
	struct config		*config;	/* what is being built */
	const char		*server_root;	/* absolute, no slash at end */
	struct variables	*variables;	/* Define; never NULL */
	const struct override	*override;	/* it is an .htaccess file, and
						 * this is allowed; or NULL */
	/* Kept by the readers; zeroes at first. */
	unsigned		 depth;		/* of the file being read */
	struct vec		 included;	/* see parse_included() */
	struct vec		 unknown_modules; /* const char * */
	struct vec		 macros;	/* macro.c's */
	const char		*mpm;		/* LoadModule mpm_...; NULL */
	const struct node	*applied;	/* the list applied last */
	bool			 files_matter;	/* <IfFile> was asked */
};

/* Where the text and its nodes live, and what nobody needs after them. */
static inline struct arena *
reading_texts(const struct reading *r)
{
	return r->texts != NULL ? r->texts : r->arena;
}

struct setting {
	const struct directive	*row;
	const struct module	*module;
	const struct node	*node;
	const struct place	*place;
	struct reading		*reading;
	struct arena		*arena;		/* = reading->arena */
	void			*conf;		/* the module's in this scope */
	int			 argc;
	struct arg		*argv;		/* = node's */
	int			 wrong;		/* argument meant by an error;
						 * -1: the name; preset to 0 */
	size_t			 wrong_offset;	/* the byte of it; 0: all */
	const char		*hint;		/* "did you mean Full?"; NULL */
};

/* ---- Hooks --------------------------------------------------------------- */

/* What a step of the corridor answers; an HTTP status (>= 100) is the fifth. */
enum {
	PASS	= 0,	/* not mine, or: fine, go on */
	DONE	= -1,	/* answered: this step is settled */
	WAIT	= -2,	/* not yet; request_wake() asks this hook again */
	RESTART	= -3,	/* an internal redirect was set up: start over */
};

/* A regular file stands beside one that was looked up and let in, and the same
 * sections cover both: serve/kin.h. */
struct kin_question {
	const struct request *looked;
	struct str	 path;		/* the file's, of the URL */
	struct str	 name;		/* the end of that */
	struct text	*key;		/* for KIN_BY_NAME */
};

/* Whether it is answered as the other is. */
enum kinship {
	KIN_NOT,	/* no, or there is no telling */
	KIN_ALL,	/* yes, as any other file there */
	KIN_BY_NAME,	/* yes, as those for which the same is said */
};

struct module {
	const char	*name;		/* "expires": its name in LogLevel */
	const char	*alias;		/* names for IfModule and LoadModule:
					 * "mod_expires.c expires_module" */
	size_t		 conf_size;
	const struct directive *rows;	/* ends with a row without a name */
	/* After the derived merge: the odd fields.  result holds it already. */
	void		(*merge)(struct arena *a, const void *outer,
			    const void *inner, void *result);
	/* A LoadModule names it, which changes nothing for most. */
	void		(*loaded)(struct reading *r);
	/* The whole configuration was read: check, resolve, precompute; add
	 * findings to the reading's diagnosis. */
	void		(*finish)(struct reading *r);
	/* A worker starts; l is its loop. */
	void		(*worker)(struct loop *l, const struct config *c);
	/* A worker is about to end: last words to files. */
	void		(*worker_end)(void);

	/* The steps of a request, each asked in the order of modules.c. */
	int		(*early)(struct request *r);	/* all: head is read */
	int		(*translate)(struct request *r);/* first answer wins */
	int		(*access)(struct request *r);	/* all must agree */
	int		(*identity)(struct request *r);	/* first answer wins */
	int		(*fixup)(struct request *r);	/* all */
	int		(*handle)(struct request *r);	/* first answer wins */
	void		(*filter)(struct request *r);	/* all: wrap the body */
	void		(*headers)(struct request *r);	/* all: last changes */
	void		(*log)(struct request *r);	/* all: it is over */

	/* Would the hooks before handle say the same of it?  KIN_BY_NAME: of
	 * all for which this appends the same to key.  NULL where there are
	 * such hooks: there is no telling. */
	enum kinship	(*kin)(const struct kin_question *q);

	/* The hooks' work depends on nothing but the request's head, the
	 * configuration and watched files, or they say request_once() or
	 * request_timely(). */
	bool		 steady;

	int		 index;		/* set by modules_init() */
};

/* ---- The table of features ----------------------------------------------- */

/* What modules_init() was given; for readers. */
extern struct module *const *modules;
extern size_t n_modules;

/*
 * Hand down the table of features, in the order in which they are asked: give
 * every module its index and build the table of names.  Once per process,
 * before anything is read (again only when no scope is in use any more).  Names
 * of modules and directives are unique, rows make sense (asserted).
 */
void	modules_init(struct module *const *table, size_t n);
/* The module with this name or alias ("cgi", "mod_cgi.c", "cgi_module"). */
struct module *module_named(struct str name);
/* The row with this name in any letter case, and its module (module may be
 * NULL).  Sections are asked for as "<Directory>". */
const struct directive *directive_named(struct str name,
	    const struct module **module);
/* The same for a section; its name stands without < >. */
const struct directive *section_named(struct str name,
	    const struct module **module);
/* The name of a row most like this one, or NULL. */
const char *directive_name_near(struct str name);

#endif
