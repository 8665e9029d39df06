/*
 * core.h - the configuration as the corridor reads it: virtual hosts, sections
 * and the directives that the corridor itself needs (Apache's core module).
 *
 * Built once by config_load() in the master, then never written again: workers
 * inherit it by fork and see it const.
 */
#ifndef SERVE_CORE_H
#define SERVE_CORE_H

#include <sys/socket.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/regex.h"
#include "conf/module.h"
#include "conf/parse.h"
#include "conf/scope.h"
#include "http/method.h"

extern struct module mod_core;
struct expr;

/* ---- Options ------------------------------------------------------------- */

enum {
	OPTION_INDEXES		= 1 << 0,
	OPTION_INCLUDES		= 1 << 1,
	OPTION_FOLLOW_LINKS	= 1 << 2,
	OPTION_LINKS_IF_OWNER	= 1 << 3,
	OPTION_EXEC_CGI		= 1 << 4,
	OPTION_INCLUDES_NOEXEC	= 1 << 5,
	OPTION_MULTIVIEWS	= 1 << 6,
	OPTION_ALL		= OPTION_INDEXES | OPTION_INCLUDES |
				  OPTION_FOLLOW_LINKS | OPTION_EXEC_CGI,
	OPTION_DEFAULT		= OPTION_FOLLOW_LINKS,
};

/* Bits set by words (Options, FileETag): an absolute set, then changes. */
struct options {
	bool		absolute;	/* "set" holds; else the outer's */
	unsigned	set, add, remove;
};

enum accept_path_info { PATH_INFO_OFF, PATH_INFO_ON, PATH_INFO_DEFAULT };
enum encoded_slashes { SLASHES_OFF, SLASHES_ON, SLASHES_NO_DECODE };
enum server_tokens { TOKENS_FULL, TOKENS_OS, TOKENS_MINIMAL, TOKENS_MINOR,
	TOKENS_MAJOR, TOKENS_PROD, TOKENS_PROD_LONG, TOKENS_MIN };
enum server_signature { SIGNATURE_OFF, SIGNATURE_ON, SIGNATURE_EMAIL };
enum trace_enable { TRACE_OFF, TRACE_ON, TRACE_EXTENDED };
enum lookups { LOOKUPS_OFF, LOOKUPS_ON, LOOKUPS_DOUBLE };
enum canonical_name { CANONICAL_OFF, CANONICAL_ON, CANONICAL_DNS };
enum { ETAG_NONE = 1, ETAG_MTIME = 2, ETAG_SIZE = 4, ETAG_INODE = 8,
	ETAG_DIGEST = 16, ETAG_DEFAULT = ETAG_MTIME | ETAG_SIZE };

/* What an ErrorDocument line says for one status. */
struct error_document {
	int		 status;
	enum { ERRDOC_DEFAULT, ERRDOC_TEXT, ERRDOC_PATH, ERRDOC_URL } kind;
	const char	*text;		/* the text, local path or URL; or: */
	const struct expr *expr;	/* what it is for a request */
};

/* The core's settings of one scope. */
struct core_conf {
	/* server and virtual host; names and places: see struct vhost */
	struct number	 timeout_ms, keep_alive_timeout_ms, max_keep_alive;
	enum flag	 keep_alive;
	struct number	 limit_line, limit_fields, limit_field_size;
	struct number	 limit_redirects, limit_subrequests;
	struct number	 trace, tokens;
	enum flag	 merge_slashes, canonical_physical_port;
	struct number	 strict, registered_methods, require_10;
	struct vec	 methods;	/* RegisterHttpMethod: const char * */
	enum flag	 merge_trailers;
	/* any scope */
	struct options	 options;
	struct number	 signature, canonical_name, lookups;
	struct number	 limit_body;
	struct number	 accept_path_info, encoded_slashes;
	struct vec	 conditions;	/* <If> ...: struct section * */
	struct vec	 error_documents;	/* struct error_document * */
	const char	*handler;	/* SetHandler; "none" resets; or: */
	const struct expr *handler_expr;
	const char	*type;		/* ForceType; "none" resets */
	const char	*default_charset;	/* AddDefaultCharset; "off" */
	enum flag	 sendfile, mmap;
	struct options	 etag;		/* ETAG_... bits */
	const struct log_levels *levels;
	bool		 levels_whole;	/* one for all modules was given */
	struct number	 max_ranges, max_overlaps, max_reversals; /* -1: none */
	struct vec	 access_names;	/* AccessFileName: const char * */
	struct override	 override;	/* AllowOverride: but for names */
	const struct vec *override_names; /* AllowOverrideList */
};

/* The core's settings in s. */
const struct core_conf *core_conf(const struct scope *s);
/* The OPTION_... bits that hold in s. */
unsigned	 core_options(const struct scope *s);
/* The ETAG_... bits that hold in s. */
unsigned	 core_etag(const struct scope *s);

/* This method is in the table of method.h, or RegisterHttpMethod made it known.
 * m is method_of(name). */
bool		 core_knows_method(const struct config *c, enum http_method m,
		    struct str name);

/* ---- Sections ------------------------------------------------------------ */

struct section {
	enum section_kind {
		SECTION_DIRECTORY, SECTION_DIRECTORY_MATCH,
		SECTION_FILES, SECTION_FILES_MATCH,
		SECTION_LOCATION, SECTION_LOCATION_MATCH,
		SECTION_IF, SECTION_ELSE_IF, SECTION_ELSE,
		SECTION_HTACCESS,	/* a whole .htaccess file */
	} kind;
	struct spot	 at;
	struct str	 pattern;	/* no trailing slash, but for "/"; of an
					 * .htaccess file: its directory; of
					 * If and ElseIf: the condition */
	bool		 glob;		/* has * ? [ */
	unsigned	 depth;		/* components of a Directory's path */
	struct regex	*regex;		/* ...Match and ~ */
	bool		 named;		/* some of its groups have names */
	const struct expr *condition;	/* If and ElseIf */
	const struct node *lines;	/* what stands in it */
	struct scope	*scope;
	struct sections	*inside;	/* Files in a Directory; or NULL */
	size_t		 order;		/* in the configuration */
};

/* Sections of one server, host or directory, indexed so that the number of
 * plain ones does not matter to a request. */
struct sections {
	struct hash	*directories;	/* path -> struct vec of section */
	struct vec	 directory_globs;
	struct vec	 directory_matches;
	struct vec	 files;
	struct hash	*locations;	/* path -> struct vec of section */
	struct vec	 location_globs; /* globs and regexes */
};

/* ---- Virtual hosts ------------------------------------------------------- */

/*
 * There may be very many, most of which set nothing but a name and a place:
 * what nearly every host sets stands here itself (rows OF_OWNER), and what most
 * do not set is shared.
 */
struct vhost {
	const struct config *config;
	struct spot	 at;		/* its <VirtualHost>; main: line 0 */
	const struct node *lines;	/* what stands in that, as long as the
					 * text is kept; main: NULL */
	struct scope	*scope;		/* main server's below its own; or the
					 * main server's, if it has none */
	struct sections	*sections;	/* its own; the main's come before;
					 * NULL: none */
	const char	*name;		/* ServerName without port */
	const char	*scheme;	/* of ServerName; "http" */
	unsigned	 port;		/* of ServerName; 0: not given */
	bool		 named;		/* by a ServerName */
	struct vec	 aliases;	/* ServerAlias: const char * */
	const char	*server_path;
	const char	*server_admin;	/* the main server's, if not given: */
	const char	*document_root;
	const char	*error_log;
	const struct vhost_addresses *addresses;	/* main: NULL */
	struct log	 log;
	size_t		 order;
};

/* What follows <VirtualHost, which most hosts share. */
struct vhost_addresses {
	struct str	 written;	/* as long as the text is kept */
	struct vec	 list;		/* struct vhost_address * */
};

/* An address of <VirtualHost>: port 0 is *, n == 0 is any address. */
struct vhost_address {
	struct sockaddr_storage addr;
	bool		 any_address;
	unsigned	 port;
	struct host_set	*set;		/* see hosts.h */
};

/* ---- The whole ----------------------------------------------------------- */

struct config {
	struct arena	*arena;
	struct reading	*reading;
	struct vec	 nodes;		/* const struct node *: all that was
					 * read, in lists; until
					 * config_forget_text() */
	struct vhost	*main;
	struct vec	 vhosts;	/* struct vhost *, main not included */
	struct scope	*spare;		/* for the next host: the last one
					 * set nothing; or NULL */
	const char	*root;		/* the DocumentRoot last found */
	struct host_index *hosts;	/* see hosts.h */
	struct log_file	*error_log;
	struct hash	*log_files;	/* path -> struct log_file *, shared */
	const char	*server_root;
	unsigned	 generation;
	bool		 check_only;	/* -t: open nothing */
	bool		 skip_roots;	/* -T: DocumentRoots may be missing */
};

/* The Server field's value by ServerTokens: "Forkful/0.1.0 (Unix)". */
const char	*core_server_token(const struct config *c);

#endif
