/*
 * request.h - one request and everything that is known about it.
 *
 * Lives in its own arena from the first byte of its head to its log line.  An
 * internal redirect makes a new struct request in the same arena, whose prev is
 * the old one; the connection follows the newest.
 */
#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/os.h"
#include "conf/scope.h"
#include "http/fields.h"
#include "http/head.h"
#include "serve/core.h"

struct era;
struct account;
struct host_set;
struct story;
struct script;
struct spool;
struct source;
struct basis;
struct retold;

/* What a handler sees when it reads the request's body. */
enum body_look {
	BODY_END,	/* all of it was taken */
	BODY_DATA,	/* *s holds some of it, decoded */
	BODY_WAIT,	/* none now; r->body_ready is called */
	BODY_BAD,	/* malformed, too long, timed out or cut: r->status */
};

struct client;

/* What a request can ask its client for: the same for all of a kind. */
struct client_calls {
	/* The local address; valid until the next call. */
	const struct sockaddr *(*local)(struct client *c);
	void		(*wake)(struct client *c);
	/* The request needs nothing but time for a while, or again more; may be
	 * NULL. */
	void		(*rest)(struct client *c, bool yes);
	enum body_look	(*body_look)(struct client *c, struct request *r,
			    struct str *s);
	void		(*body_took)(struct client *c, struct request *r,
			    size_t n);
	/* What a full segment carries, in bytes (0: unknown); may be NULL. */
	size_t		(*segment)(struct client *c);
};

/*
 * The other side of a request: who asks.  Part of a connection (conn.c), of
 * which there are thousands, so it is small; whoever makes requests without one
 * fills in his own.
 */
struct client {
	const struct client_calls *calls;
	const char	*peer;		/* address as text */
	const struct host_set *hosts;	/* those at the local address */
	struct basis	*basis;		/* of the answer; see request_once() */
	struct story	*story;		/* told what happens; usually NULL */
	unsigned	 peer_port;
	unsigned	 answered;	/* requests before this one */
};

/* What was found on disk for a request. */
struct found {
	enum { FOUND_NOT_LOOKED, FOUND_NOTHING, FOUND_FILE, FOUND_DIRECTORY,
		FOUND_OTHER /* FIFO, socket, device */ } kind;
	struct stat	st;
	int		error;		/* errno when FOUND_NOTHING */
};

/* A name and value of the environment of requests (SetEnv, CGI). */
struct env_entry {
	struct str	name, value;
};

struct request {
	struct arena	*arena;
	struct client	*client;	/* never NULL */
	const struct config *config;
	const struct vhost *vhost;
	const struct scope *scope;	/* merged as far as is known */
	struct era	*era;		/* what it was merged in, held; era.h */
	struct request	*prev;		/* redirected from; or NULL */
	struct request	*main;		/* of a lookup: the asking one */
	unsigned	 redirects;	/* how many there were before */
	unsigned	 expr_lookups;	/* of the first: by expressions */
	bool		 no_body;	/* an error document, not asked for */
	bool		 unfinished;	/* a lookup that would have waited */
	unsigned	 lookups;	/* of a first request: made for it */

	/* What was asked.  All slices live as long as the request. */
	const struct head *head;
	enum http_method method;
	struct str	 method_name;	/* changes to GET on a redirect */
	struct str	 uri;		/* raw path and query (REQUEST_URI) */
	struct str	 path;		/* decoded and normalised; "/a/b" */
	struct str	 query;		/* raw, without "?" */
	bool		 has_query;
	struct fields	 in;		/* head->fields; hooks may change it */
	const struct fields *trailers;	/* of its body, as far as it was read */
	struct str	 host;		/* from Host or the target; no port */
	int64_t		 started_us;	/* wall clock, first byte of the head */
	int64_t		 started_mono_us;

	/* What it means here. */
	const char	*filename;	/* absolute; NULL before translate */
	size_t		 root_n;	/* bytes of it that the configuration
					 * wrote: no link policy below these */
	enum os_links	 links;		/* the policy it was found under */
	struct str	 path_info;	/* decoded rest behind the file; "/x" */
	struct found	 found;
	const char	*handler;	/* "cgi-script"; NULL: by kind */
	const char	*context_prefix, *context_root;	/* Alias; or NULL */
	const char	*owner;		/* whose ~user directory it is in */
	const char	*document_root;	/* for this request; NULL: its host's */
	bool		 script_alias;	/* a ScriptAlias led here: run it */
	bool		 named;		/* some part of its file's name told
					 * what it is, ... */
	struct vec	 untold;	/* ... and these told nothing: struct
					 * str *, the base name first */
	struct vec	 env;		/* struct env_entry *, in order */
	struct vec	 notes;		/* the same: what modules tell each
					 * other and the log (%{X}n) */
	void		*state[64];	/* per module, by index */

	/* Who may have it; access and identity hooks settle it. */
	struct str	 user, auth_type; /* as he says; see known */
	bool		 judged;	/* access was asked for */
	bool		 let_in;	/* access is granted, whoever it is */
	bool		 wants_user;	/* that depends on who it is */
	bool		 known;		/* he has proved to be user */
	/* Tell in a 401 how to log in; set by who asks for a password. */
	void		(*challenge)(struct request *r);
	struct names	*names;		/* what was looked up: access/names.h */
	struct str	 remote_host;	/* see request_remote_host() */

	/* What is answered. */
	int		 status;	/* 200 until someone says otherwise */
	int		 refused;	/* for its head, with this; or 0 */
	struct str	 reason;	/* STR_NONE: the standard phrase */
	struct fields	 out;		/* dropped for an error page */
	struct fields	 out_always;	/* kept on error pages, too */
	struct source	*body;		/* NULL: none */
	int64_t		 length;	/* of body; -1: not known */
	struct str	 why;		/* a sentence for the error page */
	struct str	 offers;	/* HTML for it: what there is instead */
	struct str	 list_etag;	/* the tag of the list of variants that
					 * the answer was chosen from */
	bool		 own_page;	/* the server itself made it: an error
					 * or a redirect */
	bool		 edited;	/* the configuration changed fields */
	bool		 nph;		/* the body is the whole response */
	bool		 chunked;	/* set by output_head() */
	bool		 no_log;	/* LogFormat must not see it (lookup) */
	bool		 close_after;	/* no keep-alive after this answer */
	bool		 keep_going;	/* set by conn: the connection stays */
	bool		 aborted;	/* the client left before the end */
	uint64_t	 body_sent;	/* bytes of body on the wire */
	uint64_t	 bytes_in, bytes_out;	/* heads included */
	int64_t		 first_byte_us;	/* monotonic; 0: nothing sent */
	struct retold	*retold;	/* logs leave their lines there; NULL:
					 * it will not be given again */

	/* The way through the corridor; corridor.c's. */
	unsigned	 step, next_module;
	const struct module *answered_by; /* NULL: nobody, or refused */
	struct str	 redirect_to;	/* where RESTART goes ... */
	bool		 redirect_as_get; /* ... and how */

	/* Told that bytes of the body arrived, it ended or failed; set by the
	 * handler that reads it. */
	void		(*body_ready)(struct request *r);
	uint64_t	 body_taken;	/* bytes; by those before it, too */
	struct spool	*spool;		/* the whole body, gathered; or NULL */
	char *const	*environment;	/* that a program was given; or NULL */
	struct account	*account;	/* what its program cost; or NULL */
	struct script	*script;	/* the program that answers; or NULL */
};

/* A fresh request with its own arena, nothing filled but the defaults. */
struct request	*request_new(struct arena *a, const struct config *c,
		    struct client *client);

/* Resume after WAIT: in the corridor at the same hook, in the output at the
 * body.  May be called from anywhere; nothing happens before the loop's next
 * "later" round. */
void		 request_wake(struct request *r);

/* How long pieces of a long body best are, at most n bytes: framed as chunks,
 * they fill segments, and none is followed by a small one. */
size_t		 request_piece(const struct request *r, size_t n);

/* r waits its turn somewhere, and needs no place among the requests in progress
 * (MaxRequestWorkers) meanwhile; or it goes on. */
void		 request_rest(const struct request *r, bool yes);

/*
 * Internal redirect: sets up and returns RESTART, which the hook must return.
 * uri is a local path with optional query; the new request is a GET without
 * body (as after a local Location) when as_get, else keeps method and body.
 */
int		 request_restart(struct request *r, struct str uri,
		    bool as_get);
/*
 * r takes over what a lookup found: path, filename, path_info, found, scope,
 * handler, environment, module state (a DirectoryIndex, a FallbackResource),
 * and its fields beside those that only r has (Vary, a cookie).  REQUEST_URI,
 * method, body and context stay r's own, and no REDIRECT_ variables appear.
 */
void		 request_adopt(struct request *r, const struct request *looked);

/* The environment: names in any letter case, and programs see that in which a
 * name was first set; values may be empty. */
void		 request_env_set(struct request *r, struct str name,
		    struct str value);
void		 request_env_unset(struct request *r, struct str name);
/* STR_NONE (at == NULL) when not set. */
struct str	 request_env(const struct request *r, struct str name);
/* Notes: names in any letter case; STR_NONE when not set. */
void		 request_note_set(struct request *r, struct str name,
		    struct str value);
struct str	 request_note(const struct request *r, struct str name);

/* The DocumentRoot that holds for it; NULL when there is none. */
const char	*request_document_root(const struct request *r);
/* Server name, port and scheme as UseCanonicalName wants them told. */
struct str	 request_server_name(const struct request *r);
unsigned	 request_server_port(const struct request *r);
const char	*request_scheme(const struct request *r);
/* "http://host[:port]" + path, percent-encoded as needed; path is decoded. */
struct str	 request_absolute(const struct request *r, struct str path);
/* url, and behind it "?" and r's query, if r has one. */
struct str	 request_with_query(const struct request *r, struct str url);
/* A status with a sentence for the error page; returns status. */
int		 request_refuse(struct request *r, int status,
		    const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

/* The client's name, where HostnameLookups wants it, and there is one; else
 * STR_NONE. */
struct str	 request_remote_host(const struct request *r);
/* The local address as text, in r's arena, and its port. */
struct str	 request_local(const struct request *r);
unsigned	 request_local_port(const struct request *r);

/* The error log of this request; error is an errno value or 0. */
void		 request_log(const struct request *r, enum log_level level,
		    const char *module, int error, const char *fmt, ...)
		    __attribute__((format(printf, 5, 6)));

/* The request that the client sent, and the newest after redirects. */
struct request	*request_first(struct request *r);

/*
 * The answer depends on more than the request's head, the configuration and the
 * files in directories that request_saw() was told of: on who asks, chance,
 * other requests.  It will not be given to anybody else (recall.h).
 */
void		 request_once(const struct request *r);
/* It depends on the time, and can be given to others within this second. */
void		 request_timely(const struct request *r);
/* The query matters for it, or the address with its query, as it was sent.  Who
 * only hands it on does not say so. */
void		 request_saw_query(const struct request *r);
/* What is, or is not, in directory (absolute) matters for the answer.  To be
 * said before looking. */
void		 request_saw(const struct request *r, struct str directory);
/* The same for it and all above that have from bytes or more. */
void		 request_saw_way(const struct request *r, struct str directory,
		    size_t from);
/* What is at path, or that nothing is, matters for the answer; for what is in a
 * file, its size and rights, say request_timely() as well.  To be said before
 * looking.  Directories above it matter that have from bytes or more. */
void		 request_saw_name(const struct request *r, struct str path,
		    size_t from);
/* The same; from is where the part ends that the configuration wrote: the
 * DocumentRoot, or where r's own file was mapped to.  Elsewhere nothing is
 * known of the way, and the answer is given once. */
void		 request_saw_file(const struct request *r, struct str path);

/* ---- The request's body -------------------------------------------------- */

/* Show the next bytes; the first look sends "100 Continue" when it is due. */
enum body_look	 request_body_look(struct request *r, struct str *s);
/* n of the bytes shown are used. */
void		 request_body_took(struct request *r, size_t n);
/* Content-Length, or -1 when chunked; 0 when there is no body. */
int64_t		 request_body_length(const struct request *r);

#endif
