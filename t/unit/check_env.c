#include <stdlib.h>

#include "modules/env.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_env };

static struct config *
open_site(const char *text)
{
	setenv("UNIT_PASSED", "from outside", 1);
	unsetenv("UNIT_UNSET");
	return site_open(table, 2, text);
}

static const struct scope *
location_scope(struct config *c, const char *path)
{
	const struct vec *v = hash_get(c->main->sections->locations,
	    str_of(path));

	return ((const struct section *)v->at[0])->scope;
}

static void
assert_env(const struct request *r, const char *name, const char *value)
{
	struct str s = request_env(r, str_of(name));

	ck_assert_pstr_eq(s.at == NULL ? NULL : str_z(r->arena, s), value);
}

START_TEST(sets_and_passes)
{
	struct config *c = open_site("SetEnv A 1\nSetEnv EMPTY\n"
	    "SetEnv B \"two words\"\nSetEnv A again\n"
	    "PassEnv UNIT_PASSED UNIT_UNSET");
	struct request *r = site_ask(c, "/");

	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 0);
	ck_assert_uint_eq(diagnosis_warnings(c->reading->diagnosis), 1);
	ck_assert_int_eq(fixup(r), PASS);
	assert_env(r, "A", "again");
	assert_env(r, "B", "two words");
	assert_env(r, "EMPTY", "");
	assert_env(r, "UNIT_PASSED", "from outside");
	assert_env(r, "UNIT_UNSET", NULL);
	ck_assert_uint_eq(r->env.n, 4);
	config_end(c);
}
END_TEST

START_TEST(merges_by_name)
{
	struct config *c = open_site("SetEnv A 1\nSetEnv B 2\nSetEnv C 3\n"
	    "<Location /l>\nUnsetEnv A B NONE\nSetEnv B inner\nSetEnv D 4\n"
	    "</Location>");
	struct request *r = site_ask(c, "/l");

	r->scope = scope_merge(c->arena, c->main->scope,
	    location_scope(c, "/l"));
	fixup(r);
	assert_env(r, "A", NULL);
	assert_env(r, "B", "inner");
	assert_env(r, "C", "3");
	assert_env(r, "D", "4");
	r = site_ask(c, "/");
	fixup(r);
	assert_env(r, "A", "1");
	assert_env(r, "B", "2");
	assert_env(r, "D", NULL);
	config_end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("env");
	TCase *t = tcase_create("env");

	tcase_add_test(t, sets_and_passes);
	tcase_add_test(t, merges_by_name);
	suite_add_tcase(s, t);
	return site_run(s);
}
