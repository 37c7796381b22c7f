/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan-test.c - print the plan for one folder of text files: what is asked, what is, what is wanted. */

/*
 * usage: plan-test FOLDER
 *
 * The folder holds, each of them optional and each key of them too:
 *
 *   event       verb= domid= devid=               default: online, 1, 0; the verb reapply is
 *               an online of a vif that runs
 *   guest       what the toolstack wrote to xenstore, by its names there: mac= bridge= vifname=
 *               vlan= mtu= type= ip= hotplug-status= hotplug-error=; name= and uuid= of the
 *               domain; frontend-mtu=, what the guest is told now
 *   policy.ini  a policy, read by the program's own reader
 *   links       what is in the kernel, and our notes:
 *     [device]          the vif or tap; default: as netback or the device model makes it.
 *                       exists= name= altname= up= master= mac= mtu= ipv6= ipv4= flags= known= vlan=
 *     [bridge]          the wanted bridge exists: name= kind= up= mtu= stp= vlan-filtering=
 *                       default-pvid= address=... ours= (xnm made it); made= (xnm made that of
 *                       [state], and takes it away again)
 *     [bridges]         names= of all bridges
 *     [holder]          somebody has the wanted name: same-guest=
 *     [interface NAME]  one of the network's interfaces= exists: up= master= address=
 *     [tap]             exists= the tap of the same NIC is still there
 *     [state]           the notes of an earlier event, as notes/vif.h has them. nftables has what the
 *                       policy wants for them, unless filtered=no: then an xnm that did not
 *                       filter wrote them; lost= those of an earlier event have gone
 *     [filter]          bridge= or inet= missing, or old: made for another policy; lost= a set
 *                       that somebody has emptied, as in bridge/macs
 *     [foreign]         others' chains that drop what nobody accepts: ip= ip6=, their names;
 *                       br-netfilter= (they see what bridges pass on)
 *     [uplink NAME]     what is noted of it: state= up or down, as a probe has found; router= that
 *                       a DHCP client has got
 *     [uplinks]         away= a device that is not there (any more)
 *     [default DEV]     via= a default route of somebody else; lost= those through it have gone
 *     [settings]        of the kernel, below /proc/sys/net, as in ipv4/ip_forward=1
 *   before      a folder of the same kind: its event comes first, on the same host
 *
 * After an event the plan is carried out on these facts and, if it was an online, made again: it
 * must be empty then, or it is printed too, under "not converged:". Rules that hold for every
 * plan, and for what is noted against what is there, are checked on the way; what breaks one is
 * printed under "broken:".
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/core/want.h"
#include "tests/plan/case.h"

static struct folder the_folder;
static struct xnm_policy the_policy;

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *p = list;

	while ((p = strstr(p, word))) {
		if ((p == list || p[-1] == ' ') && (p[len] == '\0' || p[len] == ' '))
			return true;
		p += len;
	}
	return false;
}

/* The bridge that an earlier event has left behind, or the one that the folder tells of. */
static void fill_bridge(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_facts *facts = &folder->model.facts;
	const struct moment *now = &folder->now;

	if (strcmp(facts->bridge.name, want->bridge) != 0 || !want->attach) {
		if (facts->device.master == BRIDGE_INDEX)
			facts->device.master = OTHER_INDEX;
		for (unsigned int i = 0; i < folder->model.world.n_routes; i++) {
			if (folder->model.world.routes[i].ifindex == BRIDGE_INDEX)
				folder->model.world.routes[i].ifindex = OTHER_INDEX;
		}
		memset(&facts->bridge, 0, sizeof(facts->bridge));
		facts->n_bridge_addresses = 0;
		facts->bridge_is_ours = false;
	}
	if (!want->attach || want->routed)
		return;
	if (!now->has_bridge) {
		COPY(facts->bridges, now->bridges);
		return;
	}
	facts->bridge = now->bridge;
	if (facts->bridge.name[0] == '\0')
		COPY(facts->bridge.name, want->bridge);
	facts->bridge_is_ours = now->bridge_is_ours;
	facts->bridge_note = now->bridge_note;
	facts->n_bridge_addresses = now->n_bridge_addresses;
	memcpy(facts->bridge_addresses, now->bridge_addresses, sizeof(now->bridge_addresses));
}

static void fill_carry(struct xnm_facts *facts, unsigned int i, struct xnm_carry *carry)
{
	facts->interface_has_address[i] = xnm_carry_matters(carry);
	if (facts->interface_has_address[i] && !facts->carry)
		facts->carry = carry;
}

/* Interfaces that came with the bridge, as it was noted, and are not the policy's. */
static void fill_dropped(struct folder *folder, const struct xnm_network *network)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct moment *now = &folder->now;

	for (unsigned int k = 0; k < now->n_interfaces; k++) {
		const struct xnm_link *link = &now->interfaces[k].link;
		bool listed = false;

		for (unsigned int i = 0; i < network->n_interfaces; i++)
			listed |= strcmp(network->interfaces[i], link->name) == 0;
		if (listed || !facts->bridge_is_ours)
			continue;
		facts->dropped[facts->n_dropped++] = *link;
		if (strcmp(link->name, now->bridge_note.carries) != 0)
			continue;
		facts->carry_back = &now->interfaces[k].carry;
		/* it was read from the bridge */
		memcpy(facts->carry_back->ifname, facts->bridge.name, IFNAMSIZ);
		facts->carry_back->ifindex = facts->bridge.ifindex;
	}
}

/* One that is noted is the device that it was. */
static void fill_card(struct xnm_bridge_note *note, const struct xnm_link *link)
{
	for (unsigned int i = 0; i < note->n_interfaces; i++) {
		if (strcmp(note->interfaces[i], link->name) == 0)
			note->cards[i] = (struct xnm_card_id){ link->ifindex, link->own_mac };
	}
}

static void fill_interfaces(struct folder *folder, const struct xnm_network *network)
{
	struct xnm_facts *facts = &folder->model.facts;
	const struct moment *now = &folder->now;

	facts->n_interfaces = network->n_interfaces;
	for (unsigned int i = 0; i < facts->n_interfaces; i++) {
		for (unsigned int k = 0; k < now->n_interfaces; k++) {
			if (strcmp(now->interfaces[k].link.name, network->interfaces[i]) != 0)
				continue;
			facts->interfaces[i] = now->interfaces[k].link;
			facts->interface_is_wireless[i] = now->interfaces[k].wireless;
			if (now->interfaces[k].manager.kind) {
				facts->managed = i;
				facts->manager = now->interfaces[k].manager;
			}
			memcpy(facts->interface_master[i], now->interfaces[k].master, IFNAMSIZ);
			fill_carry(facts, i, &folder->now.interfaces[k].carry);
			fill_card(&facts->bridge_note, &facts->interfaces[i]);
		}
	}
	if (facts->carry)
		memcpy(facts->carry_refused, now->carry_refused, sizeof(facts->carry_refused));
	fill_dropped(folder, network);
}

/* The facts as xnm_facts_links() would read them for this want. */
static void fill_links(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct xnm_link *device = &facts->device;
	const struct moment *now = &folder->now;

	fill_bridge(folder, want);
	if (now->device_master[0])
		device->master = strcmp(now->device_master, facts->bridge.name) == 0 ? BRIDGE_INDEX
										     : OTHER_INDEX;
	memset(&facts->holder, 0, sizeof(facts->holder));
	if (now->has_holder && strcmp(device->name, want->ifname) != 0) {
		facts->holder.ifindex = HOLDER_INDEX;
		COPY(facts->holder.name, want->ifname);
	}
	facts->holder_is_same_guest = now->holder_is_same_guest;
	facts->made_bridge = now->made_bridge;
	if (want->has_vlan && facts->bridge.vlan_filtering && device->master == BRIDGE_INDEX &&
	    now->has_vlans) {
		facts->has_vlans = true;
		facts->vlans = now->vlans;
	}
	facts->n_interfaces = facts->n_dropped = 0;
	facts->carry = facts->carry_back = NULL;
	facts->carry_refused[0] = '\0';
	if (want->attach && want->network)
		fill_interfaces(folder, want->network);
}

static void note_network(struct world *world, const struct xnm_network *network,
			 const struct xnm_policy *policy, const struct xnm_owner *vif,
			 bool makes_bridge)
{
	struct world_network *noted = world_network(world, network->name);
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	struct xnm_err err;

	add_member(noted, vif);
	noted->has_note = true;
	COPY(noted->note.bridge, network->bridge);
	(void)xnm_filter_network(&noted->note.elements, network, policy, &err);
	world_put_all(world, &noted->note.elements);
	noted->note.n_settings =
		xnm_filter_settings(settings, network, network->bridge, makes_bridge, policy);
	for (unsigned int i = 0; i < noted->note.n_settings; i++) {
		COPY(noted->note.settings[i], settings[i].path);
		world_set(world, &settings[i]);
	}
}

/* What every locked vif has on its port, whatever the folder says of the other flags. */
static void fill_guard(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_link *device = &folder->model.facts.device;
	uint16_t guard = want->port.mask & XNM_PORT_GROUP_FWD;

	folder->now.state.port_flags |= guard;
	if (folder->now.device_master[0] && device->port_known & guard) {
		device->port_flags &= (uint16_t)~guard;
		device->port_flags |= want->port.value & guard;
	}
}

/* [state] is what an online of the present policy has left: with all that belongs to it. */
static void complete_state(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_vif_note *state = &folder->now.state;
	struct world *world = &folder->model.world;
	const struct xnm_owner self = { state->domid, state->devid };
	const struct xnm_network *network = xnm_policy_network(&the_policy, state->network);
	bool tap = xnm_event_is_tap(&folder->now.event);
	const char *name = tap ? state->tap : state->ifname;
	struct xnm_err err;

	if (!folder->now.has_state)
		return;
	if (!folder->now.unfiltered && want->attach && name[0]) {
		state->locked = want->locked;
		state->group = xnm_want_group(want);
		folder->model.facts.device.group = state->group;
		note_owned(world, &folder->model.facts, want, &self);
		fill_guard(folder, want);
		(void)xnm_filter_vif(&state->elements[tap], want, &folder->model.facts.guest, name,
				     &the_policy, &err);
		world_put_all(world, &state->elements[tap]);
	}
	if (!folder->now.unfiltered && state->bridge[0] && state->n_addresses)
		memcpy(state->scope, want->scope, sizeof(state->scope));
	if (!folder->now.unfiltered && !tap && xnm_wants_told(want)) {
		state->told = true;
		xnm_told_fill(told_make(&world->told, state->domid, state->devid), want,
			      &state->mac, state->mtu_bytes);
	}
	for (unsigned int i = 0; state->scope[0] && i < state->n_addresses; i++)
		(void)world_claim(world, state->scope, &state->addresses[i], &self, false);
	if (!folder->now.unfiltered && network)
		note_network(world, network, &the_policy, &self,
			     xnm_makes_bridge(&folder->model.facts));
	world_note_vif(world, state);
}

static int plan(struct folder *folder, struct xnm_plan *plan, struct xnm_want *want,
		struct xnm_err *err)
{
	struct model *model = &folder->model;

	look_addresses(&model->facts, &model->world, &folder->now.event, want);
	look(&model->facts, &model->world, &folder->now.event, want);
	model->facts.yields = folder->now.reapply && model->facts.address_is_same_guests;
	return xnm_plan_online(plan, &folder->now.event, want, &model->facts, err);
}

/* Whether an operation is about what the vifs of a network or bridge have in common. */
static bool is_networks(const struct xnm_op *op)
{
	switch (kind_of(op)) {
	case KIND_xnm_op_pool_assign:
	case KIND_xnm_op_network_join:
	case KIND_xnm_op_foreign_join:
		return false;
	case KIND_xnm_op_owned_join:
		return op->u.owned.note;
	case KIND_xnm_op_bridge_set:
	case KIND_xnm_op_owned_leave:
	case KIND_xnm_op_foreign_leave:
		return true;
	default:
		return xnm_op_is_networks(op);
	}
}

/* Who changes a network has its lock alone, and has planned twice. */
static void check_lock(const struct xnm_plan *plan)
{
	bool changes = false;

	for (unsigned int i = 0; i < plan->n; i++)
		changes |= is_networks(&plan->op[i]);
	if (plan->changes_network && !changes)
		puts("broken: it wants the network for itself, of which nothing changes");
}

static void online(struct folder *folder, bool last)
{
	static struct xnm_plan first, again;
	struct xnm_facts *facts = &folder->model.facts;
	static struct xnm_want want;
	struct xnm_err err = { "" };
	int rc;

	rc = xnm_want(&want, &folder->now.event, &facts->guest, &the_policy,
		      has_word(folder->now.bridges, facts->guest.bridge), &err);
	if (rc == 0) {
		fill_links(folder, &want);
		xnm_want_bridge(&want, &facts->bridge);
		complete_state(folder, &want);
		rc = plan(folder, &first, &want, &err);
	}
	if (rc) {
		printf("error: %s\n", err.text);
		return;
	}
	if (last)
		xnm_plan_print(&first, stdout);
	check_lock(&first);
	(void)carry_out_online(&folder->model, &first);
	if (facts->device.up && !want.attach)
		puts("broken: a vif that must not be attached is up");
	rc = plan(folder, &again, &want, &err);
	if (rc)
		printf("not converged:\nerror: %s\n", err.text);
	if (rc == 0 && again.n) {
		puts("not converged:");
		xnm_plan_print(&again, stdout);
	}
}

static bool tap_exists(const struct folder *folder, const struct xnm_vif_note *state)
{
	if (folder->now.has_tap)
		return folder->now.tap_exists;
	for (unsigned int i = 0; i < folder->n_devices; i++) {
		if (state->tap[0] && strcmp(folder->devices[i].link.name, state->tap) == 0)
			return true;
	}
	return false;
}

static void offline(struct folder *folder, bool last)
{
	static struct xnm_plan plan;
	struct model *model = &folder->model;
	struct xnm_facts *facts = &model->facts;

	if (folder->now.device_master[0])
		facts->device.master = BRIDGE_INDEX;
	if (folder->now.has_state)
		world_note_vif(&model->world, &folder->now.state);
	look(facts, &model->world, &folder->now.event, NULL);
	facts->made_bridge = folder->now.made_bridge;
	facts->tap_exists =
		!xnm_event_is_tap(&folder->now.event) && tap_exists(folder, &facts->state);
	xnm_plan_offline(&plan, &folder->now.event, facts);
	if (last)
		xnm_plan_print(&plan, stdout);
	(void)carry_out_offline(model, &plan);
	if (facts->device.ifindex && (facts->device.up || facts->device.master))
		puts("broken: the device is up or attached");
}

static void print_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	(void)arg;
	printf("error: %s:%u: %s\n", file, line, text);
}

static int read_policy(const char *folder)
{
	_cleanup_fclose_ FILE *stream = NULL;
	char path[512];

	/* that of an earlier event */
	if (the_policy.present)
		memset(&the_policy, 0, sizeof(the_policy));
	(void)snprintf(path, sizeof(path), "%s/policy.ini", folder);
	stream = fopen(path, "r");
	return stream ? xnm_policy_load_stream(&the_policy, stream, "policy.ini", print_mistake,
					       NULL)
		      : 0;
}

/* Returns 0, or -1 for a policy that is not one. */
static int happen(struct folder *folder, const char *path, bool last)
{
	enum xnm_verb verb;

	if (read_policy(path))
		return -1;
	read_folder(folder, path);
	verb = folder->now.event.verb;
	if (verb == XNM_VERB_ONLINE || verb == XNM_VERB_ADD)
		online(folder, last);
	else
		offline(folder, last);
	keep_device(folder);
	return 0;
}

/* What was before comes first, and before it what was before that. */
static int happen_all(struct folder *folder, const char *path)
{
	char first[512];
	size_t len = strlen(path);
	int rc = 0;

	(void)snprintf(first, sizeof(first), "%.400s", path);
	while (strlen(first) + sizeof("/before") < sizeof(first)) {
		size_t end = strlen(first);

		(void)snprintf(first + end, sizeof(first) - end, "/before");
		if (access(first, F_OK) == 0)
			continue;
		first[end] = '\0';
		break;
	}
	for (size_t end = strlen(first); rc == 0 && end > len; end = strlen(first)) {
		rc = happen(folder, first, false);
		first[end - strlen("/before")] = '\0';
	}
	return rc ? rc : happen(folder, path, true);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: plan-test FOLDER\n", stderr);
		return 2;
	}
	world_clear(&the_folder.model.world);
	(void)happen_all(&the_folder, argv[1]);
	return 0;
}
