/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.c - one verb of hotplug/kernel/ per call, with the rights that xnm-vif keeps. */

/*
 * Prints what the verb returned, 0 or a name such as -ENOENT, and behind it
 * the reason if there is one; then, one per line, what it found. The exit
 * status is 0 whatever the verb returned, and 2 if it was not called.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/rtnl_core.h"
#include "hotplug/kernel/sysctl.h"

#define MAX 64

static const char usage[] =
	"usage: kernel route-replace DST DEVICE METRIC [SOURCE]\n"
	"       kernel route-del DST DEVICE METRIC\n"
	"       kernel neigh-set DEVICE ADDRESS MAC\n"
	"       kernel neigh-del|proxy-add|proxy-del DEVICE ADDRESS\n"
	"       kernel route-list|neigh-list|proxy-list DEVICE [MAX]\n"
	"       kernel sysctl-get PATH\n"
	"       kernel sysctl-set PATH VALUE\n"
	"       kernel conf-get 4|6 IFNAME NAME\n"
	"       kernel conf-set 4|6 IFNAME NAME VALUE\n"
	"       kernel purge ADDRESS...\n"
	"DEVICE is a name or an index, MAX is 64 if it is not given.\n"
	"XNM_TEST_LAX=1: the kernel ignores the filters of lists, as those before 4.20 do.\n"
	"XNM_TEST_TIME=1: print the microseconds behind the return of purge and the lists.\n";

static struct xnm_rtnl *rtnl;
static long long started_ns;

static void bad(const char *what)
{
	fprintf(stderr, "kernel: bad argument '%s'\n%s", what, usage);
	exit(2);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The first line; the verb must be the last thing that was done. */
static void returned(int rc, const char *reason)
{
	const char *name = rc < 0 ? strerrorname_np(-rc) : NULL;
	long long took_us = (now_ns() - started_ns) / 1000;

	if (name)
		printf("-%s", name);
	else
		printf("%d", rc);
	if (reason && reason[0])
		printf(" %s", reason);
	if (getenv("XNM_TEST_TIME"))
		printf(" %lld", took_us);
	putchar('\n');
}

static uint32_t number(const char *text)
{
	uint32_t value = 0;

	if (xnm_parse_u32(text, 0, UINT32_MAX, &value))
		bad(text);
	return value;
}

static struct xnm_cidr address(const char *text)
{
	struct xnm_cidr cidr = { 0 };

	if (xnm_parse_cidr(text, &cidr))
		bad(text);
	return cidr;
}

static int device(const char *text)
{
	unsigned int ifindex = if_nametoindex(text);

	return ifindex ? (int)ifindex : (int)number(text);
}

static void print_cidr(const struct xnm_cidr *cidr, const char *end)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(cidr, text);
	printf("%s%s", text, end);
}

static void route(int argc, char **argv)
{
	struct xnm_route r = {
		.dst = address(argv[2]),
		.ifindex = device(argv[3]),
		.metric = number(argv[4]),
	};

	if (argc > 5) {
		r.src = address(argv[5]);
		r.has_src = true;
	}
	if (strcmp(argv[1], "route-replace") == 0)
		returned(xnm_route_replace(rtnl, &r), xnm_rtnl_reason(rtnl));
	else
		returned(xnm_route_del(rtnl, &r), xnm_rtnl_reason(rtnl));
}

static void neigh(int argc, char **argv)
{
	int ifindex = device(argv[2]);
	struct xnm_cidr addr = address(argv[3]);
	struct xnm_mac mac;
	int rc;

	if (argc > 4) {
		if (xnm_parse_mac(argv[4], &mac))
			bad(argv[4]);
		rc = xnm_neigh_set_permanent(rtnl, ifindex, &addr, &mac);
	} else if (strcmp(argv[1], "neigh-del") == 0) {
		rc = xnm_neigh_del(rtnl, ifindex, &addr);
	} else if (strcmp(argv[1], "proxy-add") == 0) {
		rc = xnm_neigh_proxy_add(rtnl, ifindex, &addr);
	} else {
		rc = xnm_neigh_proxy_del(rtnl, ifindex, &addr);
	}
	returned(rc, xnm_rtnl_reason(rtnl));
}

static void route_list(int ifindex, unsigned int max)
{
	struct xnm_route routes[MAX];
	unsigned int n = 4711;
	int rc;

	started_ns = now_ns();
	rc = xnm_route_list(rtnl, ifindex, routes, max, &n);
	returned(rc, xnm_rtnl_reason(rtnl));
	for (unsigned int i = 0; i < n; i++) {
		print_cidr(&routes[i].dst, "");
		printf(" %u%s", routes[i].metric, routes[i].has_src ? " " : "\n");
		if (routes[i].has_src)
			print_cidr(&routes[i].src, "\n");
	}
}

static void neigh_list(int ifindex, unsigned int max, bool is_proxy)
{
	char text[XNM_MAC_TEXT_LEN];
	struct xnm_cidr addrs[MAX];
	struct xnm_mac macs[MAX];
	unsigned int n = 4711;
	int rc;

	started_ns = now_ns();
	rc = is_proxy ? xnm_neigh_proxy_list(rtnl, ifindex, addrs, max, &n)
		      : xnm_neigh_list_permanent(rtnl, ifindex, addrs, macs, max, &n);
	returned(rc, xnm_rtnl_reason(rtnl));
	for (unsigned int i = 0; i < n; i++) {
		print_cidr(&addrs[i], is_proxy ? "\n" : " ");
		if (is_proxy)
			continue;
		xnm_format_mac(&macs[i], text);
		puts(text);
	}
}

static void list(int argc, char **argv)
{
	unsigned int max = argc > 3 ? number(argv[3]) : MAX;
	int ifindex = device(argv[2]);

	if (max > MAX)
		bad(argv[3]);
	if (strcmp(argv[1], "route-list") == 0)
		route_list(ifindex, max);
	else
		neigh_list(ifindex, max, strcmp(argv[1], "proxy-list") == 0);
}

static void sysctl_verb(int argc, char **argv)
{
	bool is_conf = strncmp(argv[1], "conf-", 5) == 0;
	int family = is_conf && argv[2][0] == '6' ? AF_INET6 : AF_INET;
	uint32_t value = 0;
	int rc;

	if (strcmp(argv[1], "sysctl-get") == 0 && argc == 3)
		rc = xnm_sysctl_get(argv[2], &value);
	else if (strcmp(argv[1], "sysctl-set") == 0 && argc == 4)
		rc = xnm_sysctl_set(argv[2], number(argv[3]));
	else if (strcmp(argv[1], "conf-get") == 0 && argc == 5)
		rc = xnm_sysctl_conf_get(family, argv[3], argv[4], &value);
	else if (strcmp(argv[1], "conf-set") == 0 && argc == 6)
		rc = xnm_sysctl_conf_set(family, argv[3], argv[4], number(argv[5]));
	else
		bad(argv[1]);
	returned(rc, NULL);
	if (rc == 0 && strstr(argv[1], "-get"))
		printf("%u\n", value);
}

static void purge(int argc, char **argv)
{
	struct xnm_cidr addresses[MAX];
	unsigned int n_deleted = 4711;
	int n = argc - 2, rc;

	if (n > MAX)
		bad(argv[2]);
	for (int i = 0; i < n; i++)
		addresses[i] = address(argv[2 + i]);
	started_ns = now_ns();
	rc = xnm_conntrack_purge(n ? addresses : NULL, (unsigned int)n, &n_deleted);
	returned(rc, NULL);
	printf("%u\n", n_deleted);
}

static const struct {
	const char *name;
	int min, max; /* of argc */
	void (*fn)(int argc, char **argv);
} verbs[] = {
	{ "route-replace", 5, 6, route },    { "route-del", 5, 5, route },
	{ "route-list", 3, 4, list },	     { "neigh-set", 5, 5, neigh },
	{ "neigh-del", 4, 4, neigh },	     { "neigh-list", 3, 4, list },
	{ "proxy-add", 4, 4, neigh },	     { "proxy-del", 4, 4, neigh },
	{ "proxy-list", 3, 4, list },	     { "sysctl-get", 3, 3, sysctl_verb },
	{ "sysctl-set", 4, 4, sysctl_verb }, { "conf-get", 5, 5, sysctl_verb },
	{ "conf-set", 6, 6, sysctl_verb },   { "purge", 2, 2 + MAX, purge },
};

static int open_rtnl(void)
{
	const int off = 0;
	int rc = xnm_rtnl_open(&rtnl);

	if (rc || !getenv("XNM_TEST_LAX"))
		return rc;
	return setsockopt(nl_socket_get_fd(rtnl->sock), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &off,
			  sizeof(off));
}

int main(int argc, char **argv)
{
	struct xnm_err err = { "" };

	if (xnm_sandbox_enter(0, &err)) {
		fprintf(stderr, "kernel: %s\n", err.text);
		return 2;
	}
	if (open_rtnl()) {
		perror("kernel: netlink");
		return 2;
	}
	started_ns = now_ns();
	for (size_t i = 0; argc > 1 && i < XNM_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc < verbs[i].min || argc > verbs[i].max)
			bad(argv[1]);
		verbs[i].fn(argc, argv);
		xnm_rtnl_close(rtnl);
		return 0;
	}
	fputs(usage, stderr);
	return 2;
}
