/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_policy.c - bring all that runs to a policy that has changed, or say what that would do. */
#include "hotplug/run/apply_policy.h"

#include <string.h>

#include "hotplug/notes/applied.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/networks.h"
#include "hotplug/run/uplinks.h"

/* Large and zero: not touched unless used. */
static struct xnm_policy the_policy;
static struct xnm_plan the_plan;

struct call {
	xnm_reapply_told told;
	void *arg;
	unsigned int failed;
};

static bool plan_device(struct call *call, const struct xnm_event *event)
{
	struct xnm_err err = { "" };

	if (xnm_run_online(event, XNM_RUN_PLAN, &the_plan, &err)) {
		xnm_log_error("%s: %s", xnm_event_device(event), err.text);
		call->failed++;
		return false;
	}
	call->told(call->arg, xnm_event_device(event), &the_plan);
	return true;
}

static int plan_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note note;
	struct call *call = arg;
	struct xnm_run_dir dir;
	struct xnm_event event;
	bool tap;

	tap = xnm_run_dir_open(&dir, xnm_run_dir_path(), true) == 0 &&
	      xnm_vif_note_read(&dir, domid, devid, &note) == 0 && note.device.tap[0];
	xnm_run_dir_close(&dir);
	xnm_event_init(&event, XNM_VERB_ONLINE, domid, devid);
	if (plan_device(call, &event) && tap) {
		event.verb = XNM_VERB_ADD;
		(void)plan_device(call, &event);
	}
	return 0;
}

static void plan_vifs(struct call *call)
{
	struct xnm_run_dir dir;
	int rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), true);

	if (rc == 0)
		rc = xnm_vif_note_each(&dir, plan_vif, call);
	xnm_run_dir_close(&dir);
	if (rc) {
		xnm_log_error("cannot list %s/vif: %s", xnm_run_dir_path(), strerror(-rc));
		call->failed++;
	}
}

/* As xnm-udev boot does: also DHCP clients are started. */
static void settle_uplinks(struct call *call)
{
	struct xnm_err err = { "" };

	if (xnm_run_look(&the_policy))
		call->failed++;
	if (xnm_uplinks_evaluate(&the_policy, true, &err)) {
		xnm_log_error("%s", err.text);
		call->failed++;
	}
}

unsigned int xnm_apply_policy(enum xnm_run_mode mode, xnm_reapply_told told, void *arg)
{
	struct call call = { .told = told, .arg = arg };
	struct xnm_err err = { "" };

	if (xnm_run_load_policy(&the_policy, &err)) {
		xnm_log_error("%s", err.text);
		return 1;
	}
	/* first, as what they have may be for others */
	call.failed += xnm_networks_stop(&the_policy, false, mode, told, arg);
	if (mode == XNM_RUN_PLAN)
		plan_vifs(&call);
	else if (xnm_reapply_all(told, arg))
		call.failed++;
	call.failed += xnm_networks_start(&the_policy, "", mode, told, arg);
	if (mode != XNM_RUN_PLAN)
		settle_uplinks(&call);
	return call.failed;
}

void xnm_keep_first_policy(const struct xnm_policy *policy)
{
	int rc;

	if (!policy->present || xnm_applied_newest())
		return;
	rc = xnm_applied_begin(xnm_policy_file_in_force(),
			       policy->is_chosen ? policy->profile : "");
	rc = rc ? rc : xnm_applied_end();
	if (rc)
		xnm_log_warning("cannot keep a copy of the policy for xnm rollback: %s",
				strerror(-rc));
}
