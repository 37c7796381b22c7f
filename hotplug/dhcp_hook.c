/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_hook.c - what the DHCP client of an uplink has got, or lost: the address and the route. */
#include "hotplug/dhcp_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/apply_parts.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/lock.h"
#include "hotplug/offer.h"
#include "hotplug/run.h"
#include "hotplug/uplinks.h"

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

/* Only whether it can be read: what it says is looked at together with what this host has. */
static int read_offer(struct xnm_offer *offer, struct xnm_err *err)
{
	const char *ip = either("ip", "new_ip_address");
	const char *mask = either("subnet", "new_subnet_mask");
	const char *routers = either("router", "new_routers");
	char first[64] = "", shown[64];

	if (!ip || strchr(ip, '/') || xnm_parse_cidr(ip, &offer->address) ||
	    mask_length(mask, &offer->address.prefix_len))
		return xnm_fail(err, -EINVAL, "the server offers the address '%s', netmask '%s'",
				xnm_printable(ip ? ip : "", shown, sizeof(shown)),
				mask && xnm_text_ok(mask, strlen(mask)) ? mask : "?");
	if (routers)
		(void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(routers, " "), routers);
	if (first[0] && (strchr(first, '/') || xnm_parse_cidr(first, &offer->router)))
		return xnm_fail(err, -EINVAL, "the server says that '%s' is the router",
				xnm_printable(first, shown, sizeof(shown)));
	return 0;
}

/* One that has been taken is not compared again with what came after it. */
static int check_offer(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
		       const struct xnm_uplink_note *note, const struct xnm_offer *offer)
{
	struct xnm_offer_facts facts = { .uplink = uplink, .offer = offer };
	int rc = 0;

	if (!xnm_cidr_equal(&note->leased, &offer->address) ||
	    !xnm_cidr_equal(&note->router, &offer->router))
		rc = xnm_offer_read(&facts, ctx->rtnl, &ctx->dir, ctx->policy, note, &ctx->err);
	return rc ? rc : xnm_offer_check(&facts, &ctx->err);
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

/* The lock of all uplinks is held. What is refused leaves the uplink as if the lease had ended. */
static int change(struct xnm_ctx *ctx, const struct xnm_uplink *uplink, enum happening happening)
{
	struct xnm_uplink_report report = { 0 };
	struct xnm_offer offer = { .address = { 0 } };
	struct xnm_uplink_note note;
	int rc, refused = 0;

	rc = xnm_uplink_note_read(&ctx->dir, uplink->name, &note);
	/* a client that was told to end may still have something to say */
	if (rc)
		return rc == -ENOENT ? 0
				     : xnm_facts_note_error(rc, "uplink", uplink->name, &ctx->err);
	if (happening == BOUND)
		refused = read_offer(&offer, &ctx->err);
	if (happening == BOUND && refused == 0)
		refused = check_offer(ctx, uplink, &note, &offer);
	/* that something cannot be read does not speak against it */
	if (refused && refused != -EINVAL && refused != -EADDRINUSE)
		return refused;
	if (refused)
		memset(&offer, 0, sizeof(offer));
	rc = apply_lease(ctx, &note, &offer);
	if (rc == 0)
		rc = xnm_uplink_settle(ctx, uplink, &report, false);
	return refused ? refused : rc;
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
