/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - read the policy that was written as xnm would, and say of mistakes where they come from. */
#include <errno.h>

#include "hotplug/cli/import/import.h"
#include "policy/loader.h"

/* Large, but their memory is not touched unless they are used. */
static struct xnm_policy policy;
static struct xnm_loader loader;

struct checking {
	const struct import *import;
	struct import_text *text;
};

/* A mistake in a line is one in that element which the line was made of. */
static void pass_on(void *arg, const char *file, unsigned int line, const char *text)
{
	const struct checking *checking = arg;
	const struct xnm_reporter *rep = &checking->import->rep;
	struct xnm_origin origin = { .file = IMPORT_VIRTUAL };

	(void)file;
	if (line <= checking->text->n_lines)
		origin = checking->text->origins[line];
	if (rep->report)
		rep->report(rep->arg, checking->import->files[origin.file], origin.line, text);
}

static int load(struct checking *checking, const char *profile, xnm_policy_report report)
{
	struct import_text *text = checking->text;
	FILE *stream = fmemopen(text->bytes, text->len, "r");
	int rc;

	if (!stream)
		return -ENOMEM;
	xnm_loader_init(&loader, &policy, report, checking);
	loader.profile = profile;
	rc = xnm_loader_finish(&loader, xnm_loader_read(&loader, stream, "the policy"));
	fclose(stream);
	if (rc == 0)
		rc = xnm_policy_check(&policy, report, checking);
	return rc;
}

int import_check(struct import *import, struct import_text *text)
{
	struct checking checking = { .import = import, .text = text };
	int rc;

	if (text->is_full) {
		import_mistake(import, (struct xnm_origin){ .file = IMPORT_VIRTUAL },
			       "makes a policy that is too long: at most 1 MiB is possible");
		return -EINVAL;
	}
	rc = load(&checking, "", pass_on);
	/* what is said under one profile is most often said under the next as well */
	for (unsigned int i = 0; rc == 0 && i < import->n_profiles; i++)
		rc = load(&checking, import->profiles[i].name, pass_on);
	if (rc == -ENOMEM)
		import_mistake(import, (struct xnm_origin){ .file = IMPORT_VIRTUAL },
			       "cannot be checked: there is no memory");
	return rc ? -EINVAL : 0;
}
