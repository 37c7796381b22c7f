/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.c - settings and connections of the fake kernel, and leases that end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/dhcp6_release.h"
#include "hotplug/kernel/dhcp_release.h"
#include "hotplug/kernel/sysctl.h"
#include "tests/unit/core/fake/fake.h"

int xnm_sysctl_disable_ipv6(const char *ifname)
{
	return fake_call("no ipv6 %s", ifname);
}

/* What was set since the calls were cleared is read back. */
int xnm_sysctl_get(const char *path, uint32_t *value)
{
	char set[96];

	(void)snprintf(set, sizeof(set), "set %s=", path);
	*value = fake.setting;
	for (const char *at = strstr(fake.calls, set); at; at = strstr(at + 1, set))
		*value = (uint32_t)strtoul(at + strlen(set), NULL, 10);
	return fake_call("read %s", path);
}

int xnm_sysctl_conf_get(int family, const char *ifname, const char *name, uint32_t *value)
{
	(void)family;
	*value = strcmp(ifname, fake.forwards_alone) == 0 && strcmp(name, "forwarding") == 0;
	return 0;
}

int xnm_sysctl_set(const char *path, uint32_t value)
{
	return fake_call("set %s=%u", path, value);
}

int xnm_sysctl_conf_set(int family, const char *ifname, const char *name, uint32_t value)
{
	return fake_call("conf %d %s/%s=%u", family == AF_INET ? 4 : 6, ifname, name, value);
}

int xnm_conntrack_purge(const struct xnm_cidr *addresses, unsigned int n, unsigned int *n_deleted)
{
	(void)n_deleted;
	return fake_call("forget %u %s", n, n ? fake_text_of(&addresses[0]) : "");
}

bool xnm_conntrack_has_entries(void)
{
	return fake.n_connections > 0;
}

int xnm_conntrack_end(bool (*fn)(void *arg, const struct xnm_connection *connection), void *arg,
		      bool look)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < fake.n_connections; i++) {
		if (fn(arg, &fake.connections[i]))
			rc = fake_call("%s %u", look ? "find connection" : "end connection", i);
	}
	return rc;
}

int xnm_dhcp_release(int ifindex, const struct xnm_cidr *server, const struct xnm_cidr *address,
		     const struct xnm_mac *mac)
{
	char from[XNM_CIDR_TEXT_LEN], text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(server, from);
	xnm_format_cidr(address, text);
	return fake_call("release %s of %02x at %s by %d", text, mac->b[5], from, ifindex);
}

int xnm_dhcp6_release(int ifindex, const struct xnm_cidr *address, const struct xnm_mac *mac,
		      const struct xnm_lease6 *lease)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	return fake_call("release %s of %02x, iaid %u, by %d", text, mac->b[5], lease->iaid,
			 ifindex);
}
