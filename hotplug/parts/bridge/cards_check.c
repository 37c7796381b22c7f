/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cards_check.c - decide which interfaces of the host can be in a bridge, before anything is touched. */
#include "hotplug/core/plan.h"
#include "hotplug/parts/bridge/plan.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/carry.h"

static int refuse(struct xnm_err *err, const struct xnm_network *network,
		  const struct xnm_link *link, int rc, const char *text)
{
	return xnm_fail(err, rc, "interfaces=%s of network %s: %s", link->name, network->name,
			text);
}

static int check_kind(const struct xnm_network *network, const struct xnm_facts *facts,
		      unsigned int i, struct xnm_err *err)
{
	const struct xnm_link *link = &facts->bridge.cards[i];

	if (link->loopback)
		return refuse(err, network, link, -EINVAL,
			      "the loopback device cannot be in a bridge; name a network card");
	if (facts->bridge.card_is_wireless[i])
		return refuse(
			err, network, link, -EOPNOTSUPP,
			"a wireless card cannot be in a bridge, as access points accept frames "
			"from its own MAC address only; make it an [uplink], and set forward=nat");
	if (link->master)
		return xnm_fail(err, -EBUSY,
				"interfaces=%s of network %s: it is a port of %s already; detach "
				"it first, as with 'ip link set %s nomaster'",
				link->name, network->name,
				facts->bridge.card_master[i][0] ? facts->bridge.card_master[i]
								: "another bridge",
				link->name);
	return 0;
}

static bool overlap(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return a->family == b->family && !xnm_cidr_is_link_local(a) &&
	       (xnm_cidr_within(a, b) || xnm_cidr_within(b, a));
}

/* Two addresses in one subnet are fine, but not with different prefix lengths. */
static int check_conflicts(const struct xnm_network *network, const struct xnm_facts *facts,
			   const struct xnm_link *link, struct xnm_err *err)
{
	char here[XNM_CIDR_TEXT_LEN], there[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < facts->bridge.carry->n_addresses; i++) {
		const struct xnm_cidr *cidr = &facts->bridge.carry->cidrs[i];

		for (unsigned int k = 0; k < network->n_addresses; k++) {
			const struct xnm_cidr *other = &network->addresses[k];

			if (!overlap(cidr, other) || cidr->prefix_len == other->prefix_len)
				continue;
			xnm_format_cidr(cidr, here);
			xnm_format_cidr(other, there);
			return xnm_fail(
				err, -EINVAL,
				"interfaces=%s of network %s: its address %s overlaps address=%s; "
				"give both the same prefix length, or use another subnet",
				link->name, network->name, here, there);
		}
	}
	return 0;
}

/* Checked before anything changes: the kernel would refuse only when all routes have moved, if at
 * all. */
static int check_upper(const struct xnm_network *network, const struct xnm_facts *facts,
		       const struct xnm_link *link, struct xnm_err *err)
{
	if (facts->bridge.upper[0] == '\0')
		return 0;
	if (facts->bridge.upper_takes_all)
		return xnm_fail(err, -EBUSY,
				"interfaces=%s of network %s: cannot attach %s to bridge %s: %s is "
				"a %s of it, which takes its frames; remove %s, or make it of "
				"another interface",
				link->name, network->name, link->name, network->bridge,
				facts->bridge.upper, facts->bridge.upper_kind, facts->bridge.upper);
	return xnm_fail(
		err, -EBUSY,
		"interfaces=%s of network %s: %s, a tunnel (%s), is bound to it, and a bridge port "
		"has no routes for the tunnel's packets; bind it to %s, or to no device",
		link->name, network->name, facts->bridge.upper, facts->bridge.upper_kind,
		network->bridge);
}

static int check_carry(const struct xnm_network *network, const struct xnm_facts *facts,
		       const struct xnm_link *link, struct xnm_err *err)
{
	if (facts->bridge.carry_refused[0])
		return xnm_fail(err, -EOPNOTSUPP,
				"interfaces=%s of network %s: its addresses and routes cannot move "
				"to the bridge: %s",
				link->name, network->name, facts->bridge.carry_refused);
	if (facts->bridge.link.ifindex && !facts->bridge.is_ours)
		return xnm_fail(
			err, -EBUSY,
			"interfaces=%s of network %s: it has addresses, but bridge %s was not made "
			"by xnm; move them to the bridge in the configuration that makes it",
			link->name, network->name, network->bridge);
	if (network->mtu_bytes > link->mtu_bytes)
		return xnm_fail(err, -EINVAL,
				"interfaces=%s of network %s: its MTU %u is smaller than mtu=%u; "
				"correct one of them",
				link->name, network->name, link->mtu_bytes, network->mtu_bytes);
	if (check_upper(network, facts, link, err))
		return -EBUSY;
	return check_conflicts(network, facts, link, err);
}

/* That program would give the interface the addresses again, or no longer renew its lease. */
static int check_manager(const struct xnm_network *network, const struct xnm_facts *facts,
			 unsigned int i, struct xnm_err *err)
{
	const struct xnm_link *link = &facts->bridge.cards[i];
	char text[256];

	if (facts->bridge.manager.kind == XNM_MANAGER_NONE || facts->bridge.managed != i)
		return 0;
	xnm_manager_say(&facts->bridge.manager, link->name, network->bridge, text, sizeof(text));
	return refuse(err, network, link, -EBUSY, text);
}

int xnm_check_interface(const struct xnm_network *network, const struct xnm_facts *facts,
			unsigned int i, struct xnm_err *err)
{
	const struct xnm_link *link = &facts->bridge.cards[i];
	const char *carries = facts->bridge.is_ours ? facts->bridge.note.carries : "";
	bool carried = facts->bridge.carry && facts->bridge.carry->ifindex == link->ifindex;
	bool attached = link->master && link->master == facts->bridge.link.ifindex;
	int rc = attached ? 0 : check_kind(network, facts, i, err);

	if (rc == 0)
		rc = check_manager(network, facts, i, err);
	if (rc || !facts->bridge.card_has_address[i])
		return rc;
	if (!carried ||
	    (carries[0] && strcmp(carries, link->name) != 0 && facts->bridge.n_dropped == 0))
		return xnm_fail(err, -EBUSY,
				"interfaces=%s of network %s: it has addresses, and so has %s; a "
				"bridge can take over the addresses of one interface only",
				link->name, network->name,
				carried ? carries : facts->bridge.carry->ifname);
	return check_carry(network, facts, link, err);
}
