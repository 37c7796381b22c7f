/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read who else has the addresses of a vif: another guest, or the same one on its way in or out. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter.h>

#include "hotplug/core/identity.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/mac.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/address/pool_read.h"
#include "hotplug/parts/address/stages.h"
#include "hotplug/parts/address/want.h"

struct claim_search {
	struct xnm_facts *facts;
	const struct xnm_event *event;
	struct xnm_vif_note other;
};

static bool is_other_guest(void *arg, const struct xnm_owner *owner)
{
	struct claim_search *search = arg;
	struct xnm_facts *facts = search->facts;
	enum xnm_kin kin = xnm_facts_kin(facts, search->event, owner, &search->other);

	if (kin == XNM_KIN_OTHER)
		return true;
	xnm_owners_add(&facts->address.leave, owner);
	if (kin == XNM_KIN_SAME) {
		facts->address.is_same_guests = true;
		facts->address.predecessor = *owner;
	}
	return false;
}

static int refuse_address(const struct xnm_facts *facts, const struct xnm_want *want,
			  const struct xnm_cidr *address, const struct xnm_owner *owner,
			  const struct xnm_vif_note *other, struct xnm_err *err)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	return xnm_fail(err, -EADDRINUSE,
			"address %s overlaps one of vif%u.%u on %s: give one of the two guests "
			"(%s and %s) another address",
			text, owner->domid, owner->devid,
			want->backend == XNM_BACKEND_ROUTE ? "this host" : want->bridge.name,
			xnm_name_or_unknown(facts->guest.domain_name),
			xnm_name_or_unknown(other->domain_name));
}

static int read_claims(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		       const struct xnm_event *event, const struct xnm_want *want,
		       struct xnm_err *err)
{
	const struct xnm_owner self = { event->domid, event->devid };
	static struct claim_search search;
	const char *scope = want->address.scope;
	struct xnm_owner owner = { 0 };

	search.facts = facts;
	search.event = event;
	facts->address.has_claims = true;
	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];

		facts->address.has_claims &= xnm_address_note_is(dir, scope, address, &self);
		if (xnm_address_note_find(dir, scope, address, &self, is_other_guest, &search,
					  &owner))
			continue;
		facts->address.rival.vif = owner;
		xnm_format_cidr(address, facts->address.rival.what);
		return refuse_address(facts, want, address, &owner, &search.other, err);
	}
	return 0;
}

static void add_heir(struct xnm_facts *facts, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (facts->filter.heirs.n < XNM_MAX_ELEMENTS)
			facts->filter.heirs.list[facts->filter.heirs.n++] = elements->list[i];
		else
			facts->filter.heirs.full = true;
	}
}

/* After a failed migration the guest goes on with its other vif, and so do its connections. */
static void read_predecessor(struct xnm_facts *facts, const struct xnm_run_dir *dir)
{
	const struct xnm_vif_note *state = &facts->note;
	static struct xnm_vif_note old;
	struct xnm_identity me, them;

	memset(facts->address.goes_back, 0, sizeof(facts->address.goes_back));
	if (!state->address.has_predecessor ||
	    xnm_vif_note_read(dir, state->address.predecessor.domid,
			      state->address.predecessor.devid, &old))
		return;
	xnm_vif_note_settle(&old);
	me = xnm_identity_of_notes(state);
	them = xnm_identity_of_notes(&old);
	/* its domid may be another guest's by now */
	if (!xnm_same_guest(&me, &them))
		return;
	/* elements of both are still the other's */
	add_heir(facts, &old.filter.elements[0]);
	add_heir(facts, &old.filter.elements[1]);
	for (unsigned int i = 0; i < state->address.n; i++) {
		for (unsigned int k = 0; k < old.address.n; k++)
			facts->address.goes_back[i] |=
				xnm_cidr_equal(&state->address.list[i], &old.address.list[k]);
	}
}

/* Elements with the MAC address, which another vif of the same guest also has. */
static bool goes_by_mac(const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		const struct xnm_set *set = &xnm_sets[elements->list[i].set];

		if (set->family == NFPROTO_INET && set->key[1] == XNM_NFT_ETHER)
			return true;
	}
	return false;
}

struct mac_search {
	struct xnm_facts *facts;
	const struct xnm_event *event;
};

static int add_namesake(void *arg, const struct xnm_owner *owner)
{
	const struct mac_search *search = arg;
	const struct xnm_event *event = search->event;
	static struct xnm_vif_note other;

	if ((owner->domid == event->domid && owner->devid == event->devid) ||
	    xnm_vif_note_read(search->facts->dir, owner->domid, owner->devid, &other))
		return 0;
	add_heir(search->facts, &other.filter.elements[0]);
	add_heir(search->facts, &other.filter.elements[1]);
	return 0;
}

/* The guest's next vif, which may have no address to be found by; also one in another VLAN. */
static void read_namesakes(struct xnm_facts *facts, const struct xnm_run_dir *dir,
			   const struct xnm_event *event)
{
	const struct xnm_vif_note *state = &facts->note;
	struct mac_search search = { facts, event };

	facts->dir = dir;
	if (state->bridge.name[0] &&
	    (goes_by_mac(&state->filter.elements[0]) || goes_by_mac(&state->filter.elements[1])))
		(void)xnm_mac_note_each(dir, state->bridge.name, &state->address.mac, add_namesake,
					&search);
}

static void read_heirs(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		       const struct xnm_event *event)
{
	const struct xnm_vif_note *state = &facts->note;
	struct xnm_owner owner, last = { event->domid, event->devid };
	static struct xnm_vif_note heir;

	read_predecessor(facts, dir);
	read_namesakes(facts, dir, event);
	for (unsigned int i = 0; state->address.scope[0] && i < state->address.n; i++) {
		if (xnm_address_note_owner(dir, state->address.scope, &state->address.list[i],
					   &owner) ||
		    (owner.domid == event->domid && owner.devid == event->devid))
			continue;
		if (owner.domid == last.domid && owner.devid == last.devid) {
			facts->address.handed_over[i] = true;
			continue;
		}
		if (xnm_vif_note_read(dir, owner.domid, owner.devid, &heir))
			continue;
		facts->address.handed_over[i] = true;
		last = owner;
		add_heir(facts, &heir.filter.elements[0]);
		add_heir(facts, &heir.filter.elements[1]);
	}
}

/* Takes the pool's lock, until its addresses are noted by the first operation. */
static int read_pool(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc = 0;

	if (ctx->mode != XNM_RUN_PLAN)
		rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_POOL, want->address.pool->name,
			      XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return xnm_fail(&ctx->err, rc, "pool %s is in use by other runs of xnm: %s",
				want->address.pool->name, strerror(-rc));
	rc = xnm_facts_pool(facts, ctx->event, want, &ctx->err);
	if (rc == 0)
		xnm_want_pool(want, &facts->address.pool);
	return rc;
}

int address_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc = xnm_facts_mac(facts, ctx->event, want, &ctx->err);

	if (rc == 0 && want->address.pool)
		rc = read_pool(facts, want, ctx);
	if (rc == 0)
		rc = address_recall(facts, ctx);
	if (rc == 0 && want->attach)
		rc = read_claims(facts, &ctx->dir, ctx->event, want, &ctx->err);
	facts->address.yields = ctx->mode != XNM_RUN_EVENT && facts->address.is_same_guests;
	return rc;
}

int address_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	read_heirs(facts, &ctx->dir, ctx->event);
	return 0;
}
