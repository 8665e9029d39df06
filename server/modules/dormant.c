/*
 * mod_dormant - directives that configurations hold, and that have nothing to
 * say here: other protocols, Apache's own buffers.
 *
 * They are read and checked, so that a configuration that is whole stays so.
 */
#include "base/arena.h"
#include "conf/setting.h"

extern struct module mod_dormant;

static const char *
read_flag_only(struct setting *s)
{
	enum flag ignored;

	return read_flag(s, 0, &ignored);
}

static const char *
read_size_only(struct setting *s)
{
	int64_t ignored;

	return read_number(s, 0, 0, INT64_MAX, &ignored);
}

static const char *
read_anything(struct setting *s)
{
	(void)s;
	return NULL;
}

/* Whoever relies on HTTP/2 should know that it is not there. */
static const char *
read_protocols(struct setting *s)
{
	for (int i = 0; i < s->argc; i++)
		if (!str_is_nocase(str_of(s->argv[i].z), "http/1.1"))
			setting_warn(s, i, "names %s, which is not spoken: "
			    "clients get HTTP/1.1", s->argv[i].z);
	return NULL;
}

/* Nobody else notices. */
static const char *
read_log_format(struct setting *s)
{
	setting_warn(s, -1, "has no effect: lines of the error log have "
	    "Apache's default format");
	return NULL;
}

static const char *
read_content_digest(struct setting *s)
{
	enum flag on;
	const char *error = read_flag(s, 0, &on);

	if (error == NULL && on == FLAG_ON)
		setting_warn(s, -1, "has no effect: RFC 7231 took "
		    "Content-MD5 away");
	return error;
}

#define SERVER		(IN_SERVER | ACCEPTED_ONLY)
#define CONF		(IN_CONF | ACCEPTED_ONLY)
#define ANY		(IN_ANY | ACCEPTED_ONLY)

static const struct directive rows[] = {
	/* Protocols */
	{ "Protocol", 1, 1, CONF, SLOT_NONE, 0, read_anything,
	  "the protocol of a Listen or a virtual host" },
	{ "Protocols", 1, MANY, CONF, SLOT_NONE, 0, read_protocols,
	  "protocols, the best first" },
	{ "ProtocolsHonorOrder", 1, 1, CONF, SLOT_NONE, 0, read_flag_only,
	  "On or Off" },
	{ "NameVirtualHost", 1, 1, SERVER, SLOT_NONE, 0, read_anything,
	  "an address: all hosts are by name already" },
	{ "UNCList", 1, MANY, SERVER, SLOT_NONE, 0, read_anything,
	  "hosts of Windows shares" },
	/* Buffers and bookkeeping */
	{ "FlushMaxPipelined", 1, 1, CONF, SLOT_NONE, 0, read_anything,
	  "answers to pipelined requests" },
	{ "FlushMaxThreshold", 1, 1, CONF, SLOT_NONE, 0, read_size_only,
	  "bytes" },
	{ "ReadBufferSize", 1, 1, IN_CONF | IN_SECTION | ACCEPTED_ONLY,
	  SLOT_NONE, 0, read_size_only, "bytes" },
	{ "LimitXMLRequestBody", 1, 1, ANY, SLOT_NONE, 0, read_size_only,
	  "bytes of a body for WebDAV" },
	{ "ErrorLogFormat", 1, 2, CONF, SLOT_NONE, 0, read_log_format,
	  "[connection|request] and a format" },
	{ "ContentDigest", 1, 1, ANY | OVERRIDE_OPTIONS, SLOT_NONE, 0,
	  read_content_digest, "On or Off" },
	{ "StartThreads", 1, 1, SERVER, SLOT_NONE, 0, read_size_only,
	  "threads" },
	{ 0 }
};

struct module mod_dormant = {
	.name = "dormant",
	.rows = rows,
};
