/* SPDX-License-Identifier: GPL-2.0-or-later */
/* delete.c - delete elements that are noted, but for those that another network has noted, too. */
#include "hotplug/core/delete.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/elements/elements.h"
#include "hotplug/core/nft.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/network.h"

/* Deletes the drop counters of a vif with its elements. */
static void forget_drops(struct xnm_nft *nft, const struct xnm_element *element)
{
	bool bridge = xnm_element_table(element) == XNM_TABLE_BRIDGE;
	unsigned int where = element->set == XNM_SET_BRIDGE_ISOLATED ? XNM_DROPS_BRIDGE_TO
			     : bridge				     ? XNM_DROPS_BRIDGE
								     : XNM_DROPS_INET;
	enum xnm_set_id set = bridge ? XNM_SET_BRIDGE_DROPS : XNM_SET_INET_DROPS;

	for (unsigned int i = 0; i < xnm_n_drop_reasons; i++) {
		const struct xnm_drop_reason *reason = &xnm_drop_reasons[i];
		struct xnm_element drops = { .set = (uint8_t)set };

		if (!(reason->where & where))
			continue;
		memcpy(drops.key, element->key, IFNAMSIZ);
		memcpy(drops.key + IFNAMSIZ, reason->name, strlen(reason->name));
		memcpy(drops.end, drops.key, sizeof(drops.end));
		xnm_nft_del_element(nft, &drops);
	}
}

static bool has_drops(const struct xnm_element *element)
{
	return element->set == XNM_SET_BRIDGE_GUARD || element->set == XNM_SET_INET_GUARD ||
	       element->set == XNM_SET_BRIDGE_ISOLATED || element->set == XNM_SET_INSIDE ||
	       element->set == XNM_SET_LOCALNET || element->set == XNM_SET_BRIDGE_UNHEARD ||
	       element->set == XNM_SET_INET_UNHEARD;
}

/* For each element to be deleted: whether another network has noted it, too. */
static bool is_anothers[XNM_MAX_CHANGES];

struct look {
	struct xnm_ctx *ctx;
	const struct xnm_element *list;
	unsigned int first, n;
	const char *but; /* the network that is being removed; NULL: none */
};

static int look_at_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	const struct look *look = arg;

	if (xnm_network_is_device(network) || (look->but && strcmp(network, look->but) == 0) ||
	    xnm_network_note_read(&look->ctx->dir, network, &note))
		return 0;
	for (unsigned int i = look->first; i < look->n; i++)
		is_anothers[i] =
			is_anothers[i] || xnm_elements_have(&note.elements, &look->list[i]);
	return 0;
}

/* Fills is_anothers. The elements before first are a vif's, which no network notes. */
void delete_find_anothers(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int first,
			  unsigned int n, const char *but)
{
	struct look look = { ctx, list, first, n < XNM_MAX_CHANGES ? n : XNM_MAX_CHANGES, but };

	memset(is_anothers, 0, sizeof(is_anothers));
	if (first < look.n)
		(void)xnm_network_note_each(&ctx->dir, look_at_network, &look);
}

void delete_put(struct xnm_nft *nft, const struct xnm_element *list, unsigned int n,
		enum xnm_table table)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_element_table(&list[i]) != table || (i < XNM_MAX_CHANGES && is_anothers[i]))
			continue;
		if (has_drops(&list[i]))
			forget_drops(nft, &list[i]);
		xnm_nft_del_element(nft, &list[i]);
	}
}

/* Deletes all elements except those in is_anothers. */
int delete_send(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n)
{
	int first = 0;

	for (int table = 0; table < XNM_N_TABLES; table++) {
		bool any = false;
		int rc;

		for (unsigned int i = 0; i < n && !any; i++)
			any = xnm_element_table(&list[i]) == (enum xnm_table)table;
		if (!any)
			continue;
		xnm_nft_begin(ctx->nft, 0);
		delete_put(ctx->nft, list, n, (enum xnm_table)table);
		rc = apply_commit(ctx);
		if (rc && rc != -ENOENT)
			first = first ? first : rc;
	}
	return first;
}

int apply_delete_elements(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n)
{
	delete_find_anothers(ctx, list, n, n, NULL);
	return delete_send(ctx, list, n);
}

int apply_delete_networks(struct xnm_ctx *ctx, const struct xnm_elements *elements,
			  const char *network)
{
	delete_find_anothers(ctx, elements->list, 0, elements->n, network);
	return delete_send(ctx, elements->list, elements->n);
}

/* Deletes the drop counters of "outside", which all networks share. */
void apply_forget_outside(struct xnm_ctx *ctx)
{
	xnm_nft_begin(ctx->nft, 0);
	for (unsigned int i = 0; i < xnm_n_drop_reasons; i++) {
		struct xnm_element drops = { .set = XNM_SET_INET_DROPS };

		if (!(xnm_drop_reasons[i].where & XNM_DROPS_OUTSIDE))
			continue;
		xnm_key_ifname(&drops, 0, "outside");
		xnm_key_ifname(&drops, 1, xnm_drop_reasons[i].name);
		xnm_nft_del_element(ctx->nft, &drops);
	}
	(void)apply_commit(ctx);
}
