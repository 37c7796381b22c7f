/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader.c - read the files of a policy one after the other into its structs, then resolve it. */
#include "policy/loader.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "policy/reader.h"
#include "policy/sections/resolve.h"

void xnm_loader_begin(struct xnm_loader *loader, struct xnm_policy *policy,
		      xnm_policy_report report, void *arg)
{
	memset(loader, 0, offsetof(struct xnm_loader, slots));
	loader->policy = policy;
	loader->rep.policy = policy;
	loader->rep.report = report;
	loader->rep.arg = arg;
	loader->n_before_override = UINT_MAX;
}

void xnm_loader_init(struct xnm_loader *loader, struct xnm_policy *policy, xnm_policy_report report,
		     void *arg)
{
	for (unsigned int i = 0; i < XNM_N_SECTIONS; i++) {
		const struct xnm_section_def *def = &xnm_sections[i];
		unsigned int *n = xnm_section_counter(policy, def);

		/* only what was used: clearing all of it would touch 22 MB */
		memset(xnm_section_at(policy, def, 0), 0, (*n + policy->n_left_out[i]) * def->size);
		*n = policy->n_left_out[i] = 0;
	}
	memset(policy->matches, 0, policy->n_matches * sizeof(policy->matches[0]));
	policy->n_matches = 0;
	policy->present = policy->of_this_host = policy->is_chosen = false;
	policy->profile[0] = '\0';
	policy->n_files = policy->n_altnames = 0;
	policy->overridden.present = false;
	xnm_loader_begin(loader, policy, report, arg);
}

static void on_mistake(void *arg, unsigned int line, const char *text)
{
	struct xnm_loader *loader = arg;

	xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line, "%s", text);
}

int xnm_loader_read(struct xnm_loader *loader, FILE *stream, const char *name)
{
	static const struct xnm_reader_ops ops = {
		.section = xnm_loader_section,
		.key = xnm_loader_key,
		.mistake = on_mistake,
		.section_lost = xnm_loader_section_lost,
	};
	struct xnm_policy *policy = loader->policy;
	int rc;

	if (policy->n_files == XNM_MAX_POLICY_FILES) {
		xnm_mistake_in(&loader->rep, name, 0, "one file too many: at most %d are possible",
			       XNM_MAX_POLICY_FILES);
		return -E2BIG;
	}
	if (strlen(name) >= sizeof(policy->files[0])) {
		xnm_mistake_in(&loader->rep, name, 0, "the path is longer than %zu bytes",
			       sizeof(policy->files[0]) - 1);
		return -ENAMETOOLONG;
	}
	if (loader->is_override && loader->n_before_override == UINT_MAX)
		loader->n_before_override = policy->n_vifs;
	loader->file = (uint16_t)policy->n_files++;
	(void)snprintf(policy->files[loader->file], sizeof(policy->files[0]), "%s", name);
	policy->present = true;

	rc = xnm_read_ini(stream, &ops, loader);
	xnm_loader_open_pending(loader);
	if (rc)
		xnm_mistake_in(&loader->rep, name, 0, "cannot be read: %s", strerror(-rc));
	return rc;
}

/* Reverses the order of the [vif] sections from first to before end. */
static void reverse_vifs(struct xnm_policy *policy, unsigned int first, unsigned int end)
{
	struct xnm_vif_policy tmp;

	for (; first + 1 < end; first++, end--) {
		tmp = policy->vifs[first];
		policy->vifs[first] = policy->vifs[end - 1];
		policy->vifs[end - 1] = tmp;
	}
}

int xnm_loader_finish(struct xnm_loader *loader, int rc)
{
	struct xnm_policy *policy = loader->policy;
	unsigned int before = loader->n_before_override;

	if (before < policy->n_vifs) {
		/* rotated in place: what override.d added at the end goes first, in its order */
		reverse_vifs(policy, 0, before);
		reverse_vifs(policy, before, policy->n_vifs);
		reverse_vifs(policy, 0, policy->n_vifs);
	}
	xnm_loader_select_profile(loader);
	xnm_policy_resolve(policy, &loader->rep, loader->section_lost);
	if (rc)
		return rc;
	return loader->rep.n_mistakes ? -EINVAL : 0;
}
