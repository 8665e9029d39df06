/* version.h - the one place where the version stands; configure reads it. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define FORKFUL_VERSION "0.1.0"

#endif
