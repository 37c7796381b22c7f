/* SPDX-License-Identifier: GPL-2.0-or-later */
/* storm.c - a guest that changes its own nodes in xenstore again and again: storm HOW GAP_US PATH... */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

#define MAX_CHILDREN 2000

/*
 * The connection has domain 0's rights, and a guest may not make nodes anew that domain 0 has
 * removed: each change is a transaction, which sees whether the node is still there.
 */
static bool change(struct xs_handle *xs, xs_transaction_t t, const char *how, const char *path,
		   unsigned int round)
{
	struct xs_permissions perms[4];
	unsigned int n;
	char child[512];

	if (strcmp(how, "write") == 0)
		return xs_write(xs, t, path, "1 want", 6);
	if (strcmp(how, "mkdir") == 0) {
		(void)snprintf(child, sizeof(child), "%s/%u", path, round % MAX_CHILDREN);
		return round / MAX_CHILDREN % 2 ? xs_rm(xs, t, child) : xs_mkdir(xs, t, child);
	}
	if (strcmp(how, "perms") == 0) {
		struct xs_permissions *now = xs_get_permissions(xs, t, path, &n);

		if (!now)
			return false;
		perms[0] = now[0];
		perms[0].perms = round % 2 ? XS_PERM_NONE : XS_PERM_READ;
		perms[1] = n > 1 ? now[1] : now[0];
		free(now);
		return xs_set_permissions(xs, t, path, perms, 2);
	}
	return false;
}

static void once(struct xs_handle *xs, const char *how, const char *path, unsigned int round)
{
	xs_transaction_t t = xs_transaction_start(xs);
	unsigned int len;
	char *value;
	bool done;

	if (t == XBT_NULL)
		exit(1);
	value = xs_read(xs, t, path, &len);
	done = value && change(xs, t, how, path, round);
	free(value);
	(void)xs_transaction_end(xs, t, !done);
}

int main(int argc, char **argv)
{
	struct xs_handle *xs = xs_open(0);
	unsigned long gap_us = argc < 4 ? 0 : strtoul(argv[2], NULL, 10);

	if (argc < 4 || !xs)
		return 2;
	for (unsigned int round = 0;; round++) {
		for (int i = 3; i < argc; i++)
			once(xs, argv[1], argv[i], round);
		if (gap_us)
			(void)usleep((useconds_t)gap_us);
	}
}
