/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - verbs toward xenstore: read checked values, write, list, remove. */
#include "hotplug/xen/store_core.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/base/value.h"

static struct xnm_store the_store = { .fd = -1 };
static int null_fd = -1;
static volatile sig_atomic_t timed_out;

static void on_alarm(int sig)
{
	bool again = timed_out;

	(void)sig;
	timed_out = 1;
	/*
	 * dup2() is async-signal-safe. It is called once: libxenstore closes a connection
	 * that has failed, and another file may get its number.
	 */
	if (!again && the_store.fd >= 0 && null_fd >= 0)
		(void)dup2(null_fd, the_store.fd);
}

/*
 * The time that is left for xenstore. The timer runs only while we talk to xenstore: the
 * kernel may need longer, to load modules for the first guest.
 */
static struct itimerval time_left;

/* How often the timer was started and not stopped: xnm_store_begin_row() keeps it running. */
static unsigned int clock_depth;

void store_start_clock(void)
{
	if (clock_depth++ == 0)
		(void)setitimer(ITIMER_REAL, &time_left, NULL);
}

void store_stop_clock(void)
{
	const struct itimerval none = { 0 };

	if (--clock_depth > 0)
		return;
	(void)setitimer(ITIMER_REAL, &none, &time_left);
	/* the time is over: the next request gets the least that is not "no timer" */
	if (time_left.it_value.tv_sec == 0 && time_left.it_value.tv_usec == 0)
		time_left.it_value.tv_usec = 1;
}

void store_refill_clock(const struct xnm_store *store)
{
	time_left = (struct itimerval){ .it_value.tv_sec = store->timeout_s };
}

int xnm_store_open(struct xnm_store **store, unsigned int timeout_s)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int error;

	*store = NULL;
	timed_out = 0;
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd < 0)
		return -errno;
	/* no other thread opens files: libxenstore's connection gets the lowest free number */
	the_store.fd = fcntl(null_fd, F_DUPFD_CLOEXEC, 0);
	if (the_store.fd >= 0)
		close(the_store.fd);
	sigaction(SIGALRM, &action, NULL);
	the_store.timeout_s = timeout_s;
	store_refill_clock(&the_store);
	store_start_clock();
	the_store.handle = xs_open(0);
	error = errno;
	store_stop_clock();
	if (!the_store.handle) {
		the_store.fd = -1;
		close(null_fd);
		null_fd = -1;
		return timed_out ? -ETIMEDOUT : -error;
	}
	*store = &the_store;
	return 0;
}

void xnm_store_close(struct xnm_store *store)
{
	if (!store)
		return;
	xs_close(store->handle);
	store->handle = NULL;
	store->fd = -1;
	close(null_fd);
	null_fd = -1;
}

void xnm_store_begin_row(void)
{
	store_start_clock();
}

void xnm_store_end_row(void)
{
	store_stop_clock();
}

int store_error(void)
{
	int error = errno;

	if (timed_out)
		return -ETIMEDOUT;
	return error > 0 ? -error : -EIO;
}

static int join_path(char *out, size_t out_size, const char *dir, const char *key)
{
	int len = snprintf(out, out_size, "%s/%s", dir, key);

	return len < 0 || (size_t)len >= out_size ? -ENAMETOOLONG : 0;
}

int xnm_store_read(struct xnm_store *store, const char *dir, const char *key, char *out,
		   size_t out_size)
{
	_cleanup_free_ char *value = NULL;
	char path[512];
	unsigned int len;
	int error;

	out[0] = '\0';
	if (join_path(path, sizeof(path), dir, key))
		return -ENAMETOOLONG;
	store_start_clock();
	value = xs_read(store->handle, store->transaction, path, &len);
	error = store_error();
	store_stop_clock();
	if (!value)
		return error;
	/* libxenstore ends what it returns with a NUL of its own */
	if (!xnm_text_ok(value, len)) {
		(void)xnm_printable(value, out, out_size);
		return -EINVAL;
	}
	if (len >= out_size) {
		(void)xnm_printable(value, out, out_size);
		return -E2BIG;
	}
	memcpy(out, value, len + 1);
	return 0;
}

int xnm_store_write(struct xnm_store *store, const char *dir, const char *key, const char *value)
{
	char path[512];
	int error = 0;

	if (join_path(path, sizeof(path), dir, key))
		return -ENAMETOOLONG;
	store_start_clock();
	if (!xs_write(store->handle, store->transaction, path, value, (unsigned int)strlen(value)))
		error = store_error();
	store_stop_clock();
	return error;
}

int xnm_store_remove_all(struct xnm_store *store, const char *path)
{
	int error = 0;

	store_start_clock();
	if (!xs_rm(store->handle, store->transaction, path) && errno != ENOENT)
		error = store_error();
	store_stop_clock();
	return error;
}

int xnm_store_remove(struct xnm_store *store, const char *dir, const char *key)
{
	char path[512];

	if (join_path(path, sizeof(path), dir, key))
		return -ENAMETOOLONG;
	return xnm_store_remove_all(store, path);
}

static int make(struct xnm_store *store, const char *path, unsigned int owner, unsigned int reader)
{
	struct xs_permissions perms[] = {
		{ .id = owner, .perms = XS_PERM_NONE },
		{ .id = reader, .perms = XS_PERM_READ },
	};
	int error = 0;

	store_start_clock();
	if (!xs_mkdir(store->handle, store->transaction, path) ||
	    !xs_set_permissions(store->handle, store->transaction, path, perms,
				XNM_N_ELEMENTS(perms)))
		error = store_error();
	store_stop_clock();
	return error;
}

int xnm_store_make_for(struct xnm_store *store, const char *path, unsigned int domid)
{
	return make(store, path, 0, domid);
}

int xnm_store_make_between(struct xnm_store *store, const char *path, unsigned int owner,
			   unsigned int reader)
{
	int rc = xnm_store_remove_all(store, path);

	return rc ? rc : make(store, path, owner, reader);
}

int xnm_store_begin(struct xnm_store *store)
{
	int error;

	store_start_clock();
	store->transaction = xs_transaction_start(store->handle);
	error = store_error();
	store_stop_clock();
	return store->transaction == XBT_NULL ? error : 0;
}

int xnm_store_end(struct xnm_store *store, bool commit)
{
	int error = 0;

	store_start_clock();
	if (!xs_transaction_end(store->handle, store->transaction, !commit))
		error = store_error();
	store_stop_clock();
	store->transaction = XBT_NULL;
	return error;
}

int xnm_store_list(struct xnm_store *store, const char *path,
		   void (*fn)(void *arg, const char *name), void *arg)
{
	_cleanup_free_ char **names = NULL;
	unsigned int n;
	int error;

	store_start_clock();
	names = xs_directory(store->handle, store->transaction, path, &n);
	error = store_error();
	store_stop_clock();
	if (!names)
		return error;
	for (unsigned int i = 0; i < n; i++)
		fn(arg, names[i]);
	return 0;
}
