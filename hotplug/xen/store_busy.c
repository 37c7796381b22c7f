/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_busy.c - find nodes of xenstore that somebody changes without a pause. */
#include "hotplug/xen/store_core.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Honest guests, when they connect, write each of their nodes a few times in all. */
#define ROUNDS	 5
#define ROUND_MS 20

/*
 * A transaction that has read a node fails if the node was changed meanwhile. These
 * transactions only find that out: nothing is written in them, and it does not matter
 * whether they succeed. Several may be open at the same time.
 */
static xs_transaction_t look_at(struct xnm_store *store, const struct xnm_store_nodes *nodes,
				unsigned int first, unsigned int n)
{
	xs_transaction_t look;
	unsigned int len;

	store_start_clock();
	look = xs_transaction_start(store->handle);
	for (unsigned int i = first; look != XBT_NULL && i < first + n; i++)
		free(xs_read(store->handle, look, nodes->path[i], &len));
	store_stop_clock();
	return look;
}

/* Ends the transaction without a change. Returns whether somebody has changed one of its nodes. */
static bool look_away(struct xnm_store *store, xs_transaction_t look)
{
	bool changed;

	if (look == XBT_NULL)
		return false;
	store_start_clock();
	changed = !xs_transaction_end(store->handle, look, false) && store_error() == -EAGAIN;
	store_stop_clock();
	return changed;
}

void xnm_store_look_begin(struct xnm_store *store, const struct xnm_store_nodes *nodes)
{
	store->look = nodes->n ? look_at(store, nodes, 0, nodes->n) : XBT_NULL;
}

bool xnm_store_look_end(struct xnm_store *store)
{
	bool changed = look_away(store, store->look);

	store->look = XBT_NULL;
	return changed;
}

bool xnm_store_find_busy(struct xnm_store *store, const struct xnm_store_nodes *nodes,
			 bool busy[XNM_STORE_MAX_NODES])
{
	static xs_transaction_t looks[XNM_STORE_MAX_NODES];
	const struct timespec pause = { .tv_nsec = ROUND_MS * 1000000L };
	unsigned int n_busy = nodes->n;

	for (unsigned int i = 0; i < nodes->n; i++)
		busy[i] = true;
	for (int round = 0; round < ROUNDS && n_busy; round++) {
		for (unsigned int i = 0; i < nodes->n; i++)
			looks[i] = busy[i] ? look_at(store, nodes, i, 1) : XBT_NULL;
		(void)nanosleep(&pause, NULL);
		n_busy = 0;
		for (unsigned int i = 0; i < nodes->n; i++) {
			busy[i] = look_away(store, looks[i]);
			n_busy += busy[i];
		}
	}
	return n_busy;
}
