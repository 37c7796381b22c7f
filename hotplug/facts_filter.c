/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts_filter.c - read what is noted of a network, and whether nftables still has what it was given. */
#include "hotplug/facts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/identity.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/plan_parts.h"
#include "hotplug/ruleset.h"
#include "hotplug/witness.h"

static int nft_error(const struct xnm_nft *nft, int rc, struct xnm_err *err)
{
	const char *reason = xnm_nft_reason(nft)[0] ? xnm_nft_reason(nft) : strerror(-rc);

	return xnm_fail(err, rc,
			"cannot read nftables: %s; the kernel needs CONFIG_NF_TABLES, "
			"CONFIG_NF_TABLES_BRIDGE and CONFIG_NF_TABLES_INET",
			reason);
}

static int read_tables(struct xnm_filter_facts *filter, struct xnm_nft *nft, bool unchanged,
		       const struct xnm_policy *policy, struct xnm_err *err)
{
	static const char *const families[] = { "bridge", "inet" };

	for (int i = 0; i < XNM_N_TABLES; i++) {
		bool ours = true;
		int rc =
			xnm_ruleset_check(nft, (enum xnm_table)i, policy, !unchanged,
					  &filter->table[i].exists, &filter->table[i].whole, &ours);

		if (rc)
			return nft_error(nft, rc, err);
		if (!ours)
			return xnm_fail(
				err, -EEXIST,
				"table %s " XNM_NFT_TABLE
				" is there and was not made by xnm: rename it, or delete it "
				"with 'nft delete table %s " XNM_NFT_TABLE "'",
				families[i], families[i]);
	}
	return 0;
}

/* Which of a list have gone, by somebody else's hand. */
static int find_lost(struct xnm_nft *nft, const struct xnm_elements *elements, bool *lost)
{
	static bool present[XNM_MAX_ELEMENTS];
	int rc;

	rc = xnm_nft_find_elements(nft, elements->list, elements->n, present);
	for (unsigned int i = 0; rc == 0 && i < elements->n; i++)
		lost[i] = !present[i];
	return rc;
}

/* A setting that this kernel does not have (no IPv6) cannot be missing, but that of a bridge still to be made is. */
static bool setting_holds(const struct xnm_setting *setting, const struct xnm_facts *facts)
{
	uint32_t value;

	if (setting->of_bridge && facts->bridge.ifindex == 0)
		return false;
	return xnm_sysctl_get(setting->path, &value) || xnm_setting_holds(setting, value);
}

static bool settings_hold(const struct xnm_facts *facts, const struct xnm_want *want)
{
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(settings, want->network, want->bridge, want->policy);

	for (unsigned int i = 0; i < n; i++) {
		if (!setting_holds(&settings[i], facts))
			return false;
	}
	return true;
}

static int read_notes(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		      const struct xnm_event *event, const struct xnm_want *want,
		      struct xnm_err *err)
{
	const char *network = want->network->name;
	int rc = xnm_state_network_read(dir, network, &facts->network_note);

	/* what it has opened would stay open */
	if (rc && rc != -ENOENT)
		return xnm_facts_note_error(rc, "network", network, err);
	facts->has_network_note = rc == 0;
	facts->is_member = xnm_state_is_member(dir, network, event->domid, event->devid);
	facts->settings_hold = settings_hold(facts, want);
	return 0;
}

struct claim_search {
	struct xnm_facts *facts;
	const struct xnm_event *event;
	struct xnm_state other;
};

static bool is_other_guest(void *arg, const struct xnm_owner *owner)
{
	struct claim_search *search = arg;
	struct xnm_facts *facts = search->facts;
	enum xnm_kin kin = xnm_facts_kin(facts, search->event, owner, &search->other);

	if (kin == XNM_KIN_OTHER)
		return true;
	xnm_owners_add(&facts->leave, owner);
	if (kin == XNM_KIN_SAME) {
		facts->address_is_same_guests = true;
		facts->predecessor = *owner;
	}
	return false;
}

static const char *name_or(const char *name)
{
	return name[0] ? name : "name not known";
}

static int refuse_address(const struct xnm_facts *facts, const struct xnm_want *want,
			  const struct xnm_cidr *address, const struct xnm_owner *owner,
			  const struct xnm_state *other, struct xnm_err *err)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	return xnm_fail(err, -EADDRINUSE,
			"address %s overlaps one of vif%u.%u on %s: give one of the two guests "
			"(%s and %s) another address",
			text, owner->domid, owner->devid, want->routed ? "this host" : want->bridge,
			name_or(facts->guest.domain_name), name_or(other->domain_name));
}

/* That no other live vif has one of the wanted addresses. */
static int read_claims(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		       const struct xnm_event *event, const struct xnm_want *want,
		       struct xnm_err *err)
{
	const struct xnm_owner self = { event->domid, event->devid };
	static struct claim_search search;
	const char *scope = want->scope;
	struct xnm_owner owner = { 0 };

	search.facts = facts;
	search.event = event;
	facts->has_claims = true;
	for (unsigned int i = 0; i < want->n_addresses; i++) {
		const struct xnm_cidr *address = &want->addresses[i];

		facts->has_claims &= xnm_state_address_is(dir, scope, address, &self);
		if (xnm_state_address_find(dir, scope, address, &self, is_other_guest, &search,
					   &owner))
			continue;
		return refuse_address(facts, want, address, &owner, &search.other, err);
	}
	return 0;
}

static void add_heir(struct xnm_facts *facts, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n && facts->heirs.n < XNM_MAX_ELEMENTS; i++)
		facts->heirs.list[facts->heirs.n++] = elements->list[i];
}

/* After a migration that failed the guest goes on elsewhere, and so do its connections. */
static void read_predecessor(struct xnm_facts *facts, const struct xnm_run_dir *dir)
{
	const struct xnm_state *state = &facts->state;
	static struct xnm_state old;
	struct xnm_identity me, them;

	memset(facts->goes_back, 0, sizeof(facts->goes_back));
	if (!state->has_predecessor ||
	    xnm_state_read(dir, state->predecessor.domid, state->predecessor.devid, &old))
		return;
	me = xnm_identity_of_notes(state);
	them = xnm_identity_of_notes(&old);
	/* its number may be another guest's by now */
	if (!xnm_same_guest(&me, &them))
		return;
	/* what both have put there is still the other's */
	add_heir(facts, &old.elements[0]);
	add_heir(facts, &old.elements[1]);
	for (unsigned int i = 0; i < state->n_addresses; i++) {
		for (unsigned int k = 0; k < old.n_addresses; k++)
			facts->goes_back[i] |=
				xnm_cidr_equal(&state->addresses[i], &old.addresses[k]);
	}
}

void xnm_facts_heirs(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		     const struct xnm_event *event)
{
	const struct xnm_state *state = &facts->state;
	struct xnm_owner owner, last = { event->domid, event->devid };
	static struct xnm_state heir;

	read_predecessor(facts, dir);
	xnm_facts_owned_kept(facts, dir, event);
	for (unsigned int i = 0; state->scope[0] && i < state->n_addresses; i++) {
		if (xnm_state_address_owner(dir, state->scope, &state->addresses[i], &owner) ||
		    (owner.domid == event->domid && owner.devid == event->devid))
			continue;
		if (owner.domid == last.domid && owner.devid == last.devid) {
			facts->handed_over[i] = true;
			continue;
		}
		if (xnm_state_read(dir, owner.domid, owner.devid, &heir))
			continue;
		facts->handed_over[i] = true;
		last = owner;
		add_heir(facts, &heir.elements[0]);
		add_heir(facts, &heir.elements[1]);
	}
}

/*
 * Elements under the device's name that nobody has noted, as when our notes
 * were lost: they are taken for noted ones, so that those that are not wanted go.
 */
static int find_strays(struct xnm_facts *facts, struct xnm_nft *nft, const struct xnm_want *want,
		       bool tap)
{
	static struct xnm_elements guards;
	bool present[2] = { false, false };
	int rc;

	if (facts->has_state)
		return 0;
	guards.n = 0;
	xnm_key_ifname(xnm_elements_add(&guards, XNM_SET_BRIDGE_GUARD), 0, want->ifname);
	xnm_key_ifname(xnm_elements_add(&guards, XNM_SET_INET_GUARD), 0, want->ifname);
	rc = xnm_nft_find_elements(nft, guards.list, guards.n, present);
	if (rc == 0 && (present[0] || present[1]))
		rc = xnm_nft_read_device(nft, want->ifname, &facts->state.elements[tap]);
	return rc;
}

int xnm_facts_filter(struct xnm_facts *facts, struct xnm_nft *nft, const struct xnm_run_dir *dir,
		     const struct xnm_event *event, const struct xnm_want *want,
		     struct xnm_err *err)
{
	struct xnm_filter_facts *filter = &facts->filter;
	const struct xnm_elements *mine = &facts->state.elements[xnm_event_is_tap(event)];
	int rc = 0;

	if (want->attach && want->network)
		rc = read_notes(facts, dir, event, want, err);
	if (rc == 0 && want->attach)
		rc = read_claims(facts, dir, event, want, err);
	if (rc)
		return rc;
	rc = xnm_facts_filter_now(dir, nft, &filter->now);
	if (rc)
		return nft_error(nft, rc, err);
	filter->known = true;
	filter->was_made = xnm_facts_filter_was_made(dir);
	rc = read_tables(filter, nft, filter->now.is_unchanged, want->policy, err);
	if (rc)
		return rc;
	/* our notes are new, and tables from before are full of who knows what */
	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (!filter->was_made || (!filter->now.is_unchanged && filter->table[i].whole &&
					  xnm_facts_filter_is_other(dir, nft, (enum xnm_table)i)))
			filter->table[i].whole = false;
	}
	rc = find_strays(facts, nft, want, xnm_event_is_tap(event));
	if (rc)
		return nft_error(nft, rc, err);
	/* what is noted but was not sent, by a run that was killed, shows in no generation */
	rc = find_lost(nft, mine, filter->vif_lost);
	if (rc == 0 && facts->has_network_note)
		rc = find_lost(nft, &facts->network_note.elements, filter->network_lost);
	if (rc == 0 && facts->has_owned_note)
		rc = find_lost(nft, &facts->owned_note.elements, filter->owned_lost);
	return rc ? nft_error(nft, rc, err) : 0;
}
