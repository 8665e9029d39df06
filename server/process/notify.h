/*
 * notify.h - tell the service manager how the server is doing; sd_notify(3).
 */
#ifndef PROCESS_NOTIFY_H
#define PROCESS_NOTIFY_H

/* Lines like "READY=1\nSTATUS=Serving"; nothing happens without a manager that
 * wants to know (NOTIFY_SOCKET). */
void	notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
