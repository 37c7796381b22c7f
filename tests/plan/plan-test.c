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
 *                       [state], and takes it away again); follows= (xnm has not set its MTU)
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
#include "hotplug/run/parts.h"
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

static int plan(struct folder *folder, struct xnm_plan *plan, struct xnm_want *want,
		struct xnm_err *err)
{
	struct model *model = &folder->model;

	world_look_pool(&model->facts, &model->world, want);
	look(model, &folder->now.event, want);
	model->facts.address.yields = folder->now.reapply && model->facts.address.is_same_guests;
	litter(&model->facts);
	litter_want(want);
	return xnm_plan_online(plan, &folder->now.event, want, &model->facts, err);
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
		xnm_want_bridge(&want, &facts->bridge.link);
		complete_state(folder, &want, &the_policy);
		rc = plan(folder, &first, &want, &err);
	}
	if (rc) {
		printf("error: %s\n", err.text);
		return;
	}
	if (last)
		xnm_plan_print(&first, stdout);
	if (rule_of_lock(&first))
		printf("broken: %s\n", rule_of_lock(&first));
	(void)carry_out_online(&folder->model, &first);
	if (facts->device.link.up && !want.attach)
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
		if (state->device.tap[0] &&
		    strcmp(folder->devices[i].link.name, state->device.tap) == 0)
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
		facts->device.link.master = BRIDGE_INDEX;
	if (folder->now.has_state)
		world_note_vif(&model->world, &folder->now.state);
	look(model, &folder->now.event, NULL);
	facts->bridge.was_made = folder->now.made_bridge;
	facts->device.tap_exists =
		!xnm_event_is_tap(&folder->now.event) && tap_exists(folder, &facts->note);
	litter(facts);
	xnm_plan_offline(&plan, &folder->now.event, facts);
	if (last)
		xnm_plan_print(&plan, stdout);
	(void)carry_out_offline(model, &plan);
	if (facts->device.link.ifindex && (facts->device.link.up || facts->device.link.master))
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
	litter_policy(&the_policy);
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
