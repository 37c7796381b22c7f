/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_hook.c - run by an uplink's DHCP client: set, or remove, the leased address and route. */
#include "hotplug/parts/uplink/client.h"
#include "hotplug/run/dhcp_hook.h"
#include "hotplug/run/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/applied.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/owned/lease.h"
#include "hotplug/parts/uplink/answer.h"
#include "hotplug/parts/uplink/lease.h"
#include "hotplug/parts/uplink/lost.h"
#include "hotplug/parts/uplink/offer.h"
#include "hotplug/run/run.h"
#include "hotplug/run/uplinks.h"
#include "policy/types/types.h"

static struct xnm_policy the_policy;

enum happening { NOTHING, BOUND, LOST, GUESSED };

/* udhcpc passes the event as argument, the others in the environment. */
static enum happening happening_of(const char *word)
{
	static const struct {
		const char *word;
		enum happening happening;
	} words[] = {
		{ "bound", BOUND },
		{ "renew", BOUND },
		{ "BOUND", BOUND },
		{ "RENEW", BOUND },
		{ "REBIND", BOUND },
		{ "REBOOT", BOUND },
		{ "deconfig", LOST },
		{ "nak", LOST },
		{ "PREINIT", LOST },
		{ "EXPIRE", LOST },
		{ "FAIL", LOST },
		{ "RELEASE", LOST },
		{ "STOP", LOST },
		{ "NAK", LOST },
		{ "STOPPED", LOST },
		/* dhclient: no server answers, but an old lease is still valid: keep trying */
		{ "TIMEOUT", GUESSED },
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

/* Only parses it; whether the lease can be accepted is checked later. */
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

/* A lease that was accepted before is not checked again. */
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

/*
 * The uplink of the client, from the environment that it was started with: two uplinks may be on
 * one bridge.
 */
static const struct xnm_uplink *find_uplink(const char *name, const char *device)
{
	const struct xnm_uplink *found = NULL;
	unsigned int n = 0;

	for (unsigned int i = 0; i < the_policy.n_uplinks; i++) {
		const struct xnm_uplink *uplink = &the_policy.uplinks[i];

		if (!uplink->gateway.dhcp || strcmp(uplink->device, device) != 0 ||
		    (name && strcmp(uplink->name, name) != 0))
			continue;
		found = uplink;
		n++;
	}
	return n == 1 ? found : NULL;
}

static int check_answer(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			const struct xnm_uplink_note *note, const struct xnm_offer *offer)
{
	int rc = xnm_cidr_equal(&note->leased, &offer->address)
			 ? 0
			 : xnm_dhcp_check_free(ctx, uplink, &offer->address);

	/* a client that an older xnm has started has no uplink's name */
	if (rc || !getenv(XNM_DHCP_UPLINK))
		return rc;
	return xnm_dhcp_check_answer(ctx, uplink, note, &offer->address, &offer->router,
				     either("serverid", "new_dhcp_server_identifier"));
}

/* Stops the client, which would keep the refused lease; the next probe starts it again. */
static void end_client(const struct xnm_uplink_note *note)
{
	if (getenv(XNM_DHCP_UPLINK) && xnm_dhcp_runs(note->dhcp_pid, note->dhcp_started))
		(void)kill((pid_t)note->dhcp_pid, SIGTERM);
}

/* The uplinks' lock is held. A refused lease counts as ended. */
static int change(struct xnm_ctx *ctx, const struct xnm_uplink *uplink, enum happening happening)
{
	static struct xnm_uplink_report reports[XNM_MAX_UPLINKS];
	struct xnm_offer offer = { .address = { 0 } };
	struct xnm_uplink_note note;
	int rc, refused = 0;

	rc = xnm_uplink_note_read(&ctx->dir, uplink->name, &note);
	/* a client that was stopped may still run the hook */
	if (rc)
		return rc == -ENOENT ? 0
				     : xnm_facts_note_error(rc, "uplink", uplink->name, &ctx->err);
	if (happening == BOUND)
		refused = read_offer(&offer, &ctx->err);
	if (happening == BOUND && refused == 0)
		refused = check_offer(ctx, uplink, &note, &offer);
	if (happening == BOUND && refused == 0)
		refused = check_answer(ctx, uplink, &note, &offer);
	/* an error while reading is no reason to refuse the lease */
	if (refused && refused != -EINVAL && refused != -EADDRINUSE && refused != -EACCES)
		return refused;
	if (refused)
		memset(&offer, 0, sizeof(offer));
	rc = apply_lease(ctx, &note, &offer);
	if (rc == 0)
		rc = xnm_uplinks_settle(ctx, uplink, reports, false);
	if (refused)
		end_client(&note);
	return refused ? refused : rc;
}

static int open_notes(struct xnm_ctx *ctx)
{
	int rc = xnm_rtnl_open(&ctx->rtnl);

	if (rc == 0)
		rc = xnm_run_dir_open(&ctx->dir, xnm_run_dir_path(), false);
	return rc ? xnm_fail(&ctx->err, rc, "cannot open the notes: %s", strerror(-rc)) : 0;
}

static int take_lock(struct xnm_ctx *ctx)
{
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_UPLINKS, NULL, XNM_LOCK_TIMEOUT_MS);

	return rc ? xnm_fail(&ctx->err, rc, "another run of xnm is changing the uplinks: %s",
			     strerror(-rc))
		  : 0;
}

static int run(struct xnm_ctx *ctx, const char *name, const char *device, enum happening happening)
{
	const struct xnm_uplink *uplink = NULL;
	bool has_policy;
	char noted[XNM_NAME_LEN];
	int rc = open_notes(ctx);

	if (!name)
		name = xnm_dhcp_noted_name(ctx, device, noted);
	if (rc || (happening == LOST && xnm_dhcp_nothing_to_lose(ctx, name, device)))
		return rc;
	has_policy = xnm_policy_load(&the_policy, xnm_policy_file_in_force(), xnm_run_dir_path(),
				     XNM_THIS_HOST, NULL, NULL) == 0;
	if (has_policy)
		uplink = find_uplink(name, device);
	if (!has_policy && happening != LOST)
		return xnm_fail(&ctx->err, -EINVAL, "the policy cannot be read: run 'xnm check'");
	if (!uplink && happening != LOST)
		return xnm_fail(&ctx->err, -ENOENT,
				"the policy has no [uplink %.63s] with gateway=dhcp on %s",
				name ? name : "", device);
	rc = take_lock(ctx);
	if (rc)
		return rc;
	rc = uplink ? change(ctx, uplink, happening) : xnm_dhcp_lose(ctx, name, device);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_UPLINKS);
	xnm_leases_follow(ctx);
	return rc;
}

static bool is_name(const char *text)
{
	char name[XNM_NAME_LEN];
	const char *reason;

	return xnm_parse_name(text, name, sizeof(name), &reason) == 0;
}

int xnm_dhcp_hook(int argc, char **argv)
{
	enum happening happening = happening_of(argc > 1 ? argv[1] : getenv("reason"));
	struct xnm_ctx ctx = { .parts = xnm_parts,
			       .policy = &the_policy,
			       .dir = XNM_RUN_DIR_CLOSED };
	const char *device = getenv("interface"), *name = getenv(XNM_DHCP_UPLINK);
	int rc;

	if (happening == NOTHING || !device || !xnm_ifname_ok(device) || (name && !is_name(name)))
		return happening == GUESSED ? EXIT_FAILURE : EXIT_SUCCESS;
	rc = run(&ctx, name, device, happening);
	if (rc)
		xnm_log_error("DHCP on %s: %s", device, ctx.err.text);
	else
		xnm_log_info("DHCP on %s: %s", device, happening == BOUND ? "an address" : "none");
	xnm_rtnl_close(ctx.rtnl);
	xnm_run_dir_close(&ctx.dir);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool xnm_dhcp_is_hook(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	return slash && strcmp(slash + 1, XNM_DHCP_HOOK) == 0;
}
