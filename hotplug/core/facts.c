/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.c - clear the facts, and read links and notes with their errors. */
#include "hotplug/core/facts.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"

/* The long lists need no clearing: their lengths say what is valid. */
static void clear_network(struct xnm_network_facts *network)
{
	network->has_note = network->is_member = network->sysctls_hold = false;
	xnm_network_note_clear(&network->note);
}

static void clear_owned(struct xnm_owned_facts *owned)
{
	owned->has_note = owned->is_member = false;
	owned->bridge[0] = '\0';
	xnm_network_note_clear(&owned->note);
	owned->kept.n = owned->claimed.n = 0;
}

static void clear_filter(struct xnm_filter_facts *filter)
{
	filter->known = false;
	memset(&filter->now, 0, sizeof(filter->now));
	memset(filter->table, 0, sizeof(filter->table));
	memset(filter->vif_lost, 0, sizeof(filter->vif_lost));
	memset(filter->network_lost, 0, sizeof(filter->network_lost));
	memset(filter->owned_lost, 0, sizeof(filter->owned_lost));
	filter->heirs.n = 0;
	filter->heirs.full = false;
}

void xnm_facts_clear(struct xnm_facts *facts)
{
	/* untouched static memory is zero: do not fault its pages in */
	if (!facts->is_used) {
		facts->is_used = true;
		return;
	}
	facts->dir = NULL;
	facts->store = NULL;
	facts->has_note = false;
	xnm_vif_note_clear(&facts->note);
	memset(&facts->guest, 0, sizeof(facts->guest));
	memset(&facts->device, 0, sizeof(facts->device));
	memset(&facts->bridge, 0, sizeof(facts->bridge));
	memset(&facts->address, 0, sizeof(facts->address));
	memset(&facts->foreign, 0, sizeof(facts->foreign));
	memset(&facts->dnsmasq, 0, sizeof(facts->dnsmasq));
	memset(&facts->routed, 0, sizeof(facts->routed));
	memset(&facts->fastpath, 0, sizeof(facts->fastpath));
	xnm_shape_facts_clear(&facts->shape);
	facts->guestinfo.is_denied = facts->guestinfo.is_there = false;
	clear_network(&facts->network);
	clear_owned(&facts->owned);
	clear_filter(&facts->filter);
	facts->uplink.n = facts->uplink.slots.n = 0;
	facts->classes.n = 0;
}

int xnm_facts_link_error(struct xnm_rtnl *rtnl, int rc, const char *name, struct xnm_err *err)
{
	return xnm_fail(err, rc, "cannot read the state of %s: %s", name, xnm_rtnl_reason(rtnl));
}

int xnm_facts_note_error(int rc, const char *folder, const char *name, struct xnm_err *err)
{
	return xnm_fail(err, rc,
			"cannot read the note %s/%s/%s: %s; repair it, or delete it if nothing "
			"that it lists exists any more",
			xnm_run_dir_path(), folder, name, strerror(-rc));
}

int xnm_facts_link(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link,
		   struct xnm_err *err)
{
	int rc = xnm_link_get(rtnl, name, link);

	return rc && rc != -ENODEV ? xnm_facts_link_error(rtnl, rc, name, err) : 0;
}
