/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan-test.c - print the plan for one folder of text files: what is asked, what is, what is wanted. */

/*
 * usage: plan-test FOLDER
 *
 * The folder holds, each of them optional and each key of them too:
 *
 *   event       verb= domid= devid=               default: online, 1, 0
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
 *     [tap]             the tap of the same NIC is still there
 *     [state]           the notes of an earlier event, as state.h has them
 *
 * After an online the plan is carried out on these facts and made again: it must be empty then,
 * or it is printed too, under "not converged:". Rules that hold for every plan are checked on
 * the way, and what breaks one is printed under "broken:".
 */
#include <errno.h>
#include <ini.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/plan.h"
#include "hotplug/want.h"
#include "tests/plan/model.h"

struct interface {
	struct xnm_link link;
	bool has_address;
};

/* All that the folder says. */
struct folder {
	struct xnm_event event;
	struct xnm_facts facts;
	char device_master[IFNAMSIZ];
	bool has_bridge, has_holder, has_vlans;
	struct xnm_link bridge;
	struct xnm_vlans vlans;
	struct xnm_link holder;
	char bridges[160];
	unsigned int n_interfaces;
	struct interface interfaces[XNM_MAX_INTERFACES];
};

static struct folder the_folder;
static struct xnm_policy the_policy;

static uint32_t number(const char *value)
{
	uint32_t n;

	if (xnm_parse_u32(value, 0, UINT32_MAX, &n)) {
		fprintf(stderr, "plan-test: '%s' is not a number\n", value);
		exit(2);
	}
	return n;
}

static bool yes(const char *value)
{
	bool is;

	if (xnm_parse_bool(value, &is)) {
		fprintf(stderr, "plan-test: '%s' is not yes or no\n", value);
		exit(2);
	}
	return is;
}

/* Words of a list as port flags. */
static uint16_t flags(const char *value)
{
	uint16_t bits = 0;
	char text[160], *save = NULL;

	COPY(text, value);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		for (unsigned int i = 0; i < XNM_N_PORT_FLAGS; i++) {
			if (strcmp(word, xnm_port_flag_name(i)) == 0)
				bits |= (uint16_t)(1u << i);
		}
	}
	return bits;
}

static int read_event_key(void *arg, const char *section, const char *key, const char *value)
{
	struct xnm_event *event = arg;

	(void)section;
	if (strcmp(key, "verb") == 0)
		return xnm_verb_parse(value, &event->verb) == 0;
	if (strcmp(key, "domid") == 0)
		event->domid = number(value);
	else if (strcmp(key, "devid") == 0)
		event->devid = number(value);
	else
		return 0;
	return 1;
}

static int read_guest_list(struct xnm_guest *guest, const char *value)
{
	char text[256], *save = NULL;

	COPY(text, value);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (xnm_parse_cidr(word, &guest->addresses[guest->n_addresses++]))
			return 0;
	}
	return 1;
}

static int read_guest_key(void *arg, const char *section, const char *key, const char *value)
{
	struct xnm_guest *guest = arg;
	const char *reason;

	(void)section;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &guest->mac) == 0;
	if (strcmp(key, "ip") == 0)
		return read_guest_list(guest, value);
	if (strcmp(key, "vlan") == 0) {
		guest->has_vlan = true;
		return xnm_vlans_parse(value, &guest->vlan, &reason) == 0;
	}
	if (strcmp(key, "bridge") == 0)
		COPY(guest->bridge, value);
	else if (strcmp(key, "vifname") == 0)
		COPY(guest->vifname, value);
	else if (strcmp(key, "mtu") == 0)
		guest->mtu_bytes = number(value);
	else if (strcmp(key, "type") == 0)
		guest->is_ioemu = strcmp(value, "vif_ioemu") == 0;
	else if (strcmp(key, "hotplug-status") == 0)
		guest->connected = strcmp(value, "connected") == 0;
	else if (strcmp(key, "hotplug-error") == 0)
		guest->has_error = true;
	else if (strcmp(key, "name") == 0)
		COPY(guest->domain_name, value);
	else if (strcmp(key, "uuid") == 0)
		COPY(guest->uuid, value);
	else if (strcmp(key, "frontend-mtu") == 0)
		guest->frontend_mtu_bytes = number(value);
	else
		return 0;
	return 1;
}

/* What any link may have. */
static int read_link_key(struct xnm_link *link, const char *key, const char *value)
{
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &link->mac) == 0;
	if (strcmp(key, "name") == 0)
		COPY(link->name, value);
	else if (strcmp(key, "kind") == 0)
		COPY(link->kind, value);
	else if (strcmp(key, "up") == 0)
		link->up = yes(value);
	else if (strcmp(key, "mtu") == 0)
		link->mtu_bytes = number(value);
	else
		return 0;
	return 1;
}

static int read_device_key(struct folder *folder, const char *key, const char *value)
{
	struct xnm_link *device = &folder->facts.device;
	const char *reason;

	if (strcmp(key, "exists") == 0)
		device->ifindex = yes(value) ? DEVICE_INDEX : 0;
	else if (strcmp(key, "altname") == 0)
		COPY(device->altname, value);
	else if (strcmp(key, "master") == 0)
		COPY(folder->device_master, value);
	else if (strcmp(key, "ipv6") == 0)
		device->has_ipv6 = yes(value);
	else if (strcmp(key, "ipv4") == 0)
		folder->facts.device_has_ipv4 = yes(value);
	else if (strcmp(key, "flags") == 0)
		device->port_flags = flags(value);
	else if (strcmp(key, "known") == 0)
		device->port_known = flags(value);
	else if (strcmp(key, "vlan") == 0)
		folder->has_vlans = xnm_vlans_parse(value, &folder->vlans, &reason) == 0;
	else
		return read_link_key(device, key, value);
	return 1;
}

static int read_bridge_key(struct folder *folder, const char *key, const char *value)
{
	struct xnm_facts *facts = &folder->facts;
	struct xnm_link *bridge = &folder->bridge;

	folder->has_bridge = true;
	if (strcmp(key, "address") == 0)
		return xnm_parse_cidr(value,
				      &facts->bridge_addresses[facts->n_bridge_addresses++]) == 0;
	if (strcmp(key, "stp") == 0)
		bridge->stp = yes(value);
	else if (strcmp(key, "vlan-filtering") == 0)
		bridge->vlan_filtering = yes(value);
	else if (strcmp(key, "default-pvid") == 0)
		bridge->default_pvid = (uint16_t)number(value);
	else if (strcmp(key, "ours") == 0)
		facts->bridge_is_ours = yes(value);
	else if (strcmp(key, "made") == 0)
		facts->made_bridge = yes(value);
	else
		return read_link_key(bridge, key, value);
	return 1;
}

static int read_interface_key(struct folder *folder, const char *name, const char *key,
			      const char *value)
{
	struct interface *interface = folder->interfaces;
	unsigned int i;

	for (i = 0; i < folder->n_interfaces; i++, interface++) {
		if (strcmp(interface->link.name, name) == 0)
			break;
	}
	if (i == XNM_MAX_INTERFACES)
		return 0;
	if (i == folder->n_interfaces) {
		folder->n_interfaces++;
		COPY(interface->link.name, name);
		interface->link.ifindex = INTERFACE_INDEX + (int)i;
	}
	if (strcmp(key, "master") == 0)
		interface->link.master = strcmp(value, "other") == 0 ? OTHER_INDEX : BRIDGE_INDEX;
	else if (strcmp(key, "address") == 0)
		interface->has_address = yes(value);
	else
		return read_link_key(&interface->link, key, value);
	return 1;
}

static int read_state_key(struct xnm_facts *facts, const char *key, const char *value)
{
	struct xnm_state *state = &facts->state;

	facts->has_state = true;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &state->mac) == 0;
	if (strcmp(key, "address") == 0)
		return xnm_parse_cidr(value, &state->addresses[state->n_addresses++]) == 0;
	if (strcmp(key, "domain") == 0)
		COPY(state->domain_name, value);
	else if (strcmp(key, "ifname") == 0)
		COPY(state->ifname, value);
	else if (strcmp(key, "tap") == 0)
		COPY(state->tap, value);
	else if (strcmp(key, "vifname") == 0)
		COPY(state->vifname, value);
	else if (strcmp(key, "tap-vifname") == 0)
		COPY(state->tap_vifname, value);
	else if (strcmp(key, "mtu-from") == 0)
		state->mtu_is_bridges = strcmp(value, "bridge") == 0;
	else if (strcmp(key, "port-flags") == 0)
		state->port_flags = (uint16_t)number(value);
	else if (strcmp(key, "network") == 0)
		COPY(state->network, value);
	else if (strcmp(key, "bridge") == 0)
		COPY(state->bridge, value);
	else if (strcmp(key, "vlan") == 0)
		COPY(state->vlan, value);
	else if (strcmp(key, "mtu") == 0)
		state->mtu_bytes = number(value);
	else
		return 0;
	return 1;
}

static int read_links_key(void *arg, const char *section, const char *key, const char *value)
{
	struct folder *folder = arg;

	if (strcmp(section, "device") == 0)
		return read_device_key(folder, key, value);
	if (strcmp(section, "bridge") == 0)
		return read_bridge_key(folder, key, value);
	if (strncmp(section, "interface ", 10) == 0)
		return read_interface_key(folder, section + 10, key, value);
	if (strcmp(section, "state") == 0)
		return read_state_key(&folder->facts, key, value);
	if (strcmp(section, "bridges") == 0 && strcmp(key, "names") == 0) {
		COPY(folder->bridges, value);
		return 1;
	}
	if (strcmp(section, "tap") == 0 && strcmp(key, "exists") == 0) {
		folder->facts.tap_exists = yes(value);
		return 1;
	}
	if (strcmp(section, "holder") == 0 && strcmp(key, "same-guest") == 0) {
		folder->has_holder = true;
		folder->facts.holder_is_same_guest = yes(value);
		return 1;
	}
	return 0;
}

static void read_file(const char *folder, const char *name, ini_handler handler, void *arg)
{
	char path[512];
	int rc;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = ini_parse(path, handler, arg);
	if (rc > 0) {
		fprintf(stderr, "plan-test: %s:%d: not understood\n", path, rc);
		exit(2);
	}
}

static void defaults(struct folder *folder)
{
	struct xnm_guest *guest = &folder->facts.guest;
	struct xnm_link *device = &folder->facts.device;

	xnm_event_init(&folder->event, XNM_VERB_ONLINE, 1, 0);
	guest->mac = (struct xnm_mac){ { 0x00, 0x16, 0x3e, 0, 0, 1 } };
	COPY(guest->bridge, "br0");
	COPY(guest->domain_name, "guest1");
	device->ifindex = DEVICE_INDEX;
	device->mac = (struct xnm_mac){ { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };
	device->mtu_bytes = 1500;
	device->has_ipv6 = true;
	device->port_known = ALL_PORT_FLAGS;
	device->port_flags = NEW_PORT_FLAGS;
	COPY(folder->bridge.kind, "bridge");
	folder->bridge.ifindex = BRIDGE_INDEX;
	folder->bridge.up = true;
	folder->bridge.mtu_bytes = 1500;
	folder->bridge.default_pvid = 1;
}

static void read_folder(struct folder *folder, const char *path)
{
	struct xnm_event *event = &folder->event;
	struct xnm_facts *facts = &folder->facts;

	defaults(folder);
	read_file(path, "event", read_event_key, event);
	xnm_event_init(event, event->verb, event->domid, event->devid);
	facts->state.domid = event->domid;
	facts->state.devid = event->devid;
	read_file(path, "guest", read_guest_key, &facts->guest);
	read_file(path, "links", read_links_key, folder);
	if (facts->device.name[0] == '\0')
		COPY(facts->device.name, xnm_event_device(event));
	if (folder->device_master[0] == '\0')
		facts->device.port_known = facts->device.port_flags = 0;
}

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

/* The facts as xnm_facts_links() would read them for this want. */
static void fill_links(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_facts *facts = &folder->facts;
	struct xnm_link *device = &facts->device;

	if (want->attach && folder->has_bridge) {
		facts->bridge = folder->bridge;
		if (facts->bridge.name[0] == '\0')
			COPY(facts->bridge.name, want->bridge);
	} else if (want->attach) {
		COPY(facts->bridges, folder->bridges);
	}
	if (folder->device_master[0])
		device->master = strcmp(folder->device_master, facts->bridge.name) == 0
					 ? BRIDGE_INDEX
					 : OTHER_INDEX;
	if (folder->has_holder && strcmp(device->name, want->ifname) != 0) {
		facts->holder.ifindex = HOLDER_INDEX;
		COPY(facts->holder.name, want->ifname);
	}
	if (want->has_vlan && facts->bridge.vlan_filtering && device->master == BRIDGE_INDEX) {
		facts->has_vlans = folder->has_vlans;
		facts->vlans = folder->vlans;
	}
	if (!want->attach || !want->network)
		return;
	facts->n_interfaces = want->network->n_interfaces;
	for (unsigned int i = 0; i < facts->n_interfaces; i++) {
		for (unsigned int k = 0; k < folder->n_interfaces; k++) {
			if (strcmp(folder->interfaces[k].link.name, want->network->interfaces[i]) !=
			    0)
				continue;
			facts->interfaces[i] = folder->interfaces[k].link;
			facts->interface_has_address[i] = folder->interfaces[k].has_address;
		}
	}
}

static int online(struct folder *folder)
{
	static struct xnm_plan plan, again;
	struct xnm_facts *facts = &folder->facts;
	static struct xnm_want want;
	struct xnm_err err = { "" };
	int rc;

	rc = xnm_want(&want, &folder->event, &facts->guest, &the_policy,
		      has_word(folder->bridges, facts->guest.bridge), &err);
	if (rc == 0) {
		fill_links(folder, &want);
		rc = xnm_plan_online(&plan, &folder->event, &want, facts, &err);
	}
	if (rc) {
		printf("error: %s\n", err.text);
		return rc;
	}
	xnm_plan_print(&plan, stdout);
	(void)carry_out_all(facts, &plan);
	if (facts->device.up && !want.attach)
		puts("broken: a vif that must not be attached is up");
	rc = xnm_plan_online(&again, &folder->event, &want, facts, &err);
	if (rc)
		printf("not converged:\nerror: %s\n", err.text);
	if (rc == 0 && again.n) {
		puts("not converged:");
		xnm_plan_print(&again, stdout);
	}
	return 0;
}

static int offline(struct folder *folder)
{
	static struct xnm_plan plan;
	struct xnm_facts *facts = &folder->facts;

	if (folder->device_master[0])
		facts->device.master = BRIDGE_INDEX;
	xnm_plan_offline(&plan, &folder->event, facts);
	xnm_plan_print(&plan, stdout);
	for (unsigned int i = 0; i < plan.n; i++)
		carry_out(facts, &plan, &plan.op[i]);
	if (facts->device.ifindex && (facts->device.up || facts->device.master))
		puts("broken: the device is up or attached");
	return 0;
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

	(void)snprintf(path, sizeof(path), "%s/policy.ini", folder);
	stream = fopen(path, "r");
	return stream ? xnm_policy_load_stream(&the_policy, stream, "policy.ini", print_mistake,
					       NULL)
		      : 0;
}

int main(int argc, char **argv)
{
	struct folder *folder = &the_folder;

	if (argc != 2) {
		fputs("usage: plan-test FOLDER\n", stderr);
		return 2;
	}
	read_folder(folder, argv[1]);
	if (read_policy(argv[1]))
		return 0;
	if (folder->event.verb == XNM_VERB_ONLINE || folder->event.verb == XNM_VERB_ADD)
		online(folder);
	else
		offline(folder);
	return 0;
}
