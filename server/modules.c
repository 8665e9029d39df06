/*
 * modules.c - the one visible table of features.
 *
 * The order of the rows is the order in which their hooks are asked.
 */
#include "modules.h"

#include "access/authn.h"
#include "conf/language.h"
#include "conf/macro.h"
#include "process/settings.h"
#include "script/admission.h"
#include "script/confinement.h"
#include "script/suexec.h"
#include "serve/core.h"
#include "serve/reqtimeout.h"
#include "serve/xsendfile.h"

extern struct module mod_env, mod_rewrite, mod_filter, mod_alias,
    mod_access_compat, mod_auth_basic, mod_auth_digest, mod_authz,
    mod_dormant, mod_mime, mod_dir, mod_cgi, mod_autoindex, mod_log_config,
    mod_expires, mod_headers, mod_hostnames, mod_setenvif, mod_static,
    mod_negotiation, mod_status, mod_unique_id, mod_userdir,
    mod_vhost_alias, mod_actions, mod_asis, mod_speling, mod_allowmethods;

struct module *const features[] = {
	&mod_language,
	&mod_macro,
	&mod_core,
	&mod_reqtimeout,
	&mod_process,
	&mod_confine,
	&mod_xsendfile,
	&mod_unique_id,
	&mod_hostnames,		/* who asks: for all that follows */
	&mod_admission,
	&mod_suexec,
	&mod_negotiation,	/* which file is meant: before rules see it */
	&mod_rewrite,		/* where is it */
	&mod_alias,
	&mod_userdir,
	&mod_vhost_alias,
	&mod_setenvif,		/* what may matter for that: */
	&mod_allowmethods,	/* who may have it, and how */
	&mod_access_compat,
	&mod_authn_core,
	&mod_auth_basic,
	&mod_auth_digest,
	&mod_authz,		/* judges when it is known who it is: last */
	&mod_mime,		/* what is it */
	&mod_env,
	&mod_filter,
	&mod_dormant,
	&mod_dir,		/* which file of a directory: comes last */
	&mod_speling,		/* ... and what if there is none */
	&mod_expires,
	&mod_headers,		/* after all that may change what it reads */
	&mod_cgi,		/* who answers */
	&mod_status,
	&mod_autoindex,
	&mod_actions,
	&mod_asis,
	&mod_static,		/* ... if nobody else does */
	&mod_log_config,
};

const size_t n_features = sizeof(features) / sizeof(features[0]);
