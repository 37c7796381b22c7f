/* SPDX-License-Identifier: GPL-2.0-or-later */
/* forwards.c - fill in the defaults of [forward] sections and check what they say. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/subnets.h"

/* The text is one that xnm_parse_target() has let through. */
static void split_target(struct xnm_forward *forward)
{
	size_t len = strcspn(forward->target, "/");

	if (xnm_parse_cidr(forward->target, &forward->target_address) == 0) {
		forward->target_is_address = true;
		return;
	}
	memcpy(forward->target_domain, forward->target, len);
	forward->has_target_devid = forward->target[len] == '/';
	if (forward->has_target_devid)
		(void)xnm_parse_u32(forward->target + len + 1, 0, UINT32_MAX,
				    &forward->target_devid);
}

static void fill_forward(struct xnm_forward *forward)
{
	split_target(forward);
	if (!forward->protocols)
		forward->protocols = XNM_PROTOCOL_TCP;
	if (!forward->n_target_ports) {
		forward->n_target_ports = forward->n_ports;
		memcpy(forward->target_ports, forward->ports, sizeof(forward->ports));
	}
}

static void check_needed(const struct xnm_resolver *r, const struct xnm_forward *forward)
{
	const char *name = forward->name;

	if (!forward->network[0] && !XNM_KEY_REFUSED(r, forward, FORWARD, NETWORK))
		xnm_mistake_at(r->rep, forward->origin, "[forward %s] needs network=", name);
	if (!forward->n_ports && !XNM_KEY_REFUSED(r, forward, FORWARD, LISTEN_PORT))
		xnm_mistake_at(r->rep, forward->origin, "[forward %s] needs listen-port=", name);
	if (!forward->target[0] && !XNM_KEY_REFUSED(r, forward, FORWARD, TARGET))
		xnm_mistake_at(r->rep, forward->origin, "[forward %s] needs target=", name);
}

/* Guests of other networks have no addresses to which replies from outside would be routed. */
static void check_network(const struct xnm_resolver *r, const struct xnm_forward *forward,
			  const struct xnm_network *network)
{
	char text[XNM_CIDR_TEXT_LEN];

	if (network->forward != XNM_FORWARD_UNSET && network->forward != XNM_FORWARD_NAT &&
	    network->forward != XNM_FORWARD_ROUTE && network->masquerade == XNM_MASQ_NO)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(forward, FORWARD, NETWORK),
			       "network=%s: has forward=%s; ports can be forwarded with "
			       "forward=nat, forward=route or masquerade=",
			       network->name, xnm_forward_word(network->forward));
	if (network->forward != XNM_FORWARD_NAT || !forward->target_is_address ||
	    !xnm_network_lacks(network, &forward->target_address))
		return;
	xnm_cidr_format_host(&forward->target_address, text);
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(forward, FORWARD, TARGET),
		       "target=%s: is in no subnet of [network %s]", text, network->name);
}

static void check_family(const struct xnm_resolver *r, const struct xnm_forward *forward)
{
	char text[XNM_CIDR_TEXT_LEN];

	if (!forward->target_is_address)
		return;
	for (unsigned int i = 0; i < forward->n_listen; i++) {
		if (forward->listen[i].family == forward->target_address.family)
			continue;
		xnm_cidr_format_host(&forward->listen[i], text);
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(forward, FORWARD, LISTEN_ADDRESS),
			       "listen-address=%s: target=%s is of the other family", text,
			       forward->target);
	}
}

static unsigned int length(const struct xnm_port_range *ports)
{
	return (unsigned int)(ports->last - ports->first);
}

static void check_ports(const struct xnm_resolver *r, const struct xnm_forward *forward)
{
	bool pairs = forward->n_ports == forward->n_target_ports;

	if (XNM_KEY_REFUSED(r, forward, FORWARD, LISTEN_PORT))
		return;
	for (unsigned int i = 0; pairs && i < forward->n_ports; i++)
		pairs = length(&forward->ports[i]) == length(&forward->target_ports[i]);
	if (!pairs)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(forward, FORWARD, TARGET_PORT),
			       "target-port= must have as many ports and ranges as listen-port=, "
			       "each as long as the one in its place there");
}

void xnm_resolve_forwards(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;

	for (unsigned int i = 0; i < policy->n_forwards; i++) {
		struct xnm_forward *forward = &policy->forwards[i];
		const struct xnm_network *network = xnm_policy_network(policy, forward->network);

		fill_forward(forward);
		check_needed(r, forward);
		if (network)
			check_network(r, forward, network);
		else if (forward->network[0])
			xnm_unknown_name(r, XNM_KEY_ORIGIN(forward, FORWARD, NETWORK), "network",
					 XNM_SECTION_NETWORK, forward->network);
		check_family(r, forward);
		check_ports(r, forward);
	}
}
