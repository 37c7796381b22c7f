/* SPDX-License-Identifier: GPL-2.0-or-later */
/* give_up.c - before a reapply of all vifs: remove what the policy now gives to another network or guest. */
#include "hotplug/core/delete.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/run/give_up.h"
#include "hotplug/run/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/core/nft.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/allowed.h"
#include "hotplug/parts/conntrack/apply.h"
#include "hotplug/parts/filter/filter.h"

/*
 * Vifs are reapplied one by one. If two networks or guests swap an address of this host or an
 * element of a set, the first one could not get it while the second one has it. So first all that
 * the policy now gives to another one is removed, of all networks and guests, and then each of them
 * gets its own. In between nobody has it.
 */

struct wanted {
	unsigned int n, room;
	struct claim {
		struct xnm_element element;
		const struct xnm_network *network; /* the network that is to have it, or */
		const struct xnm_forward *forward; /* the port forward's guest */
	} * list;
};

struct give_up {
	struct xnm_ctx *ctx;
	const struct xnm_policy *policy;
	struct wanted wanted;
	struct xnm_elements gone; /* of one network or vif */
	int rc;
};

static int want(struct wanted *wanted, const struct xnm_elements *elements,
		const struct xnm_network *network, const struct xnm_forward *forward)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (wanted->n == wanted->room) {
			unsigned int room = wanted->room ? 2 * wanted->room : 256;
			struct claim *list =
				reallocarray(wanted->list, room, sizeof(*wanted->list));

			if (!list)
				return -ENOMEM;
			wanted->list = list;
			wanted->room = room;
		}
		wanted->list[wanted->n++] = (struct claim){ elements->list[i], network, forward };
	}
	return 0;
}

/* The elements of a port forward, whatever address its guest has. */
static int want_forward(struct wanted *wanted, const struct xnm_forward *forward)
{
	static const struct xnm_cidr targets[] = { { .family = AF_INET }, { .family = AF_INET6 } };
	static struct xnm_elements elements;

	elements.n = 0;
	elements.full = false;
	for (unsigned int i = 0; i < XNM_N_ELEMENTS(targets); i++)
		xnm_filter_forward(&elements, forward, &targets[i]);
	return want(wanted, &elements, NULL, forward);
}

static int want_all(struct wanted *wanted, const struct xnm_policy *policy)
{
	static struct xnm_elements elements;
	struct xnm_err err;
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < policy->n_networks; i++) {
		/* if they are too many, the plan will report it */
		if (xnm_filter_network(&elements, &policy->networks[i], policy, &err) == 0)
			rc = want(wanted, &elements, &policy->networks[i], NULL);
	}
	for (unsigned int i = 0; rc == 0 && i < policy->n_forwards; i++) {
		if (!policy->forwards[i].target_is_address)
			rc = want_forward(wanted, &policy->forwards[i]);
	}
	return rc;
}

/* Whether both elements cannot be in a set together. */
static bool exclude(const struct xnm_element *a, const struct xnm_element *b)
{
	const uint8_t *fields = xnm_sets[a->set].key;
	unsigned int at = 0;

	if (a->set != b->set)
		return false;
	for (unsigned int i = 0; i < XNM_MAX_FIELDS && fields[i]; i++) {
		unsigned int len = xnm_datatype_size(fields[i]);

		if (memcmp(a->key + at, b->end + at, len) > 0 ||
		    memcmp(b->key + at, a->end + at, len) > 0)
			return false;
		at += (len + 3) & ~3u;
	}
	return true;
}

static bool is_subnet(const struct xnm_element *element)
{
	return element->set == XNM_SET_SUBNETS4 || element->set == XNM_SET_SUBNETS6 ||
	       element->set == XNM_SET_LOCAL4 || element->set == XNM_SET_LOCAL6;
}

static bool is_network_lost(const struct give_up *give_up, const struct xnm_element *element,
			    const struct xnm_network *network)
{
	const struct wanted *wanted = &give_up->wanted;
	/* a routed guest may have a part of it */
	bool lost = is_subnet(element);

	for (unsigned int i = 0; i < wanted->n; i++) {
		const struct claim *claim = &wanted->list[i];

		/* an equal element does not conflict */
		if (claim->network && xnm_element_equal(&claim->element, element))
			return false;
		lost |= claim->network != network && exclude(&claim->element, element);
	}
	return lost;
}

/* Only these elements do not contain the vif's name. */
static bool is_vif_lost(const struct give_up *give_up, const struct xnm_element *element,
			const struct xnm_vif_note *state)
{
	const struct wanted *wanted = &give_up->wanted;
	bool may_be = xnm_is_forward(element) || is_subnet(element);

	for (unsigned int i = 0; may_be && i < wanted->n; i++) {
		const struct claim *claim = &wanted->list[i];
		const struct xnm_forward *forward = claim->forward;

		if (!exclude(&claim->element, element))
			continue;
		if (!forward || strcmp(forward->target_domain, state->domain_name) != 0 ||
		    (forward->has_target_devid && forward->target_devid != state->devid))
			return true;
	}
	return false;
}

/* network: the elements' network; NULL: a vif's. */
static int end_elements(struct give_up *give_up, const char *network)
{
	struct xnm_ctx *ctx = give_up->ctx;
	const struct xnm_elements *gone = &give_up->gone;
	int rc = apply_open_nft(ctx);

	if (rc == 0)
		rc = network ? apply_delete_networks(ctx, gone, network)
			     : apply_delete_elements(ctx, gone->list, gone->n);
	/* a missing element cannot conflict */
	if (rc == -ENOENT)
		rc = 0;
	return rc ? rc : apply_purge(ctx, NULL, gone->list, gone->n);
}

/* Moves the lost elements from elements to the deleted ones. */
static void keep(struct give_up *give_up, struct xnm_elements *elements, unsigned int i,
		 unsigned int *n, bool lost)
{
	struct xnm_elements *gone = &give_up->gone;

	if (lost && gone->n < XNM_MAX_ELEMENTS)
		gone->list[gone->n++] = elements->list[i];
	else
		elements->list[(*n)++] = elements->list[i];
}

static int clean_note(struct give_up *give_up, const struct xnm_network *network)
{
	static struct xnm_network_note note;
	struct xnm_ctx *ctx = give_up->ctx;
	unsigned int n = 0;
	int rc;

	if (xnm_network_note_read(&ctx->dir, network->name, &note))
		return 0;
	give_up->gone.n = 0;
	for (unsigned int i = 0; i < note.elements.n; i++)
		keep(give_up, &note.elements, i, &n,
		     is_network_lost(give_up, &note.elements.list[i], network));
	if (give_up->gone.n == 0)
		return 0;
	note.elements.n = n;
	rc = xnm_network_note_write(&ctx->dir, network->name, &note);
	if (rc == 0)
		rc = end_elements(give_up, network->name);
	if (rc == 0 && note.is_sent)
		xnm_network_note_sent(&ctx->dir, network->name);
	return rc;
}

static void clean_network(struct give_up *give_up, const struct xnm_network *network)
{
	struct xnm_ctx *ctx = give_up->ctx;
	bool bridged = network->backend == XNM_BACKEND_BRIDGE;
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_NETWORK,
			  bridged ? network->bridge : network->name, XNM_SHARED_LOCK_TIMEOUT_MS);

	if (rc == 0) {
		rc = clean_note(give_up, network);
		xnm_unlock(&ctx->dir.locks, XNM_LOCK_NETWORK);
	}
	if (rc)
		xnm_log_warning("network %s keeps elements that the policy now gives to others: %s",
				network->name, strerror(-rc));
	give_up->rc |= rc;
}

static int clean_state(struct give_up *give_up, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct xnm_ctx *ctx = give_up->ctx;
	int rc;

	if (xnm_vif_note_read(&ctx->dir, domid, devid, &state))
		return 0;
	give_up->gone.n = 0;
	for (int tap = 0; tap < 2; tap++) {
		struct xnm_elements *elements = &state.filter.elements[tap];
		unsigned int n = 0;

		for (unsigned int i = 0; i < elements->n; i++)
			keep(give_up, elements, i, &n,
			     is_vif_lost(give_up, &elements->list[i], &state));
		elements->n = n;
	}
	if (give_up->gone.n == 0)
		return 0;
	rc = xnm_vif_note_write(&ctx->dir, &state);
	return rc ? rc : end_elements(give_up, NULL);
}

static int clean_vif(void *arg, uint32_t domid, uint32_t devid)
{
	struct give_up *give_up = arg;
	struct xnm_ctx *ctx = give_up->ctx;
	int rc = xnm_lock_vif(&ctx->dir.locks, domid, devid, XNM_LOCK_TIMEOUT_MS);

	if (rc == 0) {
		rc = clean_state(give_up, domid, devid);
		xnm_unlock(&ctx->dir.locks, XNM_LOCK_VIF);
	}
	if (rc)
		xnm_log_warning("vif%u.%u keeps elements that the policy now gives to others: %s",
				domid, devid, strerror(-rc));
	give_up->rc |= rc;
	return 0;
}

static void clean_elements(struct give_up *give_up)
{
	const struct xnm_policy *policy = give_up->policy;

	give_up->rc = want_all(&give_up->wanted, policy);
	for (unsigned int i = 0; give_up->rc == 0 && i < policy->n_networks; i++)
		clean_network(give_up, &policy->networks[i]);
	if (give_up->rc == 0)
		(void)xnm_vif_note_each(&give_up->ctx->dir, clean_vif, give_up);
}

int xnm_run_give_up(const struct xnm_policy *policy)
{
	static struct give_up give_up;
	struct xnm_ctx ctx = { .parts = xnm_parts, .dir = XNM_RUN_DIR_CLOSED, .policy = policy };
	int rc;

	give_up.ctx = &ctx;
	give_up.policy = policy;
	rc = xnm_rtnl_open(&ctx.rtnl);
	if (rc == 0)
		rc = xnm_run_dir_open(&ctx.dir, xnm_run_dir_path(), false);
	if (rc)
		xnm_log_warning("cannot find out what the policy now gives to others: %s",
				strerror(-rc));
	if (rc == 0) {
		clean_elements(&give_up);
		rc = give_up.rc | xnm_give_up_addresses(&ctx);
	}
	free(give_up.wanted.list);
	memset(&give_up.wanted, 0, sizeof(give_up.wanted));
	give_up.ctx = NULL;
	xnm_rtnl_close(ctx.rtnl);
	xnm_nft_close(ctx.nft);
	xnm_run_dir_close(&ctx.dir);
	return rc;
}
