/*
 * check_confinement.c - limits and sandboxes: what lines come to for a program.
 *
 * confinement.c is included, so that kernels which cannot do it are tested.
 */
#include <check.h>
#include <stdlib.h>

#include "base/confine.h"
#include "base/landlock.h"
#include "script/sandbox.h"

static int kernel_abi = 7;
static bool filters = true, privs = true;
#define landlock_abi()		kernel_abi
#define seccomp_works()		filters
#define confine_privs_work()	privs
static int made;
#define sandbox_ruleset(s)	(made++, 4711)

#include "script/confinement.c"

#include "modules.h"
#include "serve/config.h"
#include "site.h"

static struct module *const with_confine[] = { &mod_core, &mod_confine };

static struct config *
site(const char *lines)
{
	return site_open(with_confine, 2, lines);
}

/* One configuration's main scope, and one on top of it as from an .htaccess
 * file or from a section. */
static const struct {
	const char	*outer, *inner;
	bool		 htaccess;
	long		 soft, hard;	/* of CPU; -1: none */
} merges[] = {
	{ "RLimitCPU 10", NULL, false, 10, -1 },
	{ "RLimitCPU 10 20", NULL, false, 10, 20 },
	{ "RLimitCPU max 20", NULL, false, 20, 20 },
	{ "RLimitCPU 10 max", NULL, false, 10, -1 },
	{ "RLimitCPU MAX", NULL, false, -1, -1 },
	{ "RLimitCPU 10 20", "RLimitCPU 30 40", false, 30, 40 },
	{ "RLimitCPU 10 20", "RLimitCPU 30 40", true, 10, 20 },
	{ "RLimitCPU 10 20", "RLimitCPU max", true, 10, 20 },
	{ "RLimitCPU 10 20", "RLimitCPU 5 40", true, 5, 20 },
	{ "RLimitMEM 10M", "RLimitCPU 30 40", true, 30, 40 },
};

static struct scope *
read_lines(struct arena *a, const char *lines, bool htaccess)
{
	static const struct override all = { .classes = OVERRIDE_ALL };
	struct reading r = { .arena = a, .server_root = "/",
	    .diagnosis = diagnosis_new(a), .variables = variables_new(a),
	    .override = htaccess ? &all : NULL };
	struct scope *s = scope_new(a);
	struct place top = { .where = htaccess ? IN_HTACCESS : IN_SERVER,
	    .scope = s };

	directive_apply(&r, &top, parse_text(&r, "test", str_of(lines)));
	ck_assert_uint_eq(diagnosis_errors(r.diagnosis), 0);
	return s;
}

static rlim_t
expected(long n)
{
	return n == -1 ? RLIM_INFINITY : (rlim_t)n;
}

START_TEST(limits_merge)
{
	struct arena *a = arena_new();
	struct os_program p = { 0 };
	const struct os_limit *l;
	struct scope *s;

	modules_init(with_confine, 2);
	s = read_lines(a, merges[_i].outer, false);
	if (merges[_i].inner != NULL)
		s = scope_merge(a, s, read_lines(a, merges[_i].inner,
		    merges[_i].htaccess));
	ck_assert_ptr_null(confinement_of(s, a, &p));
	ck_assert_ptr_null(p.confine);
	ck_assert_uint_ge(p.n_limits, 1);
	l = &p.limits[0];
	ck_assert_int_eq(l->resource, RLIMIT_CPU);
	ck_assert_uint_eq(l->limit.rlim_cur, expected(merges[_i].soft));
	ck_assert_uint_eq(l->limit.rlim_max, expected(merges[_i].hard));
	arena_end(a);
}
END_TEST

static const struct {
	const char	*lines;
	bool		 confined, ruleset, filtered;
	enum seccomp_sockets sockets;
} boxes[] = {
	{ "CGISandbox Off", false },
	{ "CGINoNewPrivileges On", true },
	{ "CGISandbox On", true, true, true, SECCOMP_NO_SOCKETS },
	{ "CGISandbox On\nCGISandboxNetwork Unix", true, true, true,
	  SECCOMP_UNIX_SOCKETS },
	{ "CGISandbox Perl Tmp\nCGISandboxNetwork on", true, true, true,
	  SECCOMP_ALL_SOCKETS },
	{ "CGISandbox On\nCGISandbox Off\nCGISandboxWrite /tmp", false },
};

START_TEST(sandboxes)
{
	struct arena *a = arena_new();
	struct os_program p = { .directory = "/tmp" };

	modules_init(with_confine, 2);
	ck_assert_ptr_null(confinement_of(read_lines(a, boxes[_i].lines,
	    false), a, &p));
	ck_assert_int_eq(p.confine != NULL, boxes[_i].confined);
	if (p.confine != NULL) {
		ck_assert(p.confine->no_new_privs);
		ck_assert_int_eq(p.confine->ruleset,
		    boxes[_i].ruleset ? 4711 : -1);
		ck_assert_int_eq(p.confine->filtered, boxes[_i].filtered);
		ck_assert_int_eq(p.confine->sockets, boxes[_i].sockets);
	}
	arena_end(a);
}
END_TEST

static const struct {
	int		 abi;
	bool		 filters, privs;
	const char	*lines;
	size_t		 errors, warnings;
	bool		 runs;
} kernels[] = {
	{ 7, true, true, "CGISandbox On", 0, 0, true },
	{ 6, true, true, "CGISandbox On", 0, 0, true },
	{ 4, true, true, "CGISandbox On", 0, 1, true },
	{ 2, true, true, "CGISandbox On", 0, 1, true },
	{ 0, true, true, "CGISandbox On", 1, 0, false },
	{ 0, true, true, "CGISandbox Off", 0, 0, true },
	{ 7, false, true, "CGISandbox On", 1, 0, false },
	{ 0, false, false, "CGISandbox On", 1, 0, false },
	{ 0, false, false, "CGINoNewPrivileges On", 1, 0, false },
	{ 0, true, true, "CGINoNewPrivileges On", 0, 0, true },
	{ 0, true, true, "CGISandbox On\nCGISandboxMissing warn", 0, 1, true },
	{ 0, false, false, "CGISandboxMissing warn\nCGISandbox On\n"
	  "CGINoNewPrivileges On", 0, 2, true },
};

START_TEST(kernels_that_cannot)
{
	struct os_program p = { .directory = "/tmp" };
	struct config *c;

	kernel_abi = kernels[_i].abi;
	filters = kernels[_i].filters;
	privs = kernels[_i].privs;
	c = site(kernels[_i].lines);
	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis),
	    kernels[_i].errors);
	ck_assert_uint_eq(diagnosis_warnings(c->reading->diagnosis),
	    kernels[_i].warnings);
	/* Even if it had come to that. */
	ck_assert_int_eq(confinement_of(c->main->scope, c->arena, &p) == NULL,
	    kernels[_i].runs);
	config_end(c);
}
END_TEST

static const struct {
	const char	*line, *error;
} bad[] = {
	{ "RLimitCPU", "RLimitCPU" },
	{ "RLimitCPU 1 2 3", "RLimitCPU" },
	{ "RLimitCPU 20 10", "RLimitCPU has a hard limit below" },
	{ "RLimitMEM 10X", "RLimitMEM" },
	{ "CGISandbox", "CGISandbox" },
	{ "CGISandbox Off Perl", "CGISandbox" },
	{ "CGISandbox Perl Off", "CGISandbox" },
	{ "CGISandbox Lisp", "CGISandbox" },
	{ "CGISandboxNetwork Perhaps", "CGISandboxNetwork" },
	{ "CGISandboxMissing", "CGISandboxMissing" },
	{ "CGINoNewPrivileges 1", "CGINoNewPrivileges" },
};

START_TEST(bad_lines)
{
	struct config *c = site(bad[_i].line);
	const char *first;

	ck_assert_uint_eq(site_errors(c, &first), 1);
	ck_assert_ptr_nonnull(strstr(first, bad[_i].error));
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("confinement");
	TCase *t = tcase_create("confinement");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, limits_merge, 0, COUNT(merges));
	tcase_add_loop_test(t, sandboxes, 0, COUNT(boxes));
	tcase_add_loop_test(t, kernels_that_cannot, 0, COUNT(kernels));
	tcase_add_loop_test(t, bad_lines, 0, COUNT(bad));
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
