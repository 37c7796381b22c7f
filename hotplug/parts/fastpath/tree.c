/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.c - change the fast path's nodes of one guest: one small transaction, and the nodes that the guest owns. */
#include "hotplug/parts/fastpath/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "hotplug/base/value.h"
#include "hotplug/xen/store.h"

/*
 * A transaction fails if a node that it has read or written is changed meanwhile. A guest owns its
 * chan/<peer>, and may change it at any time. So transactions never touch an existing one: they may
 * create chan/<peer>, which does not exist before, and it is removed outside of them. The other
 * nodes are changed only by the toolstack, when a guest starts or ends.
 */
#define MAX_TRIES 10
#define PATH_LEN  (XNM_FP_HOME_LEN + XNM_FP_NODE_LEN)

static void step_path(const struct xnm_fp_step *step, char out[PATH_LEN])
{
	char home[XNM_FP_HOME_LEN];

	xnm_fp_home(step->domid, home);
	(void)snprintf(out, PATH_LEN, "%s%s%s", home, step->node[0] ? "/" : "", step->node);
}

/* chan, and all below it. */
static bool is_guests(const struct xnm_fp_step *step)
{
	const size_t len = strlen(XNM_FP_NODE_CHANS);

	return strncmp(step->node, XNM_FP_NODE_CHANS, len) == 0 &&
	       (step->node[len] == '/' || !step->node[len]);
}

/* A tree that was removed must not be created again. */
static int check_domain(struct xnm_store *store, uint32_t domid)
{
	char name[12], text[8];
	int rc;

	(void)snprintf(name, sizeof(name), "%u", domid);
	rc = xnm_store_read(store, "/local/domain", name, text, sizeof(text));
	return rc == -EINVAL || rc == -E2BIG ? 0 : rc;
}

static void count_name(void *arg, const char *name)
{
	unsigned int *n = arg;

	(void)name;
	(*n)++;
}

/* A vif's folder may also have the guest's keys (guestinfo). */
static int remove_node(struct xnm_store *store, const char *path)
{
	char folder[PATH_LEN];
	unsigned int n = 0;
	char *slash;
	int rc = xnm_store_remove_all(store, path);

	(void)snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (rc || !slash || strcmp(slash, "/" XNM_FP_NODE_FASTPATH) != 0)
		return rc;
	*slash = '\0';
	rc = xnm_store_list(store, folder, count_name, &n);
	return rc == 0 && n == 0 ? xnm_store_remove_all(store, folder) : 0;
}

static int take_step(struct xnm_store *store, const struct xnm_fp_step *step)
{
	char home[XNM_FP_HOME_LEN], path[PATH_LEN];

	xnm_fp_home(step->domid, home);
	step_path(step, path);
	switch (step->action) {
	case XNM_FP_WRITE:
		return xnm_store_write(store, home, step->node, step->value);
	case XNM_FP_REMOVE:
		return remove_node(store, path);
	case XNM_FP_FOLDER:
		return xnm_store_make_for(store, path, step->domid);
	case XNM_FP_CHANNEL:
		return xnm_store_make_between(store, path, step->domid, step->reader);
	}
	return -ENOSYS;
}

/* Last of all: it tells a reader that the tree is complete. */
static int count_up(struct xnm_store *store, uint32_t domid)
{
	char home[XNM_FP_HOME_LEN], text[16];
	uint32_t generation;
	int rc;

	xnm_fp_home(domid, home);
	rc = xnm_store_read(store, home, XNM_FP_NODE_GEN, text, sizeof(text));
	if (rc == -ETIMEDOUT)
		return rc;
	if (rc || xnm_parse_u32(text, 0, UINT32_MAX - 1, &generation))
		generation = 0;
	(void)snprintf(text, sizeof(text), "%u", generation + 1);
	return xnm_store_write(store, home, XNM_FP_NODE_GEN, text);
}

static int take_steps(struct xnm_store *store, const struct xnm_fp_change *change, uint32_t domid)
{
	int rc = check_domain(store, domid);

	for (unsigned int i = 0; i < change->n && rc == 0; i++) {
		const struct xnm_fp_step *step = &change->steps[i];

		if (step->domid == domid && !(is_guests(step) && step->action == XNM_FP_REMOVE))
			rc = take_step(store, step);
	}
	return rc ? rc : count_up(store, domid);
}

/* The guest cannot create it again, as its parent belongs to domain 0. */
static int remove_channels(struct xnm_store *store, const struct xnm_fp_change *change,
			   uint32_t domid, enum xnm_fp_action action)
{
	char path[PATH_LEN];
	int rc = 0;

	for (unsigned int i = 0; i < change->n && rc == 0; i++) {
		const struct xnm_fp_step *step = &change->steps[i];

		if (step->domid != domid || step->action != action || !is_guests(step))
			continue;
		step_path(step, path);
		rc = xnm_store_remove_all(store, path);
	}
	return rc;
}

int apply_fp_tree(struct xnm_store *store, const struct xnm_fp_change *change, uint32_t domid)
{
	int rc = remove_channels(store, change, domid, XNM_FP_CHANNEL);

	if (rc)
		return rc;
	rc = -EAGAIN;
	for (int i = 0; rc == -EAGAIN && i < MAX_TRIES; i++) {
		rc = xnm_store_begin(store);
		if (rc)
			break;
		rc = take_steps(store, change, domid);
		if (rc)
			(void)xnm_store_end(store, false);
		else
			rc = xnm_store_end(store, true);
	}
	return rc;
}

int apply_fp_tree_channels(struct xnm_store *store, const struct xnm_fp_change *change,
			   uint32_t domid)
{
	return remove_channels(store, change, domid, XNM_FP_REMOVE);
}

int apply_fp_tree_clear(struct xnm_store *store, const struct xnm_fp_change *change, uint32_t domid)
{
	static const char *const nodes[] = { XNM_FP_NODE_VERSION, XNM_FP_NODE_INC,
					     XNM_FP_NODE_PEERS, XNM_FP_NODE_CHANS };
	char home[XNM_FP_HOME_LEN];
	int rc = 0;

	xnm_fp_home(domid, home);
	for (size_t i = 0; i < XNM_N_ELEMENTS(nodes) && rc == 0; i++)
		rc = xnm_store_remove(store, home, nodes[i]);
	for (unsigned int i = 0; i < change->n && rc == 0; i++) {
		const struct xnm_fp_step *step = &change->steps[i];

		if (step->domid == domid && step->action == XNM_FP_REMOVE)
			rc = take_step(store, step);
	}
	return rc;
}
