/*
 * check_status.c - reason phrases and kinds of status codes.
 */
#include <check.h>

#include "http/status.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static const struct {
	int		 status;
	const char	*reason;
} reasons[] = {
	{ 100, "Continue" },
	{ 200, "OK" },
	{ 206, "Partial Content" },
	{ 226, "IM Used" },
	{ 304, "Not Modified" },
	{ 404, "Not Found" },
	{ 431, "Request Header Fields Too Large" },
	{ 505, "HTTP Version Not Supported" },
	{ 511, "Network Authentication Required" },
	{ 199, "Informational" },
	{ 299, "Successful" },
	{ 306, "Redirection" },
	{ 418, "Client Error" },
	{ 599, "Server Error" },
};

START_TEST(reason_of_a_code)
{
	ck_assert(str_is(status_reason(reasons[_i].status),
	    reasons[_i].reason));
}
END_TEST

START_TEST(no_reason_outside)
{
	ck_assert_ptr_null(status_reason(99).at);
	ck_assert_ptr_null(status_reason(600).at);
	ck_assert_ptr_null(status_reason(-404).at);
}
END_TEST

START_TEST(kinds_of_codes)
{
	ck_assert(status_has_no_body(100) && status_has_no_body(199));
	ck_assert(status_has_no_body(204) && status_has_no_body(304));
	ck_assert(!status_has_no_body(200) && !status_has_no_body(205));
	ck_assert(!status_has_no_body(404));
	ck_assert(status_is_redirect(301) && status_is_redirect(308));
	ck_assert(!status_is_redirect(300) && !status_is_redirect(304));
	ck_assert(status_is_error(400) && status_is_error(599));
	ck_assert(!status_is_error(399) && !status_is_error(600));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("status");
	TCase *t = tcase_create("status");

	tcase_add_loop_test(t, reason_of_a_code, 0, COUNT(reasons));
	tcase_add_test(t, no_reason_outside);
	tcase_add_test(t, kinds_of_codes);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
