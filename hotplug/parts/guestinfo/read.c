/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read the guest's present keys in xenstore, if any were written. */
#include "hotplug/core/facts.h"
#include "hotplug/parts/guestinfo/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/xen/store.h"

static void note_key(void *arg, const char *name)
{
	unsigned int *present = arg;

	for (unsigned int i = 0; i < XNM_N_TOLD; i++) {
		if (strcmp(name, xnm_told_names[i]) == 0)
			*present |= 1u << i;
	}
}

/* A value that xnm cannot have written just counts as different. */
static int read_value(struct xnm_store *store, const char *path, unsigned int key, char *out)
{
	int rc = xnm_store_read(store, path, xnm_told_names[key], out, XNM_TOLD_LEN);

	if (rc == -EINVAL || rc == -E2BIG)
		(void)snprintf(out, XNM_TOLD_LEN, "?");
	return rc == -ETIMEDOUT ? rc : 0;
}

static int read_all(struct xnm_facts *facts, struct xnm_store *store, const struct xnm_event *event,
		    struct xnm_err *err)
{
	char path[XNM_TOLD_PATH_LEN];
	unsigned int present = 0;
	int rc;

	if (xnm_event_is_tap(event) || !facts->note.guestinfo.told)
		return 0;
	xnm_told_path(event->domid, event->devid, path);
	rc = xnm_store_list(store, path, note_key, &present);
	/* a driver domain may neither read nor write it */
	facts->guestinfo.is_denied = rc == -EACCES;
	facts->guestinfo.is_there = rc == 0;
	for (unsigned int i = 0; i < XNM_N_TOLD && rc == 0; i++) {
		facts->guestinfo.told.value[i][0] = '\0';
		if (present & (1u << i))
			rc = read_value(store, path, i, facts->guestinfo.told.value[i]);
	}
	if (rc == 0 || rc == -ENOENT || rc == -EACCES)
		return 0;
	return xnm_fail(err, rc, "cannot read %s from xenstore: %s", path, strerror(-rc));
}

int guestinfo_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	(void)want;
	return read_all(facts, ctx->store, ctx->event, &ctx->err);
}
