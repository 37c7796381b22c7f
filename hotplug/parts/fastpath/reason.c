/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reason.c - decide whether a vif is published on the fast path, and the text of its node. */
#include "hotplug/parts/fastpath/fastpath.h"

#include <stdio.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/want.h"
#include "policy/sections/links.h"

_Static_assert(XNM_MAX_ADDRESSES <= XNM_FP_MAX_IPS, "a module reads every address of a vif");

void xnm_fp_home(uint32_t domid, char out[XNM_FP_HOME_LEN])
{
	(void)snprintf(out, XNM_FP_HOME_LEN, XNM_FP_HOME_PATH, domid);
}

bool xnm_fp_inc_ok(const char *text)
{
	return strlen(text) == XNM_FP_INC_LEN - 1 &&
	       strspn(text, "0123456789abcdef") == XNM_FP_INC_LEN - 1;
}

/* A section's name is short enough for both to fit. */
void xnm_fastpath_segment(const struct xnm_want *want, char out[XNM_SEGMENT_LEN])
{
	if (want->bridge.has_vlan)
		(void)snprintf(out, XNM_SEGMENT_LEN, "%.57s.%u", want->network->name,
			       want->bridge.vlan.pvid);
	else
		(void)snprintf(out, XNM_SEGMENT_LEN, "%s", want->network->name);
}

/* A prefix is routed to the guest: a neighbour must not take its addresses for the vif's own. */
static bool is_host(const struct xnm_cidr *address)
{
	return !xnm_cidr_is_prefix(address);
}

/* Without any known address only its MAC is checked, and it may use any address. */
static bool has_addresses(const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		if (is_host(&want->address.list[i]))
			return true;
	}
	return want->address.n == 0;
}

/* Whether a [link] of the policy is for its packets. */
static bool is_linked(const struct xnm_want *want, const struct xnm_guest *guest)
{
	const struct xnm_link_vif vif = xnm_want_link_vif(want, guest);

	return xnm_policy_link_needs_host(want->policy, &vif);
}

/* Reasons for which this host must see each of its frames. */
static const char *needs_host(const struct xnm_want *want, const struct xnm_guest *guest)
{
	const uint16_t isolated =
		want->bridge.port.mask & want->bridge.port.value & XNM_PORT_ISOLATED;

	if (!want->filter.locked)
		return "locking-mode=unlocked: its own addresses are not known";
	if ((want->section && want->section->n_acls) || want->network->n_acls)
		return "it has an acl=, which only this host enforces";
	if (isolated)
		return "isolated=yes: it must not reach other guests";
	if (want->section && !xnm_tc_policy_is_none(&want->section->tc))
		return "its [vif] section has a rate=, delay= or the like, which only this host "
		       "enforces";
	if (is_linked(want, guest))
		return "a [link] says how its packets are delayed or limited, which only this host "
		       "enforces";
	if (guest->has_rate)
		return "the guest's configuration has a rate=, which only netback enforces";
	return NULL;
}

const char *xnm_fastpath_reason(const struct xnm_want *want, const struct xnm_guest *guest)
{
	const char *reason;

	if (!want->attach)
		return "the policy does not attach it";
	if (!want->network)
		return "its bridge belongs to no [network] of the policy";
	if (want->section && want->section->fastpath == XNM_NO)
		return "fastpath=no in its [vif] section";
	if (want->network->fastpath != XNM_YES)
		return "its network does not have fastpath=yes";
	if (want->backend == XNM_BACKEND_ROUTE)
		return "backend=route: it reaches every other guest through this host";
	reason = needs_host(want, guest);
	if (reason)
		return reason;
	if (want->bridge.has_vlan && want->bridge.vlan.pvid == 0)
		return "it has tagged VLANs only";
	if (!has_addresses(want))
		return "it has prefixes only, and no address of its own";
	return NULL;
}

void xnm_fastpath_state(struct xnm_vif_note *state, const struct xnm_want *want,
			const struct xnm_guest *guest)
{
	state->address.mac = guest->mac;
	xnm_fastpath_segment(want, state->fastpath.segment);
	state->address.n = want->address.n;
	memcpy(state->address.list, want->address.list, sizeof(state->address.list));
}

void xnm_fastpath_text(const struct xnm_vif_note *state, char out[XNM_FP_TEXT_LEN])
{
	char mac[XNM_MAC_TEXT_LEN], host[XNM_CIDR_TEXT_LEN];
	size_t len;

	xnm_format_mac(&state->address.mac, mac);
	len = (size_t)snprintf(out, XNM_FP_TEXT_LEN,
			       XNM_FP_KEY_MAC "%s " XNM_FP_KEY_NET "%s " XNM_FP_KEY_IP "%s", mac,
			       state->fastpath.segment, state->address.n ? "" : XNM_FP_ANY_IP);
	for (unsigned int i = 0; i < state->address.n; i++) {
		if (!is_host(&state->address.list[i]))
			continue;
		xnm_cidr_format_host(&state->address.list[i], host);
		len += (size_t)snprintf(out + len, XNM_FP_TEXT_LEN - len, "%s%s",
					out[len - 1] == '=' ? "" : " ", host);
	}
}
