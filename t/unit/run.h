/*
 * run.h - for unit tests: a suite of one case, run to the exit status.
 */
#ifndef UNIT_RUN_H
#define UNIT_RUN_H

#include <check.h>

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static inline int
run_case(const char *name, TCase *tc)
{
	Suite *s = suite_create(name);
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}

#endif
