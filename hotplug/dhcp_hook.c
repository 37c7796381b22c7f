/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_hook.c - what the DHCP client of an uplink has got, or lost: the address and the route. */
#include "hotplug/dhcp_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/apply.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/lock.h"
#include "hotplug/run.h"
#include "hotplug/uplinks.h"
#include "policy/prefix.h"

#define MIN_PREFIX 8 /* no server is believed that all the world is on its link */

static struct xnm_policy the_policy;

enum happening { NOTHING, BOUND, LOST };

/* udhcpc gives a word as argument, the others one in the environment. */
static enum happening happening_of(const char *word)
{
	static const struct {
		const char *word;
		enum happening happening;
	} words[] = {
		{ "bound", BOUND },  { "renew", BOUND },  { "BOUND", BOUND },	{ "RENEW", BOUND },
		{ "REBIND", BOUND }, { "REBOOT", BOUND }, { "deconfig", LOST }, { "nak", LOST },
		{ "PREINIT", LOST }, { "EXPIRE", LOST },  { "FAIL", LOST },	{ "RELEASE", LOST },
		{ "STOP", LOST },    { "NAK", LOST },	  { "STOPPED", LOST },
	};

	for (size_t i = 0; word && i < XNM_N_ELEMENTS(words); i++) {
		if (strcmp(word, words[i].word) == 0)
			return words[i].happening;
	}
	return NOTHING;
}

static const char *either(const char *name, const char *other)
{
	const char *value = getenv(name);

	return value ? value : getenv(other);
}

/* "255.255.255.0" */
static int mask_length(const char *text, uint8_t *length)
{
	struct in_addr mask;
	uint32_t bits;

	if (!text || inet_pton(AF_INET, text, &mask) != 1)
		return -EINVAL;
	bits = ntohl(mask.s_addr);
	*length = (uint8_t)__builtin_popcount(bits);
	return *length && bits != UINT32_MAX << (32 - *length) ? -EINVAL : 0;
}

/* An address that a host can have, from a server that may be anybody. */
static bool is_usable(const struct xnm_cidr *host)
{
	return host->family == AF_INET && host->addr[0] != 0 && host->addr[0] != 127 &&
	       host->addr[0] < 224;
}

static int read_lease(struct xnm_cidr *address, struct xnm_cidr *router, struct xnm_err *err)
{
	const char *ip = either("ip", "new_ip_address");
	const char *mask = either("subnet", "new_subnet_mask");
	const char *routers = either("router", "new_routers");
	char first[64] = "", shown[64];

	memset(router, 0, sizeof(*router));
	if (!ip || strchr(ip, '/') || xnm_parse_cidr(ip, address) || !is_usable(address) ||
	    mask_length(mask, &address->prefix_len) || address->prefix_len < MIN_PREFIX)
		return xnm_fail(err, -EINVAL, "the server offers the address '%s', netmask '%s'",
				xnm_printable(ip ? ip : "", shown, sizeof(shown)),
				mask && xnm_text_ok(mask, strlen(mask)) ? mask : "?");
	if (routers)
		(void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(routers, " "), routers);
	if (first[0] && (strchr(first, '/') || xnm_parse_cidr(first, router) ||
			 !is_usable(router) || !xnm_cidr_within(router, address)))
		return xnm_fail(err, -EINVAL,
				"the server says that '%s' is the router, which "
				"is not in its subnet",
				xnm_printable(first, shown, sizeof(shown)));
	return 0;
}

static bool overlap(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return xnm_cidr_within(a, b) || xnm_cidr_within(b, a);
}

/* A lease must not take a subnet away from guests. */
static int check_overlap(const struct xnm_cidr *address, const struct xnm_uplink *uplink,
			 struct xnm_err *err)
{
	char text[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < the_policy.n_networks; i++) {
		const struct xnm_network *network = &the_policy.networks[i];

		for (unsigned int k = 0; k < network->n_addresses; k++) {
			const struct xnm_cidr *subnet = &network->addresses[k];

			if (!overlap(address, subnet) ||
			    strcmp(network->name, uplink->network) == 0)
				continue;
			xnm_format_cidr(address, text);
			return xnm_fail(err, -EADDRINUSE,
					"the server offers %s, which overlaps [network %s]", text,
					network->name);
		}
	}
	return 0;
}

static const struct xnm_uplink *find_uplink(const char *device)
{
	for (unsigned int i = 0; i < the_policy.n_uplinks; i++) {
		const struct xnm_uplink *uplink = &the_policy.uplinks[i];

		if (uplink->gateway.dhcp && strcmp(uplink->device, device) == 0)
			return uplink;
	}
	return NULL;
}

static int set_address(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
		       const struct xnm_uplink_note *note, const struct xnm_cidr *address)
{
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, uplink->device, &link);

	if (rc)
		return xnm_fail(&ctx->err, rc, "%s: %s", uplink->device,
				xnm_rtnl_reason(ctx->rtnl));
	if (note->leased.family && !xnm_cidr_equal(&note->leased, address))
		(void)xnm_addr_del(ctx->rtnl, link.ifindex, &note->leased);
	rc = link.up ? 0 : xnm_link_set_up(ctx->rtnl, link.ifindex, true);
	if (rc == 0 && address->family)
		rc = xnm_addr_add(ctx->rtnl, link.ifindex, address);
	return rc && rc != -EEXIST ? xnm_fail(&ctx->err, rc, "cannot set the address of %s: %s",
					      uplink->device, xnm_rtnl_reason(ctx->rtnl))
				   : 0;
}

/* The lock of all uplinks is held. */
static int change(struct xnm_ctx *ctx, const struct xnm_uplink *uplink, enum happening happening)
{
	struct xnm_uplink_report report = { 0 };
	struct xnm_cidr address = { 0 }, router = { 0 };
	struct xnm_uplink_note note;
	int rc = 0;

	if (happening == BOUND)
		rc = read_lease(&address, &router, &ctx->err);
	if (rc == 0 && happening == BOUND)
		rc = check_overlap(&address, uplink, &ctx->err);
	if (rc)
		return rc;
	rc = xnm_uplink_note_read(&ctx->dir, uplink->name, &note);
	/* a client that was told to end may still have something to say */
	if (rc)
		return rc == -ENOENT ? 0
				     : xnm_facts_note_error(rc, "uplink", uplink->name, &ctx->err);
	rc = set_address(ctx, uplink, &note, &address);
	if (rc)
		return rc;
	note.leased = address;
	note.router = router;
	rc = xnm_uplink_note_write(&ctx->dir, &note);
	return rc ? rc : xnm_uplink_settle(ctx, uplink, &report, false);
}

static int run(struct xnm_ctx *ctx, const char *device, enum happening happening)
{
	const struct xnm_uplink *uplink;
	const char *path = getenv("XNM_CONFIG");
	uint64_t lock = xnm_lock_bridge(XNM_UPLINK_LOCK);
	int rc;

	rc = xnm_policy_load_here(&the_policy, path && path[0] ? path : XNM_POLICY_FILE,
				  xnm_run_dir_path(), NULL, NULL);
	if (rc)
		return xnm_fail(&ctx->err, rc, "the policy cannot be read: xnm check");
	uplink = find_uplink(device);
	if (!uplink)
		return 0;
	rc = xnm_rtnl_open(&ctx->rtnl);
	if (rc == 0)
		rc = xnm_run_dir_open(&ctx->dir, xnm_run_dir_path(), false);
	if (rc == 0)
		rc = xnm_lock_take(ctx->dir.lock_fd, lock, false, XNM_LOCK_TIMEOUT_MS);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot look at the notes: %s", strerror(-rc));
	ctx->has_uplink_lock = true;
	return change(ctx, uplink, happening);
}

int xnm_dhcp_hook(int argc, char **argv)
{
	enum happening happening = happening_of(argc > 1 ? argv[1] : getenv("reason"));
	struct xnm_ctx ctx = { .policy = &the_policy, .dir = XNM_RUN_DIR_CLOSED };
	const char *device = getenv("interface");
	int rc;

	if (happening == NOTHING || !device || !xnm_ifname_ok(device))
		return EXIT_SUCCESS;
	rc = run(&ctx, device, happening);
	if (rc)
		xnm_log_error("DHCP on %s: %s", device, ctx.err.text);
	else
		xnm_log_info("DHCP on %s: %s", device, happening == BOUND ? "an address" : "none");
	xnm_rtnl_close(ctx.rtnl);
	xnm_run_dir_close(&ctx.dir);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
