/*
 * look.c - what the server's processes hold, from /proc.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

struct process {
	pid_t	pid, parent;
	char	state;
};

static bool
read_process(const char *pid, struct process *p)
{
	char path[64], line[512], *after;
	FILE *f;
	int parent;
	bool ok;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	ok = fgets(line, sizeof(line), f) != NULL &&
	    (after = strrchr(line, ')')) != NULL &&
	    sscanf(after + 1, " %c %d", &p->state, &parent) == 2;
	fclose(f);
	p->pid = (pid_t)atol(pid);
	p->parent = ok ? (pid_t)parent : 0;
	return ok;
}

static unsigned
count_fds(pid_t pid)
{
	char path[64];
	unsigned n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	d = opendir(path);
	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n > 2 ? n - 2 : 0;	/* . and .. */
}

static void
add_memory(pid_t pid, struct look *l)
{
	char path[64], line[128];
	unsigned long n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "Rss: %lu", &n) == 1)
			l->rss_kib += n;
		if (sscanf(line, "Pss: %lu", &n) == 1)
			l->pss_kib += n;
	}
	fclose(f);
}

static void
add_server(pid_t pid, struct look *l)
{
	unsigned fds = count_fds(pid);

	l->fds += fds;
	if (fds > l->fds_most)
		l->fds_most = fds;
	add_memory(pid, l);
}

static size_t
read_processes(struct process *p, size_t room)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (d != NULL && n < room && (e = readdir(d)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]) &&
		    read_process(e->d_name, &p[n]))
			n++;
	if (d != NULL)
		closedir(d);
	return n;
}

struct look
look_at(pid_t master)
{
	static struct process all[32768];
	size_t n = read_processes(all, sizeof(all) / sizeof(all[0])), i, j;
	struct look l = { 0 };

	add_server(master, &l);
	for (i = 0; i < n; i++) {
		if (all[i].parent != master)
			continue;
		if (all[i].state == 'Z') {
			l.zombies++;
			continue;
		}
		l.workers++;
		add_server(all[i].pid, &l);
		for (j = 0; j < n; j++)
			if (all[j].parent == all[i].pid) {
				l.zombies += all[j].state == 'Z';
				l.scripts += all[j].state != 'Z';
			}
	}
	return l;
}

void
look_heading(FILE *f)
{
	fprintf(f, "%9s %10s %8s %7s %7s %7s %6s %6s %8s %8s\n", "seconds",
	    "requests", "aborted", "workers", "scripts", "zombies", "fds",
	    "most", "RSS KiB", "PSS KiB");
}

void
look_print(FILE *f, const struct look *l, double seconds, long requests,
    long aborted)
{
	fprintf(f, "%9.1f %10ld %8ld %7u %7u %7u %6u %6u %8lu %8lu\n",
	    seconds, requests, aborted, l->workers, l->scripts, l->zombies,
	    l->fds, l->fds_most, l->rss_kib, l->pss_kib);
	fflush(f);
}
