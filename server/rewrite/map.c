/*
 * map.c - RewriteMap: from a key to a value.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/hash.h"
#include "base/os.h"
#include "conf/setting.h"
#include "http/uri.h"
#include "rewrite/map.h"
#include "rewrite/prg.h"
#include "rewrite/url.h"

enum { MAP_BYTES_MAX = 256 << 20 };

struct rewrite_map {
	enum { MAP_TEXT, MAP_RANDOM, MAP_LOWER, MAP_UPPER, MAP_ESCAPE,
		MAP_UNESCAPE, MAP_PROGRAM } kind;
	const char	*path;
	struct rewrite_program program;
};

/* ---- Directives ---------------------------------------------------------- */

static const char *
read_function(struct setting *s, struct rewrite_map *map, struct str name)
{
	static const char *const names[] = { "tolower", "toupper", "escape",
	    "unescape" };

	for (int i = 0; i < 4; i++)
		if (str_is(name, names[i])) {
			map->kind = MAP_LOWER + i;
			return NULL;
		}
	return setting_error(s, 1, "must name a function: int:tolower, "
	    "int:toupper, int:escape or int:unescape, not \"%.*s\"",
	    STR_ARGS(name));
}

/* The words of a command, which may be quoted. */
static char **
command_words(struct arena *a, struct str s)
{
	struct vec words = { 0 };
	size_t i = 0;

	while (i < s.n) {
		char quote = 0;
		size_t from;

		while (i < s.n && s.at[i] == ' ')
			i++;
		if (i == s.n)
			break;
		if (s.at[i] == '"' || s.at[i] == '\'')
			quote = s.at[i++];
		from = i;
		while (i < s.n && s.at[i] != (quote != 0 ? quote : ' '))
			i++;
		vec_add(a, &words, str_z(a, str_n(s.at + from, i - from)));
		i++;
	}
	vec_add(a, &words, NULL);
	return (char **)words.at;
}

static const char *
read_program(struct setting *s, struct rewrite_map *map, struct str command)
{
	char **argv = command_words(s->arena, command);
	char *slash;

	if (s->argc == 3)
		return setting_error(s, 2, "cannot run a program as another "
		    "user: workers have no right to");
	if (argv[0] == NULL)
		return setting_error(s, 1, "needs a program after prg:");
	argv[0] = path_below_root(s->reading, argv[0]);
	map->kind = MAP_PROGRAM;
	map->path = argv[0];
	map->program.at = s->node->at;
	map->program.argv = argv;
	map->program.directory = str_z(s->arena, str_of(argv[0]));
	slash = strrchr(map->program.directory, '/');
	slash[slash == map->program.directory] = 0;
	return NULL;
}

static const char *
read_source(struct setting *s, struct rewrite_map *map)
{
	struct str source = str_of(s->argv[1].z), kind = STR("txt");
	ptrdiff_t colon = str_find(source, ':');

	if (colon > 0) {
		kind = str_first(source, (size_t)colon);
		source = str_from(source, (size_t)colon + 1);
	}
	if (str_is_nocase(kind, "int"))
		return read_function(s, map, source);
	if (str_is_nocase(kind, "prg"))
		return read_program(s, map, source);
	if (str_is_nocase(kind, "dbm") || str_starts_nocase(kind,
	    STR("dbm=")) || str_is_nocase(kind, "dbd") ||
	    str_is_nocase(kind, "fastdbd"))
		return setting_error(s, 1, "cannot use a %.*s map: there is no "
		    "database in this server; write the pairs to a text file "
		    "and use txt:", STR_ARGS(kind));
	if (str_is_nocase(kind, "rnd"))
		map->kind = MAP_RANDOM;
	else if (!str_is_nocase(kind, "txt"))
		return setting_error(s, 1, "must be a map of the kind txt:, "
		    "rnd:, int: or prg:, not \"%s\"", s->argv[1].z);
	map->path = path_below_root(s->reading, str_z(s->arena, source));
	return NULL;
}

const char *
rewrite_read_map(struct setting *s)
{
	struct rewrite_conf *c = s->conf;
	struct rewrite_map *map = arena_one(s->arena, struct rewrite_map);
	const char *error = read_source(s, map);
	struct stat st;

	rewrite_place(s);
	if (error != NULL)
		return error;
	if (map->path != NULL && stat(map->path, &st) != 0)
		return setting_error(s, 1, "cannot find the file of the map: "
		    "%s: %s", map->path, strerror(errno));
	if (c->maps == NULL)
		c->maps = hash_new(s->arena);
	hash_set(c->maps, str_of(s->argv[0].z), map);
	return NULL;
}

/* ---- Text files ---------------------------------------------------------- */

/* A file's pairs, as they were when it had this stamp. */
struct table {
	struct arena	*arena;
	struct hash	*values;	/* key -> struct str * */
	dev_t		 dev;
	ino_t		 ino;
	off_t		 size;
	struct timespec	 mtime;
	bool		 read;
};

static bool
is_fresh(const struct table *t, const struct stat *st)
{
	return t->read && t->dev == st->st_dev && t->ino == st->st_ino &&
	    t->size == st->st_size &&
	    t->mtime.tv_sec == st->st_mtim.tv_sec &&
	    t->mtime.tv_nsec == st->st_mtim.tv_nsec;
}

static struct str
content_of(struct arena *a, int fd, size_t size)
{
	char *room = arena_alloc(a, size + 1);
	size_t n = 0;
	ssize_t got;

	while (n < size && (got = read(fd, room + n, size - n)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	return str_n(room, n);
}

/* "key value more": lines that begin with a blank or # do not count.  Of two
 * lines with the same key the first does. */
static void
read_pairs(struct table *t, struct str text)
{
	struct str line, key, value;

	while (str_cut(&text, '\n', &line)) {
		struct str *kept;

		if (str_ends(line, STR("\r")))
			line.n--;
		if (line.n == 0 || line.at[0] == '#' || line.at[0] == ' ' ||
		    line.at[0] == '\t' || !str_word(&line, &key) ||
		    !str_word(&line, &value) ||
		    hash_get(t->values, key) != NULL)
			continue;
		kept = arena_one(t->arena, struct str);
		*kept = value;
		hash_set(t->values, key, kept);
	}
}

static bool
table_read(struct table *t, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	t->read = false;
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= MAP_BYTES_MAX) {
		if (t->arena != NULL)
			arena_end(t->arena);
		t->arena = arena_new();
		t->values = hash_new(t->arena);
		read_pairs(t, content_of(t->arena, fd, (size_t)st.st_size));
		t->dev = st.st_dev;
		t->ino = st.st_ino;
		t->size = st.st_size;
		t->mtime = st.st_mtim;
		t->read = true;
	}
	close(fd);
	return t->read;
}

/* The pairs of a file, as they are now; NULL when it cannot be read. */
static const struct table *
table_of(struct rewrite_run *run, const char *path)
{
	static struct arena *own;	/* of the process */
	static struct hash *tables;	/* path -> struct table */
	struct str name = str_of(path);
	struct table *t;
	struct stat st;

	request_saw_name(run->r, name, (size_t)str_rfind(name, '/'));
	request_timely(run->r);
	if (own == NULL) {
		own = arena_new();
		tables = hash_new(own);
	}
	t = hash_get(tables, name);
	if (t == NULL) {
		t = arena_one(own, struct table);
		hash_set(tables, str_copy(own, name), t);
	}
	if (stat(path, &st) == 0 && (is_fresh(t, &st) || table_read(t, path)))
		return t;
	request_log(run->r, LEVEL_ERROR, "rewrite", errno, "AH00656: "
	    "mod_rewrite: can't access text RewriteMap file %s", path);
	return NULL;
}

static struct str
look_in_text(struct rewrite_run *run, const char *path, struct str key)
{
	const struct table *t = table_of(run, path);
	const struct str *value = t == NULL ? NULL : hash_get(t->values, key);

	/* The table may be read anew while the request goes on. */
	return value == NULL ? STR_NONE : str_copy(run->r->arena, *value);
}

/* One of "a|b|c", by chance. */
static struct str
choose(struct str all)
{
	struct str rest = all, part = STR("");
	uint32_t chance;
	size_t n = 1;

	for (size_t i = 0; i < all.n; i++)
		n += all.at[i] == '|';
	os_random(&chance, sizeof(chance));
	for (size_t i = chance % n + 1; i > 0; i--)
		if (!str_cut(&rest, '|', &part))
			return STR("");
	return part;
}

/* ---- Looking ------------------------------------------------------------- */

static struct str
upper(struct arena *a, struct str s)
{
	char *z = str_z(a, s);

	for (size_t i = 0; i < s.n; i++)
		z[i] = char_upper(z[i]);
	return str_n(z, s.n);
}

static struct str
look(struct rewrite_run *run, const struct rewrite_map *map, struct str key)
{
	struct arena *a = run->r->arena;
	struct str value;

	switch (map->kind) {
	case MAP_TEXT:
		return look_in_text(run, map->path, key);
	case MAP_RANDOM:
		request_once(run->r);
		value = look_in_text(run, map->path, key);
		return value.n == 0 ? value : choose(value);
	case MAP_LOWER:
		return str_lower(a, key);
	case MAP_UPPER:
		return upper(a, key);
	case MAP_ESCAPE:
		return rewrite_escape_path(a, key);
	case MAP_UNESCAPE:
		return uri_decode(a, key, false, &value) ? value : key;
	case MAP_PROGRAM:
		request_once(run->r);
		return rewrite_prg_ask(run, &map->program, key);
	}
	return STR_NONE;
}

struct str
rewrite_map_look(struct rewrite_run *run, struct str name, struct str key)
{
	const struct rewrite_map *map = run->server->maps == NULL ? NULL :
	    hash_get(run->server->maps, name);
	struct str value;

	if (map == NULL)
		return STR_NONE;
	value = look(run, map, key);
	if (run->waits)
		return STR_NONE;
	if (value.at == NULL)
		rewrite_log(run, 5, "map lookup FAILED: map=%.*s key=%.*s",
		    STR_ARGS(name), STR_ARGS(key));
	else
		rewrite_log(run, 5, "map lookup OK: map=%.*s key=%.*s -> "
		    "val=%.*s", STR_ARGS(name), STR_ARGS(key),
		    STR_ARGS(value));
	return value;
}

void
rewrite_map_worker(struct loop *l)
{
	rewrite_prg_worker(l);
}
