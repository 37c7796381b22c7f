/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read whether other programs' chains would drop the guest's packets, and our rules in them. */
#include "hotplug/core/facts.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/foreign.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/foreign/plan.h"
#include "hotplug/parts/foreign/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/log.h"
#include "hotplug/core/plan.h"
#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/kernel/sysctl.h"

#define MAX_TRIES 3

/* Whether br_netfilter passes bridged frames to iptables. If it is not loaded, these sysctls do not
 * exist, and the bridge's own flag has no effect. */
static void read_bridge(struct xnm_facts *facts)
{
	static const char *const paths[XNM_N_IP] = { "bridge/bridge-nf-call-iptables",
						     "bridge/bridge-nf-call-ip6tables" };
	uint32_t value = 0;

	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		if (xnm_sysctl_get(paths[ip], &value))
			return;
		facts->foreign.ip[ip].hears_bridges =
			value || facts->bridge.link.calls_iptables[ip];
	}
}

static int read_chain(struct xnm_facts *facts, struct xnm_nft *nft, const char *dev,
		      unsigned int ip)
{
	char *chain = facts->foreign.ip[ip].chain;
	uint8_t family = xnm_ip_families[ip];
	int rc = -EAGAIN;

	/* the chains may change while they are read */
	for (int i = 0; i < MAX_TRIES && rc == -EAGAIN; i++) {
		rc = xnm_nft_find_forward(nft, family, chain);
		if (rc == 0 && chain[0])
			rc = xnm_nft_read_through(nft, family, chain, dev,
						  &facts->foreign.ip[ip].rules);
	}
	return rc;
}

static void read_note(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		      const struct xnm_event *event, const char *dev)
{
	struct xnm_foreign_note note;
	char network[XNM_NAME_LEN];

	xnm_foreign_network(network, dev);
	facts->foreign.is_member = xnm_network_is_member(dir, network, event->domid, event->devid);
	(void)xnm_foreign_note_read(dir, dev, &note);
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++)
		memcpy(facts->foreign.ip[ip].noted, note.chain[ip], XNM_CHAIN_LEN);
}

static void read_chains(struct xnm_facts *facts, struct xnm_nft **nft,
			const struct xnm_run_dir *dir, const struct xnm_event *event,
			const struct xnm_want *want)
{
	const char *dev = xnm_through_device(want, facts);
	bool found = facts->note.foreign.devs[xnm_event_is_tap(event)][0] != '\0';
	int rc = 0;

	if (want->attach && want->backend != XNM_BACKEND_ROUTE)
		read_bridge(facts);
	for (unsigned int ip = 0; ip < XNM_N_IP && rc == 0; ip++) {
		if (!xnm_through_rules(want, facts, ip))
			continue;
		if (!*nft)
			rc = xnm_nft_open(nft);
		if (rc == 0)
			rc = read_chain(facts, *nft, dev, ip);
		found |= facts->foreign.ip[ip].chain[0] != '\0';
	}
	/* a host without nftables has no such chains */
	if (rc)
		xnm_log_debug("cannot read the chains of other firewalls: %s", strerror(-rc));
	facts->foreign.known = rc == 0;
	if (found && dev[0])
		read_note(facts, dir, event, dev);
}

int foreign_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	read_chains(facts, &ctx->nft, &ctx->dir, ctx->event, want);
	return 0;
}
