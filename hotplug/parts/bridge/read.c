/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read a network's bridge and the interfaces of the host that belong into it. */
#include "hotplug/core/facts.h"
#include "hotplug/parts/bridge/read.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hotplug/base/stable_mac.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"

/* Static and untouched as long as no interface has addresses. */
static struct xnm_carry the_carry, another_carry, the_carry_back;

/* rtnetlink does not say it: net/wireless/core.c, cfg80211_netdev_notifier_call() */
static bool is_wireless(const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/phy80211", name);
	return access(path, F_OK) == 0;
}

static int read_carry(struct xnm_facts *facts, struct xnm_rtnl *rtnl, unsigned int i,
		      struct xnm_err *err)
{
	struct xnm_carry *carry = facts->bridge.carry ? &another_carry : &the_carry;
	const struct xnm_link *link = &facts->bridge.cards[i];
	struct xnm_carry_upper upper;
	int rc = xnm_carry_read(rtnl, link->name, link->ifindex, carry);

	if (rc && rc != -E2BIG && rc != -EOPNOTSUPP)
		return xnm_facts_link_error(rtnl, rc, link->name, err);
	facts->bridge.card_has_address[i] = rc || xnm_carry_matters(carry);
	if (facts->bridge.carry || !facts->bridge.card_has_address[i])
		return 0;
	facts->bridge.carry = carry;
	if (rc)
		(void)snprintf(facts->bridge.carry_refused, sizeof(facts->bridge.carry_refused),
			       "%s", xnm_rtnl_reason(rtnl));
	if (link->master)
		return 0;
	rc = xnm_carry_upper(rtnl, link->ifindex, &upper);
	memcpy(facts->bridge.upper, upper.name, sizeof(facts->bridge.upper));
	memcpy(facts->bridge.upper_kind, upper.kind, sizeof(facts->bridge.upper_kind));
	facts->bridge.upper_takes_all = upper.takes_all;
	return rc ? xnm_facts_link_error(rtnl, rc, link->name, err) : 0;
}

/* Reads what is needed of an interface that is to be attached, or whose addresses are to move. */
static void read_manager(struct xnm_facts *facts, const struct xnm_network *network, unsigned int i)
{
	const struct xnm_link *link = &facts->bridge.cards[i];
	const struct xnm_card card = { .root = "",
				       .name = link->name,
				       .bridge = network->bridge,
				       .ifindex = link->ifindex,
				       .mac = link->mac };

	if (facts->bridge.manager.kind != XNM_MANAGER_NONE)
		return;
	facts->bridge.managed = i;
	xnm_manager_find(&card, &facts->bridge.manager);
	if (facts->bridge.manager.kind == XNM_MANAGER_NONE && facts->bridge.carry &&
	    facts->bridge.carry->ifindex == link->ifindex)
		xnm_manager_find_lease(facts->bridge.carry, &facts->bridge.manager);
}

static int read_interface(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
			  const struct xnm_network *network, unsigned int i, bool all,
			  struct xnm_err *err)
{
	struct xnm_link *link = &facts->bridge.cards[i], master;
	bool attached;
	int rc;

	rc = xnm_facts_link(rtnl, network->interfaces[i], link, err);
	if (rc || link->ifindex == 0)
		return rc;
	attached = link->master && link->master == facts->bridge.link.ifindex;
	if (link->master && !attached) {
		if (xnm_link_get_by_index(rtnl, link->master, &master) == 0)
			memcpy(facts->bridge.card_master[i], master.name, IFNAMSIZ);
		return 0;
	}
	if (attached && !all)
		return 0;
	facts->bridge.card_is_wireless[i] = !attached && is_wireless(link->name);
	rc = read_carry(facts, rtnl, i, err);
	if (rc == 0 && (!attached || facts->bridge.card_has_address[i]))
		read_manager(facts, network, i);
	return rc;
}

static void read_stable_mac(struct xnm_facts *facts, const struct xnm_network *network)
{
	char host[XNM_HOST_TEXT_LEN];

	xnm_host_text(host);
	xnm_stable_mac(&facts->bridge.stable_mac, host, network->name);
}

int xnm_facts_network(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
		      const struct xnm_network *network, bool all, struct xnm_err *err)
{
	int rc = 0;

	facts->bridge.n_cards = network->n_interfaces;
	for (unsigned int i = 0; rc == 0 && i < network->n_interfaces; i++)
		rc = read_interface(facts, rtnl, network, i, all, err);
	if (rc)
		return rc;
	if (facts->bridge.link.ifindex == 0) {
		read_stable_mac(facts, network);
		return 0;
	}
	rc = xnm_addr_list_ours(rtnl, facts->bridge.link.ifindex, AF_UNSPEC,
				facts->bridge.addresses, facts->bridge.address_is_ours,
				XNM_N_ELEMENTS(facts->bridge.addresses),
				&facts->bridge.n_addresses);
	facts->bridge.has_addresses = rc == 0;
	/* what is beyond the room for it is set again, which changes nothing */
	if (rc == -E2BIG)
		rc = 0;
	return rc ? xnm_facts_link_error(rtnl, rc, network->bridge, err) : 0;
}

int xnm_facts_carry_back(struct xnm_carry *carry, struct xnm_rtnl *rtnl,
			 const struct xnm_link *bridge, const struct xnm_bridge_note *note)
{
	int rc = xnm_carry_read(rtnl, bridge->name, bridge->ifindex, carry);

	if (rc)
		return rc;
	for (unsigned int i = carry->n_addresses; i-- > 0;) {
		if (xnm_bridge_owns(note, &carry->cidrs[i]))
			xnm_carry_forget(carry, i);
	}
	return 0;
}

static bool is_listed(const struct xnm_facts *facts, const struct xnm_network *network,
		      const char *ifname)
{
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		if (strcmp(network->interfaces[i], ifname) == 0 ||
		    (facts->bridge.cards[i].ifindex &&
		     strcmp(facts->bridge.cards[i].name, ifname) == 0))
			return true;
	}
	return false;
}

/* A port that has lost the altname which the policy uses is still that port. */
static int find_altname(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
			const struct xnm_network *network, unsigned int i, struct xnm_err *err)
{
	const struct xnm_bridge_note *note = &facts->bridge.note;
	struct xnm_link link;
	int rc = 0;

	for (unsigned int k = 0; rc == 0 && k < note->n_interfaces; k++) {
		if (strcmp(note->altnames[k], network->interfaces[i]) != 0)
			continue;
		rc = xnm_facts_link(rtnl, note->interfaces[k], &link, err);
		if (rc == 0 && link.ifindex && link.master == facts->bridge.link.ifindex)
			facts->bridge.cards[i] = link;
	}
	return rc;
}

/* The device has been renamed, and must be detached by its new name. */
static void rename_noted(struct xnm_bridge_note *note, unsigned int i, const char *name)
{
	if (strcmp(note->carries, note->interfaces[i]) == 0)
		xnm_copy(note->carries, sizeof(note->carries), name);
	xnm_copy(note->interfaces[i], sizeof(note->interfaces[i]), name);
}

/* An interface that is no longer a port may still lack its addresses, if a run was killed. */
static int read_dropped(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
			const struct xnm_network *network, unsigned int i, struct xnm_err *err)
{
	struct xnm_bridge_note *note = &facts->bridge.note;
	struct xnm_link *link = &facts->bridge.dropped[facts->bridge.n_dropped];
	const char *ifname = note->interfaces[i];
	bool carried = strcmp(note->carries, ifname) == 0;
	int rc;

	rc = xnm_facts_link(rtnl, ifname, link, err);
	if (rc || link->ifindex == 0 || (link->master != facts->bridge.link.ifindex && !carried))
		return rc;
	rename_noted(note, i, link->name);
	/* noted by an altname, when the device did not exist */
	if (is_listed(facts, network, link->name))
		return 0;
	facts->bridge.n_dropped++;
	if (!carried)
		return 0;
	rc = xnm_facts_carry_back(&the_carry_back, rtnl, &facts->bridge.link, &facts->bridge.note);
	facts->bridge.carry_back = &the_carry_back;
	return rc ? xnm_fail(err, rc, "cannot read what to give back to %s: %s", ifname,
			     xnm_rtnl_reason(rtnl))
		  : 0;
}

/* An ifindex is reused only on request, or after a wrap. */
static bool is_noted(const struct xnm_card_id *card, const struct xnm_link *link)
{
	return link->ifindex == card->ifindex && xnm_mac_equal(&link->own_mac, &card->mac);
}

static void rename_card(struct xnm_bridge_note *note, unsigned int i, const char *name)
{
	if (note->altnames[i][0] == '\0')
		memcpy(note->altnames[i], note->interfaces[i], IFNAMSIZ);
	xnm_copy(note->interfaces[i], IFNAMSIZ, name);
}

int xnm_facts_follow(struct xnm_rtnl *rtnl, struct xnm_bridge_note *note, bool *changed)
{
	unsigned int carries = 0;

	/* two interfaces may have swapped their names */
	while (carries < note->n_interfaces &&
	       strcmp(note->interfaces[carries], note->carries) != 0)
		carries++;
	for (unsigned int i = 0; i < note->n_interfaces; i++) {
		struct xnm_link link;
		int rc;

		if (note->cards[i].ifindex == 0)
			continue;
		rc = xnm_link_get_by_index(rtnl, note->cards[i].ifindex, &link);
		if (rc && rc != -ENODEV)
			return rc;
		if (rc || !is_noted(&note->cards[i], &link) ||
		    strcmp(note->interfaces[i], link.name) == 0)
			continue;
		rename_card(note, i, link.name);
		if (changed)
			*changed = true;
	}
	if (carries < note->n_interfaces)
		memcpy(note->carries, note->interfaces[carries], IFNAMSIZ);
	return 0;
}

int xnm_facts_bridge_note(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
			  const struct xnm_run_dir *dir, const struct xnm_network *network,
			  const struct xnm_policy *policy, struct xnm_err *err)
{
	const struct xnm_bridge_note *note = &facts->bridge.note;
	int rc;

	rc = xnm_bridge_note_read(dir, network->bridge, &facts->bridge.note);
	if (rc && rc != -ENOENT)
		return xnm_facts_note_error(rc, "bridge", network->bridge, err);
	facts->bridge.is_ours = rc == 0;
	xnm_facts_stale_addresses(facts, network, policy);
	if (!facts->bridge.is_ours || facts->bridge.link.ifindex == 0)
		return 0;
	rc = xnm_facts_follow(rtnl, &facts->bridge.note, &facts->bridge.note_is_old);
	if (rc)
		return xnm_facts_link_error(rtnl, rc, "the bridge's interfaces", err);
	for (unsigned int i = 0; rc == 0 && i < network->n_interfaces; i++) {
		if (facts->bridge.cards[i].ifindex == 0)
			rc = find_altname(facts, rtnl, network, i, err);
	}
	for (unsigned int i = 0; rc == 0 && i < note->n_interfaces; i++) {
		if (!is_listed(facts, network, note->interfaces[i]))
			rc = read_dropped(facts, rtnl, network, i, err);
	}
	return rc;
}
