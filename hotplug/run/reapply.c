/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reapply.c - bring running vifs, one or all, to what the policy says. */
#include "hotplug/run/reapply.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/give_up.h"
#include "hotplug/run/reapply_all.h"
#include "hotplug/run/run.h"

static struct xnm_plan the_plan;
/* Large and zero: not touched unless used. */
static struct xnm_policy the_policy;

/* If the note is unreadable, the device tells whether there is a tap. */
static bool has_tap(const struct xnm_event *event)
{
	static struct xnm_vif_note state;
	struct xnm_run_dir dir;
	int rc;

	rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	if (rc == 0)
		rc = xnm_vif_note_read(&dir, event->domid, event->devid, &state);
	xnm_run_dir_close(&dir);
	return rc == 0 ? state.device.tap[0] != '\0' : rc != -ENOENT && if_nametoindex(event->tap);
}

/* all may be NULL. */
static void tell(const struct all *all, const char *what)
{
	if (all && all->told)
		all->told(all->arg, what, &the_plan);
}

static int reapply_device(const struct all *all, const struct xnm_event *event, struct xnm_err *err)
{
	int rc = xnm_run_online(event, XNM_RUN_REAPPLY, &the_plan, err);

	if (rc)
		return rc;
	xnm_log_info("%s reapply: %u operations", xnm_event_device(event), the_plan.n);
	tell(all, xnm_event_device(event));
	return 0;
}

static int reapply(const struct all *all, uint32_t domid, uint32_t devid, struct left_over *left)
{
	struct xnm_event event;
	struct xnm_err err = { "" };
	bool tap;
	int rc;

	xnm_event_init(&event, XNM_VERB_ONLINE, domid, devid);
	/* the note of a vif that was taken down no longer has it */
	tap = has_tap(&event) || (left->has_yielded && left->has_tap);
	the_plan.rival.what[0] = '\0';
	rc = reapply_device(all, &event, &err);
	if (rc == 0 && tap) {
		event.verb = XNM_VERB_ADD;
		rc = reapply_device(all, &event, &err);
	}
	left->vif = (struct xnm_owner){ domid, devid };
	left->rc = rc;
	left->rival = the_plan.rival;
	left->has_tap = tap;
	(void)snprintf(left->why, sizeof(left->why), "%s reapply: %s", xnm_event_device(&event),
		       err.text);
	return rc;
}

int xnm_reapply(uint32_t domid, uint32_t devid)
{
	struct left_over left = { .has_yielded = false };
	int rc = reapply(NULL, domid, devid, &left);

	if (rc)
		xnm_log_error("%s", left.why);
	return rc;
}

int xnm_reapply_quietly(uint32_t domid, uint32_t devid, bool *has_tap, struct xnm_err *err)
{
	struct left_over left = { .has_yielded = *has_tap, .has_tap = *has_tap };
	int rc = reapply(NULL, domid, devid, &left);

	*has_tap = left.has_tap;
	if (rc)
		(void)xnm_fail(err, rc, "%s", left.why);
	return rc;
}

static int reapply_each(void *arg, uint32_t domid, uint32_t devid)
{
	struct all *all = arg;
	struct left_over left = { .has_yielded = false };

	if (reapply(all, domid, devid, &left) == 0)
		return 0;
	if (all->n == all->room) {
		unsigned int room = all->room ? 2 * all->room : 16;
		struct left_over *list = reallocarray(all->list, room, sizeof(*list));

		if (!list) {
			xnm_log_error("%s", left.why);
			all->no_room = true;
			return 0;
		}
		all->list = list;
		all->room = room;
	}
	all->list[all->n++] = left;
	return 0;
}

void reapply_again(struct all *all)
{
	bool any;

	do {
		unsigned int n = all->n;

		any = false;
		all->n = 0;
		for (unsigned int i = 0; i < n; i++) {
			struct left_over left = all->list[i];

			/* trying again helps only if another vif has what this one needs */
			if (left.rc == -EADDRINUSE || left.rc == -EEXIST)
				(void)reapply(all, left.vif.domid, left.vif.devid, &left);
			if (left.rc)
				all->list[all->n++] = left;
			else
				any = true;
		}
	} while (any && all->n);
}

static int is_member_of(void *arg, const char *network, uint32_t domid, uint32_t devid)
{
	(void)domid;
	(void)devid;
	return strcmp(network, arg) == 0;
}

/* Networks without a vif: with start=boot, or whose bridge stays by keep=yes. */
static int reapply_networks(const struct all *all, const struct xnm_run_dir *dir)
{
	char what[XNM_NAME_LEN + 16];
	int failed = 0;

	for (unsigned int i = 0; i < the_policy.n_networks; i++) {
		struct xnm_network *network = &the_policy.networks[i];
		bool held =
			network->start == XNM_START_BOOT && xnm_network_is_held(dir, network->name);
		struct xnm_bridge_note note;
		struct xnm_err err = { "" };

		if (network->backend != XNM_BACKEND_BRIDGE ||
		    (!held && xnm_bridge_note_read(dir, network->bridge, &note)) ||
		    xnm_network_member_each(dir, is_member_of, network->name))
			continue;
		if (xnm_run_network(&the_policy, network->name,
				    held ? XNM_NETWORK_BOOT : XNM_NETWORK_NIC, XNM_RUN_REAPPLY,
				    &the_plan, &err) == 0) {
			(void)snprintf(what, sizeof(what), "network %s", network->name);
			tell(all, what);
			continue;
		}
		xnm_log_error("network %s: %s", network->name, err.text);
		failed++;
	}
	return failed;
}

int xnm_reapply_all(xnm_reapply_told told, void *arg)
{
	struct xnm_err err = { "" };
	struct xnm_run_dir dir;
	struct all all = { .told = told, .arg = arg };
	bool has_policy;
	int failed, rc;

	/* first the nftables tables, for all vifs at once, which needs no xenstore */
	(void)xnm_run_heal(true);
	has_policy = xnm_run_load_policy(&the_policy, &err) == 0;
	(void)xnm_run_look(has_policy ? &the_policy : NULL);
	if (has_policy)
		(void)xnm_run_give_up(&the_policy);
	rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	if (rc == 0)
		rc = xnm_vif_note_each(&dir, reapply_each, &all);
	reapply_again(&all);
	reapply_rings(&all);
	for (unsigned int i = 0; i < all.n; i++)
		xnm_log_error("%s%s", all.list[i].why,
			      all.list[i].has_yielded
				      ? "; it stays down, as what it had was given to others"
				      : "");
	failed = (int)all.n + all.no_room;
	free(all.list);
	if (rc == 0 && has_policy)
		failed += reapply_networks(&all, &dir);
	xnm_run_dir_close(&dir);
	if (rc)
		xnm_log_error("cannot list %s/vif: %s", xnm_run_dir_path(), strerror(-rc));
	return rc ? rc : failed;
}
