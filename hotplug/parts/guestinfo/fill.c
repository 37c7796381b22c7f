/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fill.c - decide the keys that a guest reads of its own vif: addresses, gateway, name servers, MTU. */
#include "hotplug/parts/guestinfo/guestinfo.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/want.h"
#include "kmod/xnm_uapi.h"
#include "policy/sections/subnets.h"

static bool shares(const struct xnm_want *want)
{
	return want->section && want->section->share == XNM_YES;
}

bool xnm_wants_told(const struct xnm_want *want)
{
	return want->attach && want->network &&
	       (want->address.n || want->network->dns.self || want->network->dns.n || shares(want));
}

/* Appends a word. */
static void add_word(char text[XNM_TOLD_LEN], const char *word)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, XNM_TOLD_LEN - len, "%s%s", len ? " " : "", word);
}

static void add_host(char text[XNM_TOLD_LEN], const struct xnm_cidr *host)
{
	char word[XNM_CIDR_TEXT_LEN];

	xnm_cidr_format_host(host, word);
	add_word(text, word);
}

/*
 * With the prefix length of the network's subnet. A routed vif has no neighbours; and a prefix is
 * routed to the guest, which has no address of it.
 */
static void add_address(char text[XNM_TOLD_LEN], const struct xnm_want *want,
			const struct xnm_cidr *address)
{
	const struct xnm_cidr *subnet = want->backend == XNM_BACKEND_ROUTE
						? NULL
						: xnm_network_on_link(want->network, address);
	struct xnm_cidr told = *address;
	char word[XNM_CIDR_TEXT_LEN];

	if (xnm_cidr_is_prefix(address))
		return;
	if (want->backend == XNM_BACKEND_ROUTE)
		told.told_len = 0;
	else if (subnet)
		told.told_len = subnet->prefix_len;
	xnm_cidr_format_told(&told, word);
	add_word(text, word);
}

static bool has_family(const struct xnm_want *want, uint8_t family)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		if (want->address.list[i].family == family &&
		    !xnm_cidr_is_prefix(&want->address.list[i]))
			return true;
	}
	return false;
}

/* This host's address in a network: the one in the guest's subnet, or else the first. */
static const struct xnm_cidr *own_address(const struct xnm_want *want, uint8_t family)
{
	const struct xnm_network *network = want->network;
	const struct xnm_cidr *first = NULL, *subnet;

	for (unsigned int i = 0; i < want->address.n; i++) {
		subnet = xnm_network_on_link(network, &want->address.list[i]);
		if (subnet && subnet->family == family)
			return subnet;
	}
	for (unsigned int i = 0; i < network->n_addresses && !first; i++) {
		if (network->addresses[i].family == family)
			first = &network->addresses[i];
	}
	return first;
}

/* This host, if dns= has it, and then the others in the policy's order. */
static void add_hosts(char text[XNM_TOLD_LEN], const struct xnm_want *want,
		      const struct xnm_told_hosts *hosts, bool any_family)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (unsigned int i = 0; i < 2 && hosts->self; i++) {
		const struct xnm_cidr *own = own_address(want, families[i]);

		if (own && (any_family || has_family(want, families[i])))
			add_host(text, own);
	}
	for (unsigned int i = 0; i < hosts->n; i++) {
		if (any_family || has_family(want, hosts->list[i].family))
			add_host(text, &hosts->list[i]);
	}
}

void xnm_told_fill(struct xnm_told *told, const struct xnm_want *want, const struct xnm_mac *mac,
		   uint32_t mtu_bytes)
{
	const struct xnm_network *network = want->network;

	for (unsigned int i = 0; i < XNM_N_TOLD; i++)
		told->value[i][0] = '\0';
	xnm_format_mac(mac, told->value[XNM_TOLD_MAC]);
	(void)snprintf(told->value[XNM_TOLD_NET], XNM_TOLD_LEN, "%s", network->name);
	(void)snprintf(told->value[XNM_TOLD_MTU], XNM_TOLD_LEN, "%u", mtu_bytes);
	for (unsigned int i = 0; i < want->address.n; i++)
		add_address(told->value[XNM_TOLD_IP], want, &want->address.list[i]);
	/* a guest that gets its address elsewhere gets its gateway there, too; and a guest that is
	 * the uplink must not be its own gateway */
	if (!shares(want))
		add_hosts(told->value[XNM_TOLD_GATEWAY], want, &network->gateway, false);
	add_hosts(told->value[XNM_TOLD_DNS], want, &network->dns, want->address.n == 0);
	if (!shares(want))
		return;
	add_word(told->value[XNM_TOLD_SHARE], "yes");
	for (unsigned int i = 0; i < want->section->n_share_to; i++)
		add_word(told->value[XNM_TOLD_SHARE_TO], want->section->share_to[i]);
}

void xnm_told_path(uint32_t domid, uint32_t devid, char out[XNM_TOLD_PATH_LEN])
{
	(void)snprintf(out, XNM_TOLD_PATH_LEN, XNM_FP_HOME_PATH "/" XNM_FP_NODE_VIF, domid, devid);
}
