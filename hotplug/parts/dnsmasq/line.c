/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line.c - write a vif's addresses and its guest's name as a reservation of dnsmasq. */
#include "hotplug/core/want.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"

#include <arpa/inet.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/subnets.h"

static char label_char(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

/* Names that dnsmasq would take for another field of a reservation: a lease time, or one of two
 * keywords. */
static bool is_taken_word(const char *label)
{
	const char *rest = label + strspn(label, "0123456789");

	if (strcmp(label, "infinite") == 0 || strcmp(label, "ignore") == 0)
		return true;
	return rest != label && (rest[0] == '\0' || (strchr("smhdw", rest[0]) && !rest[1]));
}

/* Letters, digits and '-', which neither comes first nor last. Returns the length. */
static size_t copy_label(char *out, size_t room, const char *text)
{
	size_t len = 0;

	for (; *text && len < room; text++) {
		char c = label_char(*text);

		if (c != '-' || (len && out[len - 1] != '-'))
			out[len++] = c;
	}
	while (len && out[len - 1] == '-')
		len--;
	out[len] = '\0';
	return len;
}

void xnm_dns_label(char out[XNM_DNS_LABEL_LEN], const char *domain_name, uint32_t domid,
		   uint32_t devid)
{
	char suffix[16] = "", name[XNM_DNS_LABEL_LEN];
	size_t room = XNM_DNS_LABEL_LEN - 1 - strlen("guest-");

	if (devid)
		(void)snprintf(suffix, sizeof(suffix), "-%u", devid);
	if (copy_label(name, room - strlen(suffix), domain_name) == 0)
		(void)snprintf(out, XNM_DNS_LABEL_LEN, "vif%u-%u", domid, devid);
	else
		(void)snprintf(out, XNM_DNS_LABEL_LEN, "%s%.*s%s",
			       is_taken_word(name) && !devid ? "guest-" : "", (int)room, name,
			       suffix);
}

void xnm_lease_text(char out[16], const struct xnm_network *network)
{
	uint32_t time_s = network->lease_time_s ? network->lease_time_s : XNM_LEASE_TIME_S;

	if (time_s == XNM_LEASE_INFINITE)
		(void)snprintf(out, 16, "infinite");
	else
		(void)snprintf(out, 16, "%u", time_s);
}

/* The first address of a family that dnsmasq can give. */
static const struct xnm_cidr *reserved(const struct xnm_want *want, uint8_t family)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];

		if (address->family == family && !xnm_cidr_is_prefix(address) &&
		    xnm_network_subnet(want->network, address))
			return address;
	}
	return NULL;
}

void xnm_dhcp_line(char out[XNM_DHCP_LINE_LEN], const struct xnm_event *event,
		   const struct xnm_guest *guest, const struct xnm_want *want)
{
	const struct xnm_cidr *v4 = reserved(want, AF_INET), *v6 = reserved(want, AF_INET6);
	char mac[XNM_MAC_TEXT_LEN], text4[INET_ADDRSTRLEN] = "", text6[INET6_ADDRSTRLEN] = "";
	char label[XNM_DNS_LABEL_LEN], lease[16];

	out[0] = '\0';
	if (!v4 && !v6)
		return;
	xnm_format_mac(&guest->mac, mac);
	if (v4)
		(void)inet_ntop(AF_INET, v4->addr, text4, sizeof(text4));
	if (v6)
		(void)inet_ntop(AF_INET6, v6->addr, text6, sizeof(text6));
	xnm_dns_label(label, guest->domain_name, event->domid, event->devid);
	xnm_lease_text(lease, want->network);
	(void)snprintf(out, XNM_DHCP_LINE_LEN, "%s%s%s%s%s%s,%s,%s\n", mac, v4 ? "," : "", text4,
		       v6 ? ",[" : "", text6, v6 ? "]" : "", label, lease);
}

void xnm_dhcp_dir(char out[XNM_DHCP_DIR_LEN], const struct xnm_network *network)
{
	if (network->dhcp_hosts_directory[0])
		(void)snprintf(out, XNM_DHCP_DIR_LEN, "%s", network->dhcp_hosts_directory);
	else
		(void)snprintf(out, XNM_DHCP_DIR_LEN, "dhcp/%s.hosts", network->name);
}
