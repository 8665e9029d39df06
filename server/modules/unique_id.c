/*
 * mod_unique_id - a name for each request that no other one has.
 * Manual: modules/unique_id.html
 *
 * 24 characters: the second, the process and a random number of its own, and a
 * counter.  They can be sorted by process only; they tell nothing of the host.
 */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "conf/directive.h"
#include "serve/kin.h"
#include "serve/request.h"

extern struct module mod_unique_id;

struct unique_conf {
	enum flag	on;
};

/* In the order of the bytes of the name. */
static struct {
	unsigned char	second[4], process[4], random[6], counter[4];
} id;
static uint32_t counter;

static void
put_number(unsigned char to[4], uint32_t n)
{
	for (int i = 3; i >= 0; i--, n >>= 8)
		to[i] = (unsigned char)n;
}

static struct str
next_name(struct arena *a)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789@-";
	const unsigned char *in = (const unsigned char *)&id;
	char *z = arena_alloc(a, 24), *out = z;

	put_number(id.second, (uint32_t)clock_now());
	put_number(id.counter, counter++);
	for (; in < (const unsigned char *)&id + sizeof(id); in += 3) {
		*out++ = digits[in[0] >> 2];
		*out++ = digits[(in[0] & 3) << 4 | in[1] >> 4];
		*out++ = digits[(in[1] & 15) << 2 | in[2] >> 6];
		*out++ = digits[in[2] & 63];
	}
	return str_n(z, 24);
}

/* A redirected request keeps the name of the one that was sent. */
static int
name_request(struct request *r)
{
	const struct unique_conf *c = scope_get(r->vhost->scope,
	    &mod_unique_id);
	struct str name = STR_NONE;

	if (!flag_or(c->on, false))
		return PASS;
	request_once(r);
	if (r->main != NULL || r->prev != NULL)
		name = request_env(r->main != NULL ? r->main : r->prev,
		    STR("UNIQUE_ID"));
	request_env_set(r, STR("UNIQUE_ID"), name.at != NULL ? name :
	    next_name(r->arena));
	return PASS;
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)l;
	(void)c;
	put_number(id.process, (uint32_t)getpid());
	os_random(id.random, sizeof(id.random));
	os_random(&counter, sizeof(counter));
}

/* With Apache's way to switch it on, it is on. */
static void
loaded(struct reading *r)
{
	struct unique_conf *c = scope_conf(r->arena, r->config->main->scope,
	    &mod_unique_id);

	if (c->on == FLAG_UNSET)
		c->on = FLAG_ON;
}

static const struct directive rows[] = {
	{ "UniqueID", 1, 1, IN_CONF, SLOT_FLAG,
	  offsetof(struct unique_conf, on), NULL,
	  "On: requests have a name of their own, UNIQUE_ID" },
	{ 0 }
};

struct module mod_unique_id = {
	.name = "unique_id",
	.alias = "mod_unique_id.c unique_id_module",
	.conf_size = sizeof(struct unique_conf),
	.rows = rows,
	.loaded = loaded,
	.worker = worker,
	.kin = kin_all,
	.steady = true,
	.early = name_request,
};
