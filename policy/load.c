/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.c - load a policy from its files, or from one stream. */
#include "policy/loader.h"

int xnm_policy_load_stream(struct xnm_policy *policy, FILE *stream, const char *name,
			   xnm_policy_report report, void *arg)
{
	struct xnm_loader loader;
	int rc;

	xnm_loader_init(&loader, policy, report, arg);
	rc = xnm_loader_read(&loader, stream, name);
	return xnm_loader_finish(&loader, rc);
}

int xnm_policy_load_under(struct xnm_policy *policy, const char *path, const char *run_dir,
			  enum xnm_policy_host host, const char *profile, xnm_policy_report report,
			  void *arg)
{
	/* not on the stack, where a frame of that length has each of its pages touched */
	static struct xnm_loader loader;
	int rc;

	xnm_loader_init(&loader, policy, report, arg);
	policy->of_this_host = host == XNM_THIS_HOST;
	loader.profile = profile;
	rc = xnm_loader_read_all(&loader, path, run_dir);
	if (rc == 0 && !profile)
		rc = xnm_loader_read_choice(&loader, run_dir);
	return xnm_loader_finish(&loader, rc);
}

int xnm_policy_load(struct xnm_policy *policy, const char *path, const char *run_dir,
		    enum xnm_policy_host host, xnm_policy_report report, void *arg)
{
	return xnm_policy_load_under(policy, path, run_dir, host, NULL, report, arg);
}
