/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings.c - keep what is found in a policy under each of its profiles, and print it. */
#include "hotplug/cli/findings.h"

#include <stdlib.h>
#include <string.h>

struct xnm_finding {
	char file[160];
	unsigned int line;
	char text[512];
	bool in[XNM_MAX_PROFILES + 1]; /* by state */
};

void xnm_findings_states(struct xnm_findings *findings, const struct xnm_policy *policy)
{
	findings->n_states = 1;
	(void)snprintf(findings->states[0], XNM_NAME_LEN, "%s", policy->profile);
	for (unsigned int i = 0; i < policy->n_profiles; i++) {
		if (strcmp(policy->profiles[i].name, policy->profile) != 0)
			(void)snprintf(findings->states[findings->n_states++], XNM_NAME_LEN, "%s",
				       policy->profiles[i].name);
	}
	if (policy->profile[0] && !policy->global.profile[0] &&
	    findings->n_states <= XNM_MAX_PROFILES)
		findings->states[findings->n_states++][0] = '\0';
}

static struct xnm_finding *find(const struct xnm_findings *findings, const char *file,
				unsigned int line, const char *text)
{
	for (unsigned int i = 0; i < findings->n; i++) {
		struct xnm_finding *finding = &findings->list[i];

		if (finding->line == line && strcmp(finding->text, text) == 0 &&
		    strcmp(finding->file, file) == 0)
			return finding;
	}
	return NULL;
}

static struct xnm_finding *new_finding(struct xnm_findings *findings)
{
	struct xnm_finding *finding;

	if (findings->n == findings->room) {
		unsigned int room = findings->room ? 2 * findings->room : 16;
		struct xnm_finding *list = reallocarray(findings->list, room, sizeof(*list));

		if (!list)
			return NULL;
		findings->list = list;
		findings->room = room;
	}
	finding = &findings->list[findings->n++];
	memset(finding, 0, sizeof(*finding));
	return finding;
}

void xnm_findings_add(void *arg, const char *file, unsigned int line, const char *text)
{
	struct xnm_findings *findings = arg;
	/* the first state may say the same twice, as in two lines of a list */
	struct xnm_finding *finding = findings->state ? find(findings, file, line, text) : NULL;

	if (!finding) {
		if (xnm_policy_is_warning(text))
			findings->n_warnings++;
		else
			findings->n_mistakes++;
		finding = new_finding(findings);
		if (!finding) {
			fprintf(stderr, "%s:%u: %s\n", file, line, text);
			return;
		}
		(void)snprintf(finding->file, sizeof(finding->file), "%s", file);
		finding->line = line;
		(void)snprintf(finding->text, sizeof(finding->text), "%s", text);
	}
	for (unsigned int i = 0; i <= XNM_MAX_PROFILES; i++)
		finding->in[i] |= findings->in_all || i == findings->state;
}

/* " (under profiles slow, fast)", or nothing if it is found in all states. */
static void print_states(const struct xnm_findings *findings, const struct xnm_finding *finding)
{
	unsigned int n_profiles = 0, n = 0, printed = 0;

	for (unsigned int i = 0; i < findings->n_states; i++) {
		n += finding->in[i];
		n_profiles += finding->in[i] && findings->states[i][0];
	}
	if (n == findings->n_states || n == 0)
		return;
	fputs(n_profiles == 0	? " (without a profile"
	      : n_profiles == 1 ? " (under profile "
				: " (under profiles ",
	      stderr);
	for (unsigned int i = 0; i < findings->n_states; i++) {
		if (finding->in[i] && findings->states[i][0])
			fprintf(stderr, "%s%s", printed++ ? ", " : "", findings->states[i]);
	}
	fprintf(stderr, "%s)", n > n_profiles && n_profiles ? ", and without one" : "");
}

void xnm_findings_print(const struct xnm_findings *findings)
{
	for (unsigned int i = 0; i < findings->n; i++) {
		const struct xnm_finding *finding = &findings->list[i];

		fprintf(stderr, "%s", finding->file);
		if (finding->line)
			fprintf(stderr, ":%u", finding->line);
		fprintf(stderr, ": %s", finding->text);
		print_states(findings, finding);
		fprintf(stderr, "\n");
	}
}

void xnm_findings_free(struct xnm_findings *findings)
{
	free(findings->list);
	findings->list = NULL;
	findings->n = findings->room = 0;
}
