/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_core.h - the connection to xenstored, for the files of this folder only. */
#ifndef XNM_STORE_CORE_H
#define XNM_STORE_CORE_H

#include "hotplug/xen/store.h"

#include <xenstore.h>

/*
 * libxenstore reads its socket without a limit and starts again after EINTR.
 * What ends such a read is an end of file: when the time is over, the signal
 * handler puts /dev/null in the place of the connection.
 */
struct xnm_store {
	struct xs_handle *handle;
	int fd; /* the connection inside handle */
	unsigned int timeout_s;
	xs_transaction_t transaction; /* XBT_NULL outside of one */
	xs_transaction_t look; /* see store_busy.c */
};

/* These two run the timer during every request to xenstored. */
void store_start_clock(void);
void store_stop_clock(void);
/* Gives the connection its whole time again, as when it was opened. */
void store_refill_clock(const struct xnm_store *store);

/* The error of the last request as -errno; -ETIMEDOUT if the time was over. */
int store_error(void);

#endif
