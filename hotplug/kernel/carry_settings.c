/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_settings.c - give a bridge the settings in /proc/sys/net that the card has whose place it takes. */
#include "hotplug/kernel/carry.h"

#include <stdio.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/sysctl.h"

/*
 * The sysctls that say what the host accepts, and how it answers, on the wire behind the
 * card; without those that the policy sets for a bridge (forwarding, proxy_arp,
 * route_localnet, send_redirects, accept_ra) and those about the device itself (mtu,
 * disable_ipv6, addr_gen_mode).
 */
static const struct {
	int family;
	const char *name;
} settings[] = {
	{ AF_INET, "rp_filter" },
	{ AF_INET, "src_valid_mark" },
	{ AF_INET, "accept_local" },
	{ AF_INET, "accept_redirects" },
	{ AF_INET, "secure_redirects" },
	{ AF_INET, "shared_media" },
	{ AF_INET, "accept_source_route" },
	{ AF_INET, "log_martians" },
	{ AF_INET, "promote_secondaries" },
	{ AF_INET, "arp_accept" },
	{ AF_INET, "arp_announce" },
	{ AF_INET, "arp_filter" },
	{ AF_INET, "arp_ignore" },
	{ AF_INET, "arp_notify" },
	{ AF_INET, "drop_gratuitous_arp" },
	{ AF_INET, "drop_unicast_in_l2_multicast" },
	{ AF_INET, "disable_policy" },
	{ AF_INET, "disable_xfrm" },
	{ AF_INET6, "accept_dad" },
	{ AF_INET6, "dad_transmits" },
	{ AF_INET6, "enhanced_dad" },
	{ AF_INET6, "optimistic_dad" },
	{ AF_INET6, "use_optimistic" },
	{ AF_INET6, "use_tempaddr" },
	{ AF_INET6, "use_oif_addrs_only" },
	{ AF_INET6, "accept_redirects" },
	{ AF_INET6, "drop_unsolicited_na" },
	{ AF_INET6, "drop_unicast_in_l2_multicast" },
	{ AF_INET6, "ndisc_notify" },
	{ AF_INET6, "proxy_ndp" },
	{ AF_INET6, "hop_limit" },
};

/*
 * The sysctls that stay with the card as somebody else decides on them for the bridge: a
 * message names them.
 */
static const struct {
	int family;
	const char *name;
} staying[] = {
	{ AF_INET, "forwarding" },	  { AF_INET, "bc_forwarding" },
	{ AF_INET, "proxy_arp" },	  { AF_INET, "proxy_arp_pvlan" },
	{ AF_INET, "route_localnet" },	  { AF_INET, "send_redirects" },
	{ AF_INET6, "forwarding" },	  { AF_INET6, "accept_ra" },
	{ AF_INET6, "accept_ra_defrtr" }, { AF_INET6, "accept_ra_pinfo" },
	{ AF_INET6, "autoconf" },	  { AF_INET6, "addr_gen_mode" },
};

/*
 * The bridge's values before the move, of those that were changed. A program makes one
 * move at a time.
 */
static struct {
	bool changed;
	uint32_t value;
} before[XNM_N_ELEMENTS(settings)];

void xnm_carry_settings(const char *from, const char *to)
{
	for (unsigned int i = 0; i < XNM_N_ELEMENTS(settings); i++) {
		uint32_t value;

		/*
		 * a sysctl that this kernel lacks, or a negative value, does not keep the
		 * card out of the bridge
		 */
		before[i].changed =
			xnm_sysctl_conf_get(settings[i].family, from, settings[i].name, &value) ==
				0 &&
			xnm_sysctl_conf_get(settings[i].family, to, settings[i].name,
					    &before[i].value) == 0 &&
			value != before[i].value &&
			xnm_sysctl_conf_set(settings[i].family, to, settings[i].name, value) == 0;
	}
}

bool xnm_carry_stays(const char *from, const char *to, char *out, size_t out_size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < XNM_N_ELEMENTS(staying) && len < out_size; i++) {
		uint32_t value, other;

		if (xnm_sysctl_conf_get(staying[i].family, from, staying[i].name, &value) == 0 &&
		    xnm_sysctl_conf_get(staying[i].family, to, staying[i].name, &other) == 0 &&
		    value != other)
			len += (size_t)snprintf(out + len, out_size - len, " %s/%s=%u",
						staying[i].family == AF_INET ? "ipv4" : "ipv6",
						staying[i].name, value);
	}
	return out[0] != '\0';
}

void xnm_carry_settings_undo(const char *to)
{
	for (unsigned int i = 0; i < XNM_N_ELEMENTS(settings); i++) {
		if (before[i].changed)
			(void)xnm_sysctl_conf_set(settings[i].family, to, settings[i].name,
						  before[i].value);
		before[i].changed = false;
	}
}
