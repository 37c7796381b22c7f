/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.h - verbs toward xenstore: read checked values, write, list, remove. */
#ifndef XNM_STORE_H
#define XNM_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct xnm_store;

/*
 * Connects to xenstored, by its socket or through /dev/xen/xenbus. From here
 * on all conversation together may take timeout_s seconds; after that every
 * call answers -ETIMEDOUT. libxenstore itself waits without a limit.
 *
 * Returns 0 or -errno.
 */
int xnm_store_open(struct xnm_store **store, unsigned int timeout_s);
void xnm_store_close(struct xnm_store *store);

/*
 * Call these around many reads: the timer that limits them is then started once, and not
 * by each.
 */
void xnm_store_begin_row(void);
void xnm_store_end_row(void);

/*
 * Reads "dir/key" into out as a string. Xenstore values are counted bytes
 * that anybody with the right may have written: one with a NUL, or with a
 * byte that is not printable ASCII, is -EINVAL and one that does not fit is
 * -E2BIG; in both cases out holds a printable form of its beginning.
 *
 * Returns 0, -ENOENT, -EACCES, -EINVAL, -E2BIG, -ETIMEDOUT or another -errno.
 */
int xnm_store_read(struct xnm_store *store, const char *dir, const char *key, char *out,
		   size_t out_size);

int xnm_store_write(struct xnm_store *store, const char *dir, const char *key, const char *value);

/*
 * One transaction: all that is written, removed and made in between is seen at
 * once or not at all. end() with commit returns -EAGAIN when somebody else has
 * changed the same meanwhile: begin again.
 */
int xnm_store_begin(struct xnm_store *store);
int xnm_store_end(struct xnm_store *store, bool commit);

/* Makes a folder of domain 0 that only domid may read; so is what is made below it. */
int xnm_store_make_for(struct xnm_store *store, const char *path, unsigned int domid);

/*
 * Makes an empty node, in the place of one that is there, which owner may write and reader
 * may read.
 */
int xnm_store_make_between(struct xnm_store *store, const char *path, unsigned int owner,
			   unsigned int reader);

/* Removes path and all below it; that it is not there is success. */
int xnm_store_remove_all(struct xnm_store *store, const char *path);

/* Removes "dir/key"; that it is not there is success. */
int xnm_store_remove(struct xnm_store *store, const char *dir, const char *key);

/*
 * Calls fn for every child of path. Returns 0, -ENOENT when path does not
 * exist, or -errno.
 */
int xnm_store_list(struct xnm_store *store, const char *path,
		   void (*fn)(void *arg, const char *name), void *arg);

/* The nodes that xnm_store_look_begin() watches: guests may write them. */
#define XNM_STORE_MAX_NODES 192
struct xnm_store_nodes {
	unsigned int n;
	char path[XNM_STORE_MAX_NODES][64];
};

/*
 * Between begin and end, while other requests go on, xenstored notes whether anybody
 * changes one of the nodes: end returns that. find_busy takes up to 100 ms to find the
 * nodes that are changed every 20 ms all that time, and returns whether there is one.
 */
void xnm_store_look_begin(struct xnm_store *store, const struct xnm_store_nodes *nodes);
bool xnm_store_look_end(struct xnm_store *store);
bool xnm_store_find_busy(struct xnm_store *store, const struct xnm_store_nodes *nodes,
			 bool busy[XNM_STORE_MAX_NODES]);

/*
 * Watches path and all below it. wait returns when something there has changed, the first
 * time at once; requests to store may then take the whole time of xnm_store_open() again.
 * It also returns after a message on one of the other sockets, which it reads and drops.
 * Both return 0 or -errno.
 */
#define STORE_MAX_OTHERS 4
int xnm_store_watch(const char *path);
int xnm_store_wait(struct xnm_store *store, const int *others, unsigned int n_others);
void xnm_store_unwatch(void);

#endif
