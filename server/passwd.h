/*
 * passwd.h - "forkful passwd": what htpasswd and htdigest do, with the same
 * options, messages and exit codes.
 */
#ifndef PASSWD_H
#define PASSWD_H

/*
 * When the program was called by the name htpasswd or htdigest, or as "forkful
 * passwd" (htdigest with "--digest" behind it), be that program.  Its exit
 * status, or -1: something else is meant.
 */
int	passwd_main(int argc, char **argv);
/* htdigest; argv[0] is what to call it. */
int	passdigest_main(int argc, char **argv);

#endif
