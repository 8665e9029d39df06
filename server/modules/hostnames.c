/*
 * mod_hostnames - the names of clients, where HostnameLookups wants them.
 * Manual: modules/core.html#hostnamelookups
 *
 * Looked up beside the loop: only the request that needs to know waits, and not
 * for long.  Asked for when the head is read, so that everything later can tell
 * the name, refusals and their log lines included; and once more when it is
 * known which directory's settings hold.
 */
#include "access/names.h"
#include "conf/directive.h"
#include "serve/core.h"
#include "serve/kin.h"
#include "serve/request.h"

extern struct module mod_hostnames;

static int
look_up(struct request *r)
{
	int64_t mode = number_or(core_conf(r->scope)->lookups, LOOKUPS_OFF);
	struct str name;

	/* A lookup never waits; it has the name of who asks. */
	if (mode == LOOKUPS_OFF || r->main != NULL)
		return PASS;
	request_once(r);
	if (r->remote_host.n > 0)
		return PASS;
	switch (names_client(r, mode == LOOKUPS_DOUBLE, &name)) {
	case NAMES_WAIT:
		return WAIT;
	case NAMES_FOUND:
		names_tell(r, name);
		return PASS;
	default:
		return PASS;
	}
}

struct module mod_hostnames = {
	.name = "hostnames",
	.kin = kin_all,
	.steady = true,
	.early = look_up,
	.access = look_up,
};
