/*
 * show.c - see show.h.
 */
#include "show.h"

#include <sys/utsname.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/version.h"
#include "conf/language.h"
#include "conf/parse.h"
#include "loop/loop.h"
#include "process/settings.h"
#include "serve/statistics.h"

/* ---- The program --------------------------------------------------------- */

void
show_version(void)
{
	struct utsname os;

	if (uname(&os) == -1)
		strcpy(os.sysname, "Unix");
	/* Tools look for the word that begins with "Apache/". */
	printf("Server version: Forkful/%s (%s) Apache/%s (compatible)\n",
	    FORKFUL_VERSION, os.sysname, LANGUAGE_APACHE_VERSION);
	printf("Server built:   %s\n", statistics_built());
}

void
show_build(const char *root, const char *config_file)
{
	struct str ways = str_of(os_features()), way;

	show_version();
	printf("Architecture:   %d-bit\n", (int)sizeof(void *) * 8);
	printf("Server MPM:     prefork\n"
	    "  threaded:     no\n"
	    "    forked:     yes (variable process count)\n");
	printf("Server compiled with....\n");
	printf(" -D EVENTS=\"%s\"\n", loop_backend());
	while (str_word(&ways, &way))
		printf(" -D HAVE_%.*s\n", STR_ARGS(way));
	printf(" -D HTTPD_ROOT=\"%s\"\n", root);
	printf(" -D DEFAULT_PIDLOG=\"%s\"\n", PIDFILE_DEFAULT);
	printf(" -D DEFAULT_ERRORLOG=\"logs/error_log\"\n");
	printf(" -D AP_TYPES_CONFIG_FILE=\"mime.types\"\n");
	printf(" -D SERVER_CONFIG_FILE=\"%s\"\n", config_file);
}

/* ---- Modules and directives ---------------------------------------------- */

/* The first of the module's names that ends so. */
static struct str
name_like(const struct module *m, struct str end)
{
	struct str rest = str_of(m->alias), word;

	while (str_word(&rest, &word))
		if (str_ends(word, end))
			return word;
	return str_of(m->name);
}

/* All of the modules' names that end so. */
static void
print_names(const char *before, struct str end, const char *after)
{
	for (size_t i = 0; i < n_modules; i++) {
		struct str rest = str_of(modules[i]->alias), word;

		while (str_word(&rest, &word))
			if (str_ends(word, end))
				printf("%s%.*s%s\n", before, STR_ARGS(word),
				    after);
	}
}

void
show_compiled(void)
{
	printf("Compiled in modules:\n");
	print_names("  ", STR(".c"), "");
}

void
show_loaded(void)
{
	printf("Loaded Modules:\n");
	print_names(" ", STR("_module"), " (static)");
}

static void
print_overrides(unsigned where)
{
	static const struct {
		unsigned	bit;
		const char	*name;
	} classes[] = {
		{ OVERRIDE_AUTHCONFIG, "AuthConfig" },
		{ OVERRIDE_OPTIONS, "Options" },
		{ OVERRIDE_FILEINFO, "FileInfo" },
		{ OVERRIDE_INDEXES, "Indexes" },
		{ OVERRIDE_LIMIT, "Limit" },
	};
	const char *between = "includes ";
	size_t i;

	printf("\twhen AllowOverride ");
	if ((where & OVERRIDE_ALL) == 0 ||
	    (where & OVERRIDE_ALL) == OVERRIDE_ALL) {
		printf("isn't None\n");
		return;
	}
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (where & classes[i].bit) {
			printf("%s%s", between, classes[i].name);
			between = " or ";
		}
	printf("\n");
}

static void
print_directive(const struct module *m, const struct directive *row)
{
	const char *where = "anywhere";

	if (!(row->where & IN_SECTION))
		where = "only outside <Directory>, <Files>, <Location>, or "
		    "<If>";
	else if (!(row->where & IN_CONF))
		where = "only inside <Directory>, <Files>, <Location>, or "
		    "<If>";
	/* Sections are shown as "<Directory". */
	printf("%.*s (%.*s)\n\t%s\n\tAllowed in *.conf %s%s\n",
	    (int)strcspn(row->name, ">"), row->name,
	    STR_ARGS(name_like(m, STR(".c"))), row->help, where,
	    row->where & IN_HTACCESS ? " and in .htaccess" : "");
	if (row->where & IN_HTACCESS)
		print_overrides(row->where);
}

void
show_directives(void)
{
	const struct directive *row;
	size_t i;

	for (i = 0; i < n_modules; i++)
		for (row = modules[i]->rows; row != NULL &&
		    row->name != NULL; row++)
			print_directive(modules[i], row);
}

/* ---- Virtual hosts ------------------------------------------------------- */

static struct str
address_text(struct arena *a, const struct vhost_address *address)
{
	const struct sockaddr_in *four = (const void *)&address->addr;
	const struct sockaddr_in6 *six = (const void *)&address->addr;
	char host[INET6_ADDRSTRLEN + 2] = "*";
	struct str port = address->port == 0 ? STR("*") :
	    str_fmt(a, "%u", address->port);

	if (!address->any_address && address->addr.ss_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
	if (!address->any_address && address->addr.ss_family == AF_INET6) {
		host[0] = '[';
		inet_ntop(AF_INET6, &six->sin6_addr, host + 1,
		    INET6_ADDRSTRLEN);
		strcat(host, "]");
	}
	return str_fmt(a, "%s:%.*s", host, STR_ARGS(port));
}

/* The hosts of one address, in order. */
struct hosts_there {
	struct str	 address;
	unsigned	 port;
	struct vec	 hosts;		/* const struct vhost * */
};

static struct hosts_there *
hosts_there(struct arena *a, struct vec *all,
    const struct vhost_address *address)
{
	struct str text = address_text(a, address);
	struct hosts_there *t;
	size_t i;

	for (i = 0; i < all->n; i++) {
		t = all->at[i];
		if (str_eq(t->address, text))
			return t;
	}
	t = arena_one(a, struct hosts_there);
	t->address = text;
	t->port = address->port;
	vec_add(a, all, t);
	return t;
}

static void
print_host(const struct vhost *h)
{
	printf("%s (%s:%u)\n", h->name != NULL ? h->name : "(none)",
	    h->at.file, h->at.line);
}

static void
print_aliases(const struct vec *aliases, bool wild)
{
	for (size_t i = 0; i < aliases->n; i++) {
		const char *alias = aliases->at[i];

		if ((strpbrk(alias, "*?") != NULL) == wild)
			printf("%17s%s %s\n", "", wild ? "wild alias" :
			    "alias", alias);
	}
}

static void
print_named_host(const struct vhost *h, unsigned port)
{
	const struct vec *aliases = &h->aliases;

	if (port != 0)
		printf("%9sport %u namevhost ", "", port);
	else
		printf("%9sport * namevhost ", "");
	print_host(h);
	print_aliases(aliases, false);
	print_aliases(aliases, true);
}

static void
print_there(const struct hosts_there *t)
{
	size_t i;

	printf("%-22.*s ", STR_ARGS(t->address));
	if (t->hosts.n == 1) {
		print_host(t->hosts.at[0]);
		return;
	}
	printf("is a NameVirtualHost\n%9sdefault server ", "");
	print_host(t->hosts.at[0]);
	for (i = 0; i < t->hosts.n; i++)
		print_named_host(t->hosts.at[i], t->port);
}

/* Those at certain addresses, or at any. */
static void
print_all(const struct vec *all, bool any)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct hosts_there *t = all->at[i];

		if (str_starts(t->address, STR("*")) == any)
			print_there(t);
	}
}

void
show_hosts(const struct config *c)
{
	struct arena *a = arena_new();
	struct vec all = { 0 };
	struct hosts_there *t;
	struct vhost *h;
	size_t i, k;

	for (i = 0; i < c->vhosts.n; i++) {
		h = c->vhosts.at[i];
		for (k = 0; k < h->addresses->list.n; k++) {
			t = hosts_there(a, &all, h->addresses->list.at[k]);
			vec_add(a, &t->hosts, h);
		}
	}
	printf("VirtualHost configuration:\n");
	print_all(&all, false);
	print_all(&all, true);
	arena_end(a);
}

/* ---- The rest of the configuration --------------------------------------- */

static void
print_place(const char *what, const char *path)
{
	if (path != NULL)
		printf("%s: \"%s\"\n", what, path);
}

void
show_run(const struct config *c)
{
	const struct vhost *main = c->main;
	const char *name, *value;
	struct settings s;
	size_t i;

	settings_of(c, &s);
	print_place("ServerRoot", c->server_root);
	print_place("Main DocumentRoot", main->document_root);
	print_place("Main ErrorLog", main->error_log != NULL ?
	    main->error_log : str_zfmt(c->arena, "%s/logs/error_log",
	    c->server_root));
	/* Programs look for such a line. */
	printf("Mutex default: dir=\"%s/\" mechanism=none \n", s.runtime_dir);
	print_place("PidFile", s.pid_file);
	for (i = 0; variables_at(c->reading->variables, i, &name, &value); i++)
		if (value != NULL && value[0] != '\0')
			printf("Define: %s=%s\n", name, value);
		else
			printf("Define: %s\n", name);
	printf("User: name=\"%s\" id=%ld\n", s.user != NULL ? s.user : "",
	    (long)s.uid);
	printf("Group: name=\"%s\" id=%ld\n", s.group != NULL ? s.group : "",
	    (long)s.gid);
}

void
show_includes(const struct config *c)
{
	const struct vec *files = parse_included(c->reading);
	const struct included *f;
	size_t i;

	printf("Included configuration files:\n");
	for (i = 0; i < files->n; i++) {
		f = files->at[i];
		if (f->depth == 0)
			printf("  (*) %s\n", f->file);
		else
			printf("%*s(%u) %s\n", (int)f->depth * 2 + 2, "",
			    f->line, f->file);
	}
}

/* ---- The directives ------------------------------------------------------ */

/* What is written, with the values of variables. */
static void
print_raw(const struct config *c, struct str raw)
{
	while (raw.n > 0) {
		ptrdiff_t from = str_find_str(raw, STR("${")), n;
		const char *value;
		struct str rest;

		rest = from < 0 ? STR_NONE : str_from(raw, (size_t)from);
		n = str_find(rest, '}');
		if (from < 0 || n < 0) {
			printf("%.*s", STR_ARGS(raw));
			return;
		}
		value = variables_get(c->reading->variables, str_z(c->arena,
		    str_n(rest.at + 2, (size_t)n - 2)));
		printf("%.*s%s", (int)from, raw.at, value != NULL ? value :
		    "");
		raw = str_from(rest, (size_t)n + 1);
	}
}

static void
print_nodes(const struct config *c, const struct node *n, int depth,
    const char **file)
{
	for (; n != NULL; n = n->next) {
		if (*file == NULL || strcmp(*file, n->at.file) != 0)
			printf("%*s# In file: %s\n", depth, "", n->at.file);
		*file = n->at.file;
		printf("%*s#%4u:\n%*s%s%s", depth, "", n->at.line, depth, "",
		    n->section ? "<" : "", n->name);
		if (n->raw.n > 0)
			printf(" ");
		print_raw(c, n->raw);
		printf("%s\n", n->section ? ">" : "");
		print_nodes(c, n->children, depth + 2, file);
		if (n->section)
			printf("%*s</%s>\n", depth, "", n->name);
	}
}

void
show_config(const struct config *c)
{
	const char *file = NULL;

	for (size_t i = 0; i < c->nodes.n; i++)
		print_nodes(c, c->nodes.at[i], 0, &file);
}
