/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read whether nftables still has our tables and the noted elements. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/generation.h"
#include "hotplug/parts/filter/read.h"
#include "policy/sections/classes.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/plan.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/filter/ruleset.h"
#include "hotplug/parts/filter/stages.h"

static int nft_error(const struct xnm_nft *nft, int rc, struct xnm_err *err)
{
	const char *reason = xnm_nft_reason(nft)[0] ? xnm_nft_reason(nft) : strerror(-rc);

	return xnm_fail(err, rc,
			"cannot read nftables: %s; the kernel needs CONFIG_NF_TABLES, "
			"CONFIG_NF_TABLES_BRIDGE and CONFIG_NF_TABLES_INET",
			reason);
}

static int read_tables(struct xnm_filter_facts *filter, struct xnm_nft *nft, bool unchanged,
		       const struct xnm_want *want, struct xnm_err *err)
{
	static const char *const families[] = { "bridge", "inet" };

	for (int i = 0; i < XNM_N_TABLES; i++) {
		bool ours = true;
		int rc =
			xnm_ruleset_check(nft, (enum xnm_table)i, want->policy,
					  xnm_filter_dscps(want, (enum xnm_table)i), !unchanged,
					  &filter->table[i].exists, &filter->table[i].whole, &ours);

		if (rc)
			return nft_error(nft, rc, err);
		if (!ours)
			return xnm_fail(
				err, -EEXIST,
				"table %s " XNM_NFT_TABLE
				" is there and was not made by xnm: rename it, or delete it "
				"with 'nft delete table %s " XNM_NFT_TABLE "'",
				families[i], families[i]);
	}
	return 0;
}

/* Which elements of a list another program has deleted. */
static int find_lost(struct xnm_nft *nft, const struct xnm_elements *elements, bool *lost)
{
	static bool present[XNM_MAX_ELEMENTS];
	int rc;

	rc = xnm_nft_find_elements(nft, elements->list, elements->n, present);
	for (unsigned int i = 0; rc == 0 && i < elements->n; i++)
		lost[i] = !present[i];
	return rc;
}

static int find_lost_of(struct xnm_nft *nft, const struct xnm_filter_facts *filter,
			const struct xnm_network_note *note, bool *lost)
{
	if (filter->now.is_unchanged && note->is_sent)
		return 0;
	return find_lost(nft, &note->elements, lost);
}

/*
 * Elements with the device's name that are not noted, as when notes were lost, are treated as
 * noted, so that unwanted ones are deleted.
 */
static int find_strays(struct xnm_facts *facts, struct xnm_nft *nft, const struct xnm_want *want,
		       bool tap)
{
	static struct xnm_elements guards;
	bool present[2] = { false, false };
	int rc;

	if (facts->has_note)
		return 0;
	guards.n = 0;
	xnm_key_ifname(xnm_elements_add(&guards, XNM_SET_BRIDGE_GUARD), 0, want->device.name);
	xnm_key_ifname(xnm_elements_add(&guards, XNM_SET_INET_GUARD), 0, want->device.name);
	rc = xnm_nft_find_elements(nft, guards.list, guards.n, present);
	if (rc == 0 && (present[0] || present[1]))
		rc = xnm_nft_read_device(nft, want->device.name, &facts->note.filter.elements[tap]);
	return rc;
}

int xnm_facts_filter(struct xnm_facts *facts, struct xnm_nft *nft, const struct xnm_run_dir *dir,
		     const struct xnm_event *event, const struct xnm_want *want,
		     struct xnm_err *err)
{
	struct xnm_filter_facts *filter = &facts->filter;
	const struct xnm_elements *mine = &facts->note.filter.elements[xnm_event_is_tap(event)];
	int rc;

	rc = xnm_nft_now(dir, nft, &filter->now);
	if (rc)
		return nft_error(nft, rc, err);
	filter->known = true;
	rc = read_tables(filter, nft, filter->now.is_unchanged, want, err);
	if (rc)
		return rc;
	/* there were no notes before, so old tables may have any elements */
	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (!filter->now.was_made ||
		    (!filter->now.is_unchanged && filter->table[i].whole &&
		     xnm_nft_is_other(dir, (enum xnm_table)i,
				      xnm_ruleset_digest(nft, (enum xnm_table)i))))
			filter->table[i].whole = false;
	}
	rc = find_strays(facts, nft, want, xnm_event_is_tap(event));
	if (rc)
		return nft_error(nft, rc, err);
	/* elements that a killed run has noted but not sent do not show in the generation */
	rc = find_lost(nft, mine, filter->vif_lost);
	if (rc == 0 && facts->network.has_note)
		rc = find_lost_of(nft, filter, &facts->network.note, filter->network_lost);
	if (rc == 0 && facts->owned.has_note)
		rc = find_lost_of(nft, filter, &facts->owned.note, filter->owned_lost);
	return rc ? nft_error(nft, rc, err) : 0;
}

/* Whether this vif needs nftables at all. */
static bool needs_filter(const struct xnm_facts *facts, const struct xnm_want *want)
{
	uint32_t mark;

	return (want->attach &&
		(want->filter.locked || want->network || want->address.n || want->classes.n ||
		 xnm_vif_dscp(want->policy, want->section, &mark) ||
		 xnm_vif_pcp(want->policy, want->section, &mark) ||
		 want->bridge.port.value & XNM_PORT_ISOLATED)) ||
	       facts->note.filter.elements[0].n || facts->note.filter.elements[1].n;
}

int filter_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc;

	if (!needs_filter(facts, want))
		return 0;
	rc = ctx->nft ? 0 : xnm_nft_open(&ctx->nft);
	if (rc)
		return xnm_fail(&ctx->err, rc,
				"cannot filter what %s sends: %s; the kernel needs "
				"CONFIG_NF_TABLES, or the policy locking-mode=unlocked",
				ctx->event->vif, strerror(-rc));
	return xnm_facts_filter(facts, ctx->nft, &ctx->dir, ctx->event, want, &ctx->err);
}

/* Without a note: reads the elements with the device's present and first name. */
int filter_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	struct xnm_elements *strays = &facts->note.filter.elements[xnm_event_is_tap(ctx->event)];
	const char *kernel_name = xnm_event_device(ctx->event);
	const struct xnm_link *device = &facts->device.link;

	if (facts->has_note || (!ctx->nft && xnm_nft_open(&ctx->nft)))
		return 0;
	(void)xnm_nft_read_device(ctx->nft, kernel_name, strays);
	if (device->ifindex && strcmp(device->name, kernel_name) != 0)
		(void)xnm_nft_read_device(ctx->nft, device->name, strays);
	return 0;
}
