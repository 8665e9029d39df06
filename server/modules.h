/*
 * modules.h - where the command line finds the table of features.
 */
#ifndef MODULES_H
#define MODULES_H

#include "conf/module.h"

extern struct module *const features[];
extern const size_t n_features;

#endif
