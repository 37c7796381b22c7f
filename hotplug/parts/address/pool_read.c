/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool_read.c - find the addresses that a pool has for a vif: its previous ones, or free ones. */
#include "hotplug/core/facts.h"
#include "hotplug/notes/state_dir.h"
#include "hotplug/parts/address/pool_read.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/identity.h"
#include "hotplug/core/plan.h"
#include "hotplug/core/witness.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/override.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/address/pool.h"

#define MAX_LIVE    4096
#define JUST_USED_S 10 /* addresses of guests that reboot, or whose online is under way */

struct search {
	const struct xnm_run_dir *dir;
	const struct xnm_want *want;
	const struct xnm_pool_guest *guest;
	const struct xnm_facts *facts; /* the event's vif; NULL: only a query */
	const struct xnm_event *event;
	struct xnm_owner self;
	char scope[XNM_SCOPE_LEN];
	int fd; /* the pool's folder, or -1 */
	uint8_t family;
	const struct xnm_cidr *asked; /* the address that is looked for */
	/* of addresses that no vif has */
	bool found;
	struct xnm_cidr oldest;
	time_t oldest_used, now;
	time_t free_in_s; /* when the first that was just used may be given out; 0: none */
};

/* The host's own address in a subnet, and the network and broadcast addresses. */
static bool is_reserved(const struct xnm_cidr *subnet, const struct xnm_cidr *address)
{
	unsigned int bits = subnet->family == AF_INET ? 32 : 128;
	struct xnm_cidr same = *address;
	bool broadcast = subnet->family == AF_INET;

	if (!xnm_cidr_within(address, subnet))
		return false;
	if (xnm_cidr_same_host(address, subnet))
		return true;
	if (subnet->prefix_len + 1u >= bits)
		return false;
	same.prefix_len = subnet->prefix_len;
	if (!xnm_cidr_has_host_bits(&same))
		return true;
	for (unsigned int bit = subnet->prefix_len; broadcast && bit < bits; bit++)
		broadcast = address->addr[bit / 8] & (0x80 >> bit % 8);
	return broadcast;
}

static bool is_hosts(const struct xnm_network *network, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (is_reserved(&network->addresses[i], address))
			return true;
	}
	return false;
}

static bool has(const struct xnm_own_addresses *own, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < own->n; i++) {
		if (xnm_cidr_same_host(&own->list[i], address) ||
		    (xnm_cidr_is_prefix(&own->list[i]) && xnm_cidr_within(address, &own->list[i])))
			return true;
	}
	return false;
}

/* Whether a [vif] section has it, whose guest may not run at the moment. */
static bool is_static(const struct xnm_policy *policy, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		if (has(&policy->vifs[i].own, address))
			return true;
	}
	return false;
}

/* A damaged file gives nobody an address. */
static int gives(void *arg, const char *file)
{
	static struct xnm_override override;
	const struct search *search = arg;
	struct xnm_own_addresses own;

	if (xnm_override_note_read(search->dir, file, &override, NULL))
		return 0;
	xnm_override_own(&override, &own);
	return has(&own, search->asked);
}

/* The same of what `xnm set` has given a vif. */
static bool is_set(struct search *search, const struct xnm_cidr *address)
{
	search->asked = address;
	return xnm_override_note_each(search->dir, gives, search) == 1;
}

/* A query may not know the guest's UUID. */
static bool has_other_mac(const struct search *search, const struct xnm_owner *owner)
{
	static struct xnm_vif_note other;
	int rc = xnm_vif_note_read(search->dir, owner->domid, owner->devid, &other);

	/* a vif whose note is unreadable or lost may exist */
	if (rc == -ENOENT)
		return xnm_vif_is_used(owner->domid, owner->devid);
	return rc || !xnm_mac_equal(&other.address.mac, &search->guest->mac);
}

static bool is_other_guest(void *arg, const struct xnm_owner *owner)
{
	static struct xnm_vif_note other;
	const struct search *search = arg;

	if (!search->facts)
		return has_other_mac(search, owner);
	return xnm_facts_kin(search->facts, search->event, owner, &other) == XNM_KIN_OTHER;
}

static bool may_have(struct search *search, const struct xnm_cidr *address)
{
	struct xnm_owner owner = { 0 };

	return !is_hosts(search->want->network, address) &&
	       !is_static(search->want->policy, address) &&
	       !xnm_policy_names_server(search->want->policy, address) &&
	       xnm_address_note_find(search->dir, search->scope, address, &search->self,
				     is_other_guest, search, &owner) == -ENOENT &&
	       !is_set(search, address);
}

static bool find_free(struct search *search, struct xnm_cidr *out)
{
	const struct xnm_pool *pool = search->want->address.pool;
	uint64_t size = xnm_pool_size(pool, search->family);
	uint64_t place = xnm_pool_place(&search->guest->mac, size);
	struct xnm_mac owner;

	for (uint64_t i = 0; i < size; i++, place = place + 1 < size ? place + 1 : 0) {
		xnm_pool_address(pool, search->family, place, out);
		if (xnm_pool_owner(search->fd, out, &owner) == 0 &&
		    !xnm_pool_is_own(search->fd, out, search->guest))
			continue;
		if (may_have(search, out))
			return true;
	}
	return false;
}

struct live {
	const struct xnm_run_dir *dir;
	unsigned int n;
	struct xnm_mac macs[MAX_LIVE];
};

static int note_live(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct live *live = arg;

	int rc = xnm_vif_note_read(live->dir, domid, devid, &state);

	if (rc && rc != -ENOENT)
		live->n = MAX_LIVE; /* a vif whose MAC address is unknown */
	else if (rc == 0 && live->n < MAX_LIVE)
		live->macs[live->n++] = state.address.mac;
	return 0;
}

static struct live live; /* needed only if the pool is full */

static bool is_live(const struct xnm_mac *mac)
{
	for (unsigned int i = 0; i < live.n; i++) {
		if (xnm_mac_equal(&live.macs[i], mac))
			return true;
	}
	return false;
}

static int look_at(void *arg, const struct xnm_cidr *address, const struct xnm_mac *mac,
		   time_t used)
{
	struct search *search = arg;
	time_t wait_s = used <= search->now ? used + JUST_USED_S - search->now : 0;

	if (address->family != search->family ||
	    !xnm_pool_has(search->want->address.pool, address) ||
	    (search->found && used >= search->oldest_used) || is_live(mac) ||
	    !may_have(search, address))
		return 0;
	if (wait_s > 0) {
		if (search->free_in_s == 0 || wait_s < search->free_in_s)
			search->free_in_s = wait_s;
		return 0;
	}
	search->found = true;
	search->oldest = *address;
	search->oldest_used = used;
	return 0;
}

/* The address that no vif has used for the longest time. */
static bool find_unused(struct search *search, struct xnm_cidr *out)
{
	live.dir = search->dir;
	live.n = 0;
	(void)xnm_vif_note_each(search->dir, note_live, &live);
	search->found = false;
	search->free_in_s = 0;
	search->now = time(NULL);
	/* with more vifs than fit, the list is incomplete, and no address can be taken from
	 * anybody */
	if (live.n < MAX_LIVE)
		(void)xnm_pool_each(search->fd, look_at, search);
	*out = search->oldest;
	return search->found;
}

/* Says so if only what somebody has just given up is left, or else what to change. */
static int is_full(const struct search *search, struct xnm_err *err)
{
	const struct xnm_pool *pool = search->want->address.pool;
	char family = search->family == AF_INET ? '4' : '6', where[160];

	(void)xnm_policy_origin(search->want->policy, pool->origin, where, sizeof(where));
	if (search->free_in_s)
		return xnm_fail(err, -ENOSPC,
				"pool %s (%s) has no free IPv%c address left but what a guest gave "
				"up just now, which is kept for it for %d s: start this guest "
				"again in %d s, or widen range= there",
				pool->name, where, family, JUST_USED_S, (int)search->free_in_s);
	return xnm_fail(err, -ENOSPC,
			"pool %s (%s) has no free IPv%c address left: widen range= there, "
			"or remove what %s/pool/%s has of guests that are gone for good",
			pool->name, where, family, xnm_state_dir_path(), pool->name);
}

static int pick(struct search *search, struct xnm_pool_facts *out, struct xnm_err *err)
{
	const struct xnm_pool *pool = search->want->address.pool;
	struct xnm_cidr *address = &out->list[out->n];

	if (xnm_pool_size(pool, search->family) == 0)
		return 0;
	/* the policy may have changed since */
	if ((xnm_pool_lookup(search->fd, search->guest, search->family, address) ||
	     !xnm_pool_has(pool, address) || !may_have(search, address)) &&
	    !find_free(search, address) && !find_unused(search, address))
		return is_full(search, err);
	out->noted[out->n++] = xnm_pool_is_own(search->fd, address, search->guest);
	return 0;
}

static int find_all(struct xnm_pool_facts *out, struct search *search, struct xnm_err *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	_cleanup_close_ int fd = xnm_pool_open(search->want->address.pool->name, false);
	int rc = 0;

	out->n = 0;
	search->fd = fd < 0 ? -1 : fd;
	memcpy(search->scope, search->want->address.scope, sizeof(search->scope));
	for (size_t i = 0; rc == 0 && i < XNM_N_ELEMENTS(families); i++) {
		search->family = families[i];
		rc = pick(search, out, err);
	}
	return rc;
}

int xnm_pool_find(struct xnm_pool_facts *out, const struct xnm_run_dir *dir,
		  const struct xnm_owner *self, const struct xnm_pool_guest *guest,
		  const struct xnm_want *want, struct xnm_err *err)
{
	struct search search = { .dir = dir, .want = want, .guest = guest, .self = *self };

	return find_all(out, &search, err);
}

int xnm_facts_pool(struct xnm_facts *facts, const struct xnm_event *event,
		   const struct xnm_want *want, struct xnm_err *err)
{
	const struct xnm_identity id = xnm_identity_of_guest(&facts->guest, event->domid);
	const struct xnm_pool_guest guest = { id.mac, id.uuid, id.name };
	struct search search = {
		.dir = facts->dir,
		.want = want,
		.guest = &guest,
		.facts = facts,
		.event = event,
		.self = { event->domid, event->devid },
	};

	return find_all(&facts->address.pool, &search, err);
}
