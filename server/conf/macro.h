/*
 * macro.h - <Macro>, Use and UndefMacro, as a module: Apache's mod_macro.
 *
 * A macro's lines are kept as they are written.  Where it is used, they are
 * read with each parameter replaced by its argument; the places of what is
 * wrong with them name both the use and the line of the macro.
 */
#ifndef CONF_MACRO_H
#define CONF_MACRO_H

#include "conf/module.h"

extern struct module mod_macro;

#endif
