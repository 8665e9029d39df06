/*
 * language.h - the configuration language's own words, as a module.
 *
 * Define, Include, LoadModule, <IfModule> and the like are rows as all others,
 * so that one table serves look-up, hints, <IfDirective> and the manual; they
 * are obeyed while the text is read (AT_ONCE).  The table of features names
 * this module first.  It stands for Apache's mod_so and mod_version too.
 */
#ifndef CONF_LANGUAGE_H
#define CONF_LANGUAGE_H

#include "conf/module.h"

/* <IfVersion> answers as this Apache: our level of compatibility. */
#define LANGUAGE_APACHE_VERSION	"2.4.71"

extern struct module mod_language;

#endif
