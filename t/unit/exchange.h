/*
 * exchange.h - for unit tests: a request that is over, with much to tell.
 */
#ifndef UNIT_EXCHANGE_H
#define UNIT_EXCHANGE_H

#include "base/clock.h"

#include "site.h"

/* An exchange with something to tell in every corner. */
static inline struct request *
make_exchange(struct config *c)
{
	struct request *r = site_ask(c, "/a b");
	struct head *head = (struct head *)(uintptr_t)r->head;

	head->line = STR("GET /a%20b?q=\"1\" HTTP/1.1");
	r->has_query = true;
	r->query = STR("q=\"1\"");
	r->filename = "/srv/www/a b";
	r->handler = "cgi-script";
	r->status = 404;
	r->body_sent = 1234;
	r->bytes_in = 100;
	r->bytes_out = 1500;
	r->keep_going = true;
	r->client->answered = 3;
	r->user = STR("fr\"ed");
	r->started_us = INT64_C(1795380645012345);
	r->started_mono_us = clock_us_now() - 2500000;
	fields_add(&r->in, STR("Host"), STR("x.org"));
	fields_add(&r->in, STR("X-Two"), STR("1"));
	fields_add(&r->in, STR("X-Two"), STR("2"));
	fields_add(&r->in, STR("X-Bad"), STR("a\"b\\c\x01\xff"));
	fields_add(&r->in, STR("X-Empty"), STR(""));
	fields_add(&r->in, STR("Cookie"), STR("b=2; a=1; cc=x=y"));
	fields_add(&r->out, STR("Content-Type"), STR("text/html"));
	fields_add(&r->out_always, STR("Location"), STR("/x"));
	request_env_set(r, STR("VAR"), STR("value"));
	return r;
}

#endif
