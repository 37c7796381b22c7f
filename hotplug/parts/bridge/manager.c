/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager.c - find the program that manages an interface of the host, and say how to configure it not to. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <string.h>

#include "hotplug/kernel/carry.h"

/* At boot, interfaces exist before the programs that manage them; a running one has decided. */
static void find_coming(const struct xnm_card *card, const struct xnm_programs *programs,
			struct xnm_manager *out)
{
	if (!programs->nm && xnm_nm_manages(card, false))
		out->kind = XNM_MANAGER_NM;
	else if (!programs->connmand && xnm_connman_manages(card, false))
		out->kind = XNM_MANAGER_CONNMAN;
	else if (!programs->wickedd && xnm_wicked_manages(card, false))
		out->kind = XNM_MANAGER_WICKED;
	else if (!programs->dhcpcd_manager && xnm_dhcpcd_manages(card, false))
		out->kind = XNM_MANAGER_DHCPCD;
	out->comes = out->kind != XNM_MANAGER_NONE;
}

void xnm_manager_find(const struct xnm_card *card, struct xnm_manager *out)
{
	struct xnm_programs programs;

	memset(out, 0, sizeof(*out));
	xnm_programs_read(card, &programs);
	/* the program that started a DHCP client knows whether it runs, so it is named first */
	if (xnm_networkd_manages(card, programs.networkd, out->what, sizeof(out->what)))
		out->kind = XNM_MANAGER_NETWORKD;
	else if (programs.nm && xnm_nm_manages(card, true))
		out->kind = XNM_MANAGER_NM;
	else if (programs.connmand && xnm_connman_manages(card, true))
		out->kind = XNM_MANAGER_CONNMAN;
	else if (programs.wickedd && xnm_wicked_manages(card, true))
		out->kind = XNM_MANAGER_WICKED;
	else if (xnm_ifupdown_manages(card, out->what, sizeof(out->what)))
		out->kind = XNM_MANAGER_IFUPDOWN;
	else if (programs.client.kind)
		*out = programs.client;
	else if (programs.dhcpcd_manager && xnm_dhcpcd_manages(card, true))
		*out = (struct xnm_manager){ .kind = XNM_MANAGER_DHCPCD,
					     .pid = programs.dhcpcd_pid };
	else
		find_coming(card, &programs, out);
}

void xnm_manager_find_lease(const struct xnm_carry *carry, struct xnm_manager *out)
{
	const struct xnm_cidr *lease = xnm_carry_lease(carry);
	struct xnm_cidr dst;

	memset(out, 0, sizeof(*out));
	if (lease) {
		out->kind = XNM_MANAGER_LEASE;
		xnm_format_cidr(lease, out->what);
	} else if (xnm_carry_dhcp_route(carry, &dst)) {
		out->kind = XNM_MANAGER_DHCP_ROUTE;
		xnm_format_cidr(&dst, out->what);
	}
}

void xnm_manager_say(const struct xnm_manager *manager, const char *ifname, const char *bridge,
		     char *text, size_t size)
{
	const char *what = manager->what;
	const char *how =
		manager->comes ? " when it starts, as at boot" : " and would go on doing so";

	switch (manager->kind) {
	case XNM_MANAGER_NETWORKD:
		(void)snprintf(text, size,
			       "systemd-networkd configures it by %s and would go on doing so; add "
			       "a .network file that sorts before, with [Match] Name=%s and [Link] "
			       "Unmanaged=yes, and run 'networkctl reload'",
			       what, ifname);
		break;
	case XNM_MANAGER_NM:
		(void)snprintf(
			text, size,
			"NetworkManager manages it%s; set [keyfile] "
			"unmanaged-devices=interface-name:%s in "
			"/etc/NetworkManager/conf.d/xnm.conf, and run 'nmcli general reload'",
			how, ifname);
		break;
	case XNM_MANAGER_CONNMAN:
		(void)snprintf(text, size,
			       "connman manages it%s; add %s to NetworkInterfaceBlacklist= of "
			       "/etc/connman/main.conf, and restart connman",
			       how, ifname);
		break;
	case XNM_MANAGER_WICKED:
		(void)snprintf(text, size,
			       "wicked renews its lease%s; set BOOTPROTO='none' in "
			       "/etc/sysconfig/network/ifcfg-%s, and run 'wicked ifreload %s'",
			       how, ifname, ifname);
		break;
	case XNM_MANAGER_IFUPDOWN:
		(void)snprintf(text, size,
			       "ifupdown has '%s', whose DHCP client would go on; run 'ifdown %s', "
			       "and write 'iface %s inet manual' in /etc/network/interfaces",
			       what, ifname, ifname);
		break;
	case XNM_MANAGER_DHCPCD:
		if (manager->comes) {
			(void)snprintf(text, size,
				       "dhcpcd configures it%s; write 'denyinterfaces %s' in "
				       "/etc/dhcpcd.conf; %s may have the lease",
				       how, ifname, bridge);
			break;
		}
		(void)snprintf(text, size,
			       "dhcpcd (process %d) configures it and would go on doing so; write "
			       "'denyinterfaces %s' in /etc/dhcpcd.conf, and restart it or end it; "
			       "%s may have the lease",
			       manager->pid, ifname, bridge);
		break;
	case XNM_MANAGER_DHCLIENT:
	case XNM_MANAGER_UDHCPC:
	case XNM_MANAGER_CLIENT:
		(void)snprintf(text, size,
			       "%s (process %d) renews its lease and would go on doing so; end it, "
			       "and start it on %s instead wherever it is started",
			       manager->kind == XNM_MANAGER_UDHCPC     ? "udhcpc"
			       : manager->kind == XNM_MANAGER_DHCLIENT ? "dhclient"
								       : what,
			       manager->pid, bridge);
		break;
	case XNM_MANAGER_LEASE:
		(void)snprintf(text, size,
			       "its address %s expires, and the DHCP client that renews it was not "
			       "found; end that client, or if there is none, run 'ip addr change "
			       "%s dev %s valid_lft forever preferred_lft forever'",
			       what, what, ifname);
		break;
	case XNM_MANAGER_DHCP_ROUTE:
		(void)snprintf(text, size,
			       "its route to %s came by DHCP, and the DHCP client that renews it "
			       "was not found; end that client, or if there is none, set the route "
			       "again without 'proto dhcp'",
			       what);
		break;
	case XNM_MANAGER_NONE:
		(void)snprintf(text, size, "no program manages it");
		break;
	}
}
