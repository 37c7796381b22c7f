/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq.c - xnm dnsmasq: print the configuration of a dnsmasq that serves one network. */
#include "hotplug/cli/cli.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/dnsmasq/lease.h"
#include "policy/sections/guestinfo.h"
#include "policy/sections/traffic.h"

static const char usage[] =
	"usage: xnm dnsmasq NETWORK\n"
	"\n"
	"Prints the configuration of a dnsmasq for the NETWORK, by dhcp=, ipv6-ra=, domain=,\n"
	"lease-time=, mtu= and host-services=dns of the policy.\n"
	"xnm-dnsmasq@NETWORK.service runs a dnsmasq with it.\n"
	"\n"
	"Exit status: 0 success, 1 the network uses no dnsmasq, 2 a wrong call or a\n"
	"mistake in the policy.\n";

static const char *host_text(const struct xnm_cidr *cidr, char text[XNM_CIDR_TEXT_LEN])
{
	xnm_cidr_format_host(cidr, text);
	return text;
}

/* The subnet's own address. */
static struct xnm_cidr subnet_of(const struct xnm_cidr *cidr)
{
	struct xnm_cidr subnet = *cidr;

	for (unsigned int bit = cidr->prefix_len; bit < 8 * sizeof(subnet.addr); bit++)
		subnet.addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return subnet;
}

static const struct xnm_cidr *first_of(const struct xnm_network *network, uint8_t family)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == family &&
		    !xnm_cidr_is_link_local(&network->addresses[i]))
			return &network->addresses[i];
	}
	return NULL;
}

static void print_dns(const struct xnm_network *network)
{
	if (!xnm_network_serves(network, 0, 53)) {
		puts("# host-services= has no dns\n"
		     "port=0");
		return;
	}
	puts("no-hosts\n"
	     "domain-needed\n"
	     "bogus-priv");
	if (network->forward == XNM_FORWARD_NONE)
		puts("# forward=none: no query leaves this host\n"
		     "no-resolv");
	if (network->domain[0])
		printf("domain=%s\nlocal=/%s/\n", network->domain, network->domain);
}

static void print_range4(const struct xnm_network *network, const char *lease)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		struct xnm_cidr mask = { .family = AF_INET, .addr = { 255, 255, 255, 255 } };
		struct xnm_cidr subnet = subnet_of(&network->addresses[i]);
		char text[XNM_CIDR_TEXT_LEN], mask_text[XNM_CIDR_TEXT_LEN];

		if (subnet.family != AF_INET)
			continue;
		mask.prefix_len = subnet.prefix_len;
		mask = subnet_of(&mask);
		printf("dhcp-range=set:%s,%s,static,%s,%s\n", network->name,
		       host_text(&subnet, text), host_text(&mask, mask_text), lease);
	}
}

/* Those that dns= names, or this dnsmasq. */
static void print_dns_servers(const struct xnm_network *network, const struct xnm_cidr *own)
{
	const struct xnm_told_hosts *dns = &network->dns;
	bool self = dns->self || (!dns->set && xnm_network_serves(network, 0, 53));
	char text[XNM_CIDR_TEXT_LEN];

	printf("dhcp-option=tag:%s,option:dns-server%s%s", network->name, self ? "," : "",
	       self ? host_text(own, text) : "");
	for (unsigned int i = 0; i < dns->n; i++) {
		if (dns->list[i].family == AF_INET)
			printf(",%s", host_text(&dns->list[i], text));
	}
	puts("");
}

static void print_options4(const struct xnm_network *network)
{
	const struct xnm_cidr *own = first_of(network, AF_INET);
	const struct xnm_cidr *router = xnm_network_router(network, own);
	char text[XNM_CIDR_TEXT_LEN];

	if (!own)
		return;
	/* without a value dnsmasq announces no router; without the line, itself */
	printf("dhcp-option=tag:%s,option:router%s%s\n", network->name, router ? "," : "",
	       router ? host_text(router, text) : "");
	print_dns_servers(network, own);
	if (network->mtu_bytes)
		printf("dhcp-option=tag:%s,option:mtu,%u\n", network->name, network->mtu_bytes);
}

static void print_ranges6(const struct xnm_network *network, const char *lease)
{
	bool dhcp = network->dhcp == XNM_SERVER_DNSMASQ;
	bool ra = network->ipv6_ra == XNM_SERVER_DNSMASQ;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		struct xnm_cidr subnet = subnet_of(&network->addresses[i]);
		bool slaac = ra && xnm_is_eui64_subnet(&network->addresses[i]);
		char text[XNM_CIDR_TEXT_LEN];

		if (subnet.family != AF_INET6 || xnm_cidr_is_link_local(&subnet) ||
		    (!dhcp && !slaac))
			continue;
		printf("dhcp-range=set:%s,%s,%s%s,%u,%s\n", network->name, host_text(&subnet, text),
		       dhcp ? "static" : "ra-stateless", slaac ? ",slaac,ra-names" : "",
		       subnet.prefix_len, lease);
	}
	if (!ra)
		return;
	puts("enable-ra");
	if (!xnm_network_router(network, first_of(network, AF_INET6)))
		printf("# no default route: advertised with a router lifetime of 0\n"
		       "ra-param=%s,60,0\n",
		       network->bridge);
}

static void print_all(const struct xnm_network *network)
{
	char dir[XNM_DHCP_DIR_LEN], lease[16], leases[XNM_LEASE_PATH_LEN];
	const char *root, *slash;

	xnm_dhcp_dir(dir, network);
	xnm_lease_text(lease, network);
	root = dir[0] == '/' ? "" : xnm_run_dir_path();
	slash = dir[0] == '/' ? "" : "/";
	printf("# network %s; made by 'xnm dnsmasq %s' from the policy\n", network->name,
	       network->name);
	printf("interface=%s\n", network->bridge);
	puts("except-interface=lo\n"
	     "bind-dynamic");
	/* xnm-vif reads there which identifiers a DHCPv6 lease has, to release it */
	if (xnm_lease_path(leases, network->name) == 0)
		printf("dhcp-leasefile=%s\n", leases);
	print_dns(network);
	if (network->dhcp == XNM_SERVER_DNSMASQ) {
		/* leases go by the MAC address, which a locked guest cannot choose, not by client-id */
		puts("dhcp-authoritative\n"
		     "dhcp-ignore-clid");
		printf("dhcp-hostsdir=%s%s%s\n", root, slash, dir);
		/* xnm-vif sends it SIGHUP, so that it forgets reservations that were removed */
		printf("pid-file=%s%s%s.pid\n", root, slash, dir);
		print_range4(network, lease);
		print_options4(network);
	}
	print_ranges6(network, lease);
}

static int dnsmasq(const char *name)
{
	const struct xnm_policy *policy = xnm_read_policy();
	const struct xnm_network *network = policy ? xnm_policy_network(policy, name) : NULL;

	if (!policy) {
		fputs("xnm: the policy has mistakes: see 'xnm check'\n", stderr);
		return XNM_EXIT_USAGE;
	}
	if (!network) {
		fprintf(stderr, "xnm: there is no [network %.60s] in the policy\n", name);
		return XNM_EXIT_USAGE;
	}
	if (network->dhcp != XNM_SERVER_DNSMASQ && network->ipv6_ra != XNM_SERVER_DNSMASQ) {
		fprintf(stderr, "xnm: network %s says neither dhcp=dnsmasq nor ipv6-ra=dnsmasq\n",
			name);
		return EXIT_FAILURE;
	}
	print_all(network);
	return EXIT_SUCCESS;
}

int xnm_cmd_dnsmasq(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		fputs(usage, c == 'h' ? stdout : stderr);
		return c == 'h' ? 0 : XNM_EXIT_USAGE;
	}
	if (argc - optind != 1) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	return dnsmasq(argv[optind]);
}
