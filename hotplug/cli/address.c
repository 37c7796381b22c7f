/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.c - xnm address: print the addresses that a vif has, or that the policy will give it. */
#include "hotplug/cli/cli.h"
#include "hotplug/core/want.h"
#include "hotplug/run/parts.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/apply.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/address/pool.h"
#include "hotplug/parts/address/pool_read.h"
#include "hotplug/parts/address/want.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "policy/sections/guestinfo.h"
#include "policy/sections/subnets.h"

static const char usage[] =
	"usage: xnm address VIF|GUEST[/NUMBER] [--mac MAC] [--kernel]\n"
	"\n"
	"Prints the addresses of a vif: those that it has, or for a guest that does not\n"
	"run, those that the policy gives it. MAC is the guest's mac=, which a pool and\n"
	"eui64 need; an address of a pool is reserved for it from now on.\n"
	"\n"
	"  --mac MAC   the vif's MAC address\n"
	"  --kernel    print the line for the guest's kernel, as for extra= in xl.cfg:\n"
	"              ip=ADDRESS::GATEWAY:NETMASK:NAME:ethN:off\n"
	"\n"
	"Exit status: 0 success, 1 it has no address, 2 a wrong call or a mistake in the\n"
	"policy.\n";

/* One vif: who it is, and what it has. */
struct asked {
	char guest[128];
	uint32_t domid, devid;
	bool has_mac;
	struct xnm_mac mac;
	bool is_live;
	struct xnm_vif_note state; /* of a live one */
	struct xnm_run_dir dir;
	struct xnm_want want;
	struct xnm_err err;
};

static struct asked asked;

static bool is_asked(const struct xnm_vif_note *state, const char *name)
{
	char vif[24];

	(void)snprintf(vif, sizeof(vif), "%u.%u", state->domid, state->devid);
	if (strcmp(name, vif) == 0 || strcmp(name, state->device.ifname) == 0 ||
	    (strncmp(name, "vif", 3) == 0 && strcmp(name + 3, vif) == 0))
		return true;
	return asked.guest[0] && state->devid == asked.devid &&
	       strcmp(state->domain_name, asked.guest) == 0;
}

struct look {
	const char *name;
};

static int look_at(void *arg, uint32_t domid, uint32_t devid)
{
	const struct look *look = arg;
	static struct xnm_vif_note state;

	if (xnm_vif_note_read(&asked.dir, domid, devid, &state) || !is_asked(&state, look->name))
		return 0;
	xnm_vif_note_copy(&asked.state, &state);
	asked.is_live = true;
	return 1;
}

/* GUEST or GUEST/NUMBER. The name of a vif is split as well: no guest is called so. */
static int split(const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : strlen(name);

	if (len == 0 || len >= sizeof(asked.guest) ||
	    (slash && xnm_parse_u32(slash + 1, 0, XNM_DEVID_MAX, &asked.devid)))
		return -EINVAL;
	memcpy(asked.guest, name, len);
	return 0;
}

/* What an online of the vif would want, as far as it can be known before. */
static int want_of_policy(const struct xnm_policy *policy)
{
	static struct xnm_guest guest;
	struct xnm_event event;
	const struct xnm_network *network;
	struct xnm_vif_identity id = { .devid = asked.devid };
	const struct xnm_vif_policy *section;

	(void)snprintf(id.domain_name, sizeof(id.domain_name), "%s", asked.guest);
	id.mac = asked.mac;
	section = xnm_policy_match(policy, &id);
	if (!section || !xnm_own_is_set(&section->own))
		return xnm_fail(&asked.err, -ENOENT,
				"%s does not run, and the policy gives it no address; an ip= in "
				"its own configuration is known only while it runs",
				asked.guest);
	if ((section->own.pool[0] || section->own.eui64) && !asked.has_mac)
		return xnm_fail(&asked.err, -EINVAL,
				"[vif %s] gives addresses by MAC address: add --mac",
				section->match);
	network = xnm_policy_network(policy, section->network);
	if (!network && section->own.pool[0])
		network = xnm_policy_network(policy,
					     xnm_policy_pool(policy, section->own.pool)->network);
	xnm_event_init(&event, XNM_VERB_ONLINE, 0, asked.devid);
	guest.mac = asked.mac;
	memcpy(guest.domain_name, asked.guest, sizeof(guest.domain_name));
	/* without network= it is the guest's own bridge=, which is not known here */
	(void)snprintf(guest.bridge, sizeof(guest.bridge), "%s", network ? network->name : "-");
	return xnm_want(&asked.want, &event, &guest, policy, false, &asked.err);
}

/* Takes the pool's lock, as an online does. Reserves nothing without the right to write. */
static int ask_pool(void)
{
	const struct xnm_owner nobody = { UINT32_MAX, UINT32_MAX };
	const struct xnm_pool_guest guest = { asked.mac, "", asked.guest };
	const char *pool = asked.want.address.pool->name;
	static struct xnm_pool_facts found;
	int rc = 0, fd = -1;

	if (asked.dir.locks.fd >= 0)
		rc = xnm_lock(&asked.dir.locks, XNM_LOCK_POOL, pool, XNM_LOCK_TIMEOUT_MS);
	if (rc)
		return xnm_fail(&asked.err, rc, "pool %s is locked by another call: %s", pool,
				strerror(-rc));
	rc = xnm_pool_find(&found, &asked.dir, &nobody, &guest, &asked.want, &asked.err);
	if (rc)
		return rc;
	xnm_want_pool(&asked.want, &found);
	if (asked.dir.locks.fd >= 0)
		fd = xnm_pool_open(pool, true);
	for (unsigned int i = 0; fd >= 0 && rc >= 0 && i < found.n; i++)
		rc = xnm_pool_assign(fd, &found.list[i], &guest);
	if (fd < 0 || rc < 0)
		fprintf(stderr, "xnm: warning: cannot reserve it for the guest: %s\n",
			strerror(fd < 0 && asked.dir.locks.fd < 0 ? EACCES
				 : fd < 0			  ? -fd
								  : -rc));
	else
		(void)fsync(fd);
	if (fd >= 0)
		(void)close(fd);
	return 0;
}

static void print_kernel(const struct xnm_cidr *address, const struct xnm_network *network)
{
	const struct xnm_cidr *subnet = network ? xnm_network_subnet(network, address) : NULL;
	const struct xnm_cidr *router = network ? xnm_network_router(network, subnet) : NULL;
	struct xnm_cidr mask = { .family = AF_INET, .prefix_len = 32 };
	unsigned int own = address->told_len ? address->told_len : address->prefix_len;
	unsigned int len = subnet ? subnet->prefix_len : own;
	char client[XNM_CIDR_TEXT_LEN], gateway[XNM_CIDR_TEXT_LEN] = "";
	char netmask[XNM_CIDR_TEXT_LEN], name[XNM_DNS_LABEL_LEN];

	for (unsigned int bit = 0; bit < len; bit++)
		mask.addr[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	xnm_cidr_format_host(address, client);
	xnm_cidr_format_host(&mask, netmask);
	if (router)
		xnm_cidr_format_host(router, gateway);
	xnm_dns_label(name, asked.guest, asked.domid, 0);
	printf("ip=%s::%s:%s:%s:eth%u:off\n", client, gateway, netmask, name, asked.devid);
}

static int print(const struct xnm_cidr *list, unsigned int n, const struct xnm_network *network,
		 bool kernel)
{
	char text[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < n; i++) {
		if (kernel && list[i].family == AF_INET && !xnm_cidr_is_prefix(&list[i])) {
			print_kernel(&list[i], network);
			return EXIT_SUCCESS;
		}
		xnm_cidr_format_told(&list[i], text);
		if (!kernel)
			puts(text);
	}
	if (n && !kernel)
		return EXIT_SUCCESS;
	fprintf(stderr, "xnm: %s has no %saddress\n", asked.guest, kernel ? "IPv4 " : "");
	return EXIT_FAILURE;
}

static int address(const char *name, bool kernel)
{
	const struct xnm_policy *policy = xnm_read_policy();
	struct look look = { name };
	int rc;

	if (!policy) {
		fputs("xnm: the policy has mistakes: see 'xnm check'\n", stderr);
		return XNM_EXIT_USAGE;
	}
	/* only root may create the folder of the notes, which is missing before the first event */
	if (xnm_run_dir_open(&asked.dir, xnm_run_dir_path(), false)) {
		xnm_run_dir_close(&asked.dir);
		(void)xnm_run_dir_open(&asked.dir, xnm_run_dir_path(), true);
	}
	(void)xnm_vif_note_each(&asked.dir, look_at, &look);
	if (asked.is_live) {
		(void)snprintf(asked.guest, sizeof(asked.guest), "%s", asked.state.domain_name);
		asked.domid = asked.state.domid;
		asked.devid = asked.state.devid;
		return print(asked.state.address.list, asked.state.address.n,
			     xnm_policy_network(policy, asked.state.network.name), kernel);
	}
	rc = want_of_policy(policy);
	if (rc == 0 && asked.want.address.pool)
		rc = ask_pool();
	if (rc) {
		fprintf(stderr, "xnm: %s\n", asked.err.text);
		return rc == -EINVAL ? XNM_EXIT_USAGE : EXIT_FAILURE;
	}
	return print(asked.want.address.list, asked.want.address.n, asked.want.network, kernel);
}

int xnm_cmd_address(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mac", required_argument, NULL, 'm' },
		{ "kernel", no_argument, NULL, 'k' },
		{ "kernel-ip", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool kernel = false;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'k') {
			kernel = true;
		} else if (c == 'm' && xnm_parse_mac(optarg, &asked.mac) == 0) {
			asked.has_mac = true;
		} else {
			if (c == 'm')
				fprintf(stderr, "xnm: '%.40s' is no MAC address\n", optarg);
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : XNM_EXIT_USAGE;
		}
	}
	if (argc - optind != 1 || split(argv[optind])) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	return address(argv[optind], kernel);
}
