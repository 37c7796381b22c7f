/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.c - read the policy for a run; its error message is the first mistake. */
#include "hotplug/run/run.h"

#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/notes/applied.h"
#include "hotplug/notes/files.h"

static void report_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	struct xnm_err *err = arg;

	if (xnm_policy_is_warning(text))
		return;
	if (line)
		(void)xnm_fail(err, 0, "%s:%u: %s", file, line, text);
	else
		(void)xnm_fail(err, 0, "%s: %s", file, text);
}

/* dnsmasq runs as another user, and forgets reservations only on a signal. */
static bool has_dnsmasq(const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		if (policy->networks[i].dhcp == XNM_SERVER_DNSMASQ)
			return true;
	}
	return false;
}

unsigned int xnm_run_may(const struct xnm_policy *policy)
{
	return (has_dnsmasq(policy) ? XNM_MAY_SIGNAL : 0) |
	       (xnm_policy_needs_dhcp(policy) ? XNM_MAY_RUN_DHCP : 0);
}

int xnm_run_load_policy(struct xnm_policy *policy, struct xnm_err *err)
{
	const char *path = xnm_policy_file_in_force();
	int rc;

	rc = xnm_policy_load(policy, path, xnm_run_dir_path(), XNM_THIS_HOST, report_mistake, err);
	return rc ? xnm_fail(err, rc, "cannot read the policy %s: %s", path, strerror(-rc)) : 0;
}
