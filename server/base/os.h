/*
 * os.h - the room for what differs between systems.
 *
 * Linux's calls where configure found them, POSIX ways beside them with the
 * same contract: pipes and sockets in os_fd.c, files in os_file.c, programs in
 * os_start.c, the process and the machine in os.c.  All fds made here are
 * close-on-exec.  Errors: -1 with errno unless said otherwise.
 */
#ifndef BASE_OS_H
#define BASE_OS_H

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <dirent.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct confine;

/* Both ends non-blocking and close-on-exec. */
int	os_pipe(int ends[2]);
/* For a program: only ends[ours] is non-blocking. */
int	os_pipe_shared(int ends[2], int ours);
/* Let a pipe hold about n bytes, if the system can; no matter if not. */
void	os_pipe_grow(int fd, size_t n);
/* How many bytes wait in a pipe; 0 where the system does not tell. */
size_t	os_pipe_filled(int fd);
int	os_nonblock(int fd, bool on);
/* accept(2) into a non-blocking, close-on-exec fd. */
int	os_accept(int fd, struct sockaddr *addr, socklen_t *n);
/* A listening-ready TCP socket: non-blocking, close-on-exec, SO_REUSEADDR,
 * IPV6_V6ONLY for IPv6, TCP_NODELAY (inherited by accepted sockets). */
int	os_tcp_socket(int family);
/* Wake the acceptor only when data came, where the system can. */
void	os_defer_accept(int fd, int seconds);

/* Send up to n bytes of file at *offset to the socket; advances *offset.  Bytes
 * sent, 0 when the file ended early, -1 with errno (EAGAIN: socket full). */
ssize_t	os_sendfile(int socket, int file, off_t *offset, size_t n);

/* What a full segment of this TCP connection carries now, in bytes; 0 where the
 * system does not tell. */
size_t	os_segment(int socket);

/* How many bytes that were written to the socket its peer has not acknowledged
 * yet; 0 where the system does not tell. */
size_t	os_unsent(int socket);

/* How symbolic links are to be treated on the way to a file. */
enum os_links { OS_LINKS_FOLLOW, OS_LINKS_IF_OWNER, OS_LINKS_NONE };

/*
 * Open path, which must be absolute, for reading, never blocking on a FIFO and
 * never touching a device: only regular files and directories open (others:
 * ENXIO).  links holds for the components below the first root_n bytes of path
 * (the part that the administrator wrote); a refused link is EACCES, without a
 * race.  *st is filled for the very file that was opened.
 */
int	os_open_file(const char *path, size_t root_n, enum os_links links,
	    struct stat *st);
/* As os_open_file(), of a directory that is to be read; NULL with errno. */
DIR	*os_open_directory(const char *path, size_t root_n,
	    enum os_links links, struct stat *st);
/* As os_open_file(), but only to look: any kind of file, no read permission
 * needed, no fd.  0 or -1. */
int	os_stat_file(const char *path, size_t root_n, enum os_links links,
	    struct stat *st);
/* The same for what is called name in an open directory, links not followed. */
int	os_stat_entry(DIR *d, const char *name, struct stat *st);

/* n bytes of a file from offset, or as many as there are: how many; -1 with
 * errno. */
ssize_t	os_read_part(int fd, void *bytes, size_t n, off_t offset);

/* A fresh file in directory that has no name, or none any more, to be read and
 * written; only its holder can reach it. */
int	os_nameless_file(const char *directory);

/* A program to start.  All of it is prepared before; the child makes only
 * async-signal-safe calls. */
struct os_program {
	const char		*path;		/* what to exec; no search */
	char *const		*argv;
	char *const		*envp;
	const struct os_file	*file;		/* what path must still lead
						 * to; NULL: anything */
	const char		*directory;	/* NULL: stay */
	int			 in, out, err;	/* fds 0, 1, 2; -1: /dev/null */
	const struct os_limit	*limits;	/* n_limits of them */
	size_t			 n_limits;
	const struct confine	*confine;	/* NULL: as we are */
	const struct os_identity *as;		/* NULL: as we are */
	int			 directory_fd;	/* an fd in the place of
						 * directory; 0: none */
	int			 umask;		/* -1: as ours */
	int			 nice;		/* added; 0: as ours */
	bool			 outlives;	/* us: it is not killed */
};
/* The very file, whatever its name. */
struct os_file {
	dev_t		 dev;
	ino_t		 ino;
};
/* Another user, which only root can become. */
struct os_identity {
	uid_t		 uid;
	gid_t		 gid;
	const gid_t	*groups;		/* n_groups of them */
	size_t		 n_groups;
};
/* What is above our own hard limit becomes that one. */
struct os_limit {
	int		resource;		/* RLIMIT_... */
	struct rlimit	limit;
};

/*
 * Start it in a process group of its own, with default signal dispositions and
 * an empty mask, no fds but 0, 1, 2, and killed when this process dies where
 * the system can promise that (vfork underneath: cheap at any size).  Returns
 * the pid; -1 with errno when it could not be started, *step then names what
 * failed: "fork", "setuid", "chdir", "look", "setrlimit", "exec", or what
 * confine_enter() says.
 */
pid_t	os_start(const struct os_program *p, const char **step);

/* As fork(2), for a child that only computes: it has default signals, an empty
 * mask and no fds but 0, 1, 2 and keep, and is killed when this process dies
 * where the system can promise that.  The child must end with _exit(). */
pid_t	os_fork(int keep);

/* As fork(2), but in the new process all signals are blocked, until it can take
 * them. */
pid_t	os_fork_quietly(void);

/* Catch a signal here, or ignore it, but not in programs.  Nothing else may do
 * either in a process that starts some. */
void	os_catch(int signo, void (*handler)(int signo));
void	os_ignore(int signo);

/* Keep whatever fds the starter left open beside 0, 1 and 2 from programs that
 * are started later. */
void	os_keep_inherited(void);
/*
 * Take the processor for no longer than us microseconds at once, and therefore
 * get it sooner than those that take it for longer; where the system can.  0:
 * as others do.  It is for this process alone: what it starts later is as it
 * was before.
 */
void	os_short_turns(unsigned us);
/* Zeroed memory shared with all later children; NULL with errno. */
void	*os_shared(size_t n);
/* Become user and group for good, supplementary groups included.  Checks that
 * the way back is closed.  name may be NULL when uid has none. */
int	os_become(const char *name, uid_t uid, gid_t gid);
/* Ask to get sig when the parent dies, where the system can. */
void	os_die_with_parent(int sig);
/* n random bytes. */
void	os_random(void *p, size_t n);
/* Bytes of memory that the machine has. */
int64_t	os_memory(void);
/* Processors this process may run on; at least 1. */
int	os_processors(void);
/* The loads of the last 1, 5 and 15 minutes; zeroes where nobody knows. */
void	os_load_averages(double load[3]);
/* Raise the soft limit of open files to the hard one; the result.  Programs
 * started later get the old one back. */
long	os_open_files(void);
/* How many fds are open. */
long	os_fds_in_use(void);
/* Name the process for ps(1), where the system can. */
void	os_process_name(const char *name);
/* The system's ways that were compiled in: "EPOLL SENDFILE OPENAT2 VFORK". */
const char *os_features(void);

#endif
