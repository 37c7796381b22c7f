/* SPDX-License-Identifier: GPL-2.0-or-later */
/* find.c - find hosts, sites and vifs by their names, and what may be meant by others. */
#include <stdarg.h>
#include <string.h>

#include "hotplug/cli/import/import.h"
#include "policy/nearest.h"

void import_init(struct import *import, const char *const files[IMPORT_N_FILES],
		 xnm_policy_report report, void *arg)
{
	import->n_reals = import->n_hosts = import->n_nics = import->n_placed = 0;
	import->n_nodes = import->n_cables = 0;
	import->n_virtuals = import->n_profiles = import->n_acls = import->n_rules = 0;
	import->n_sites = import->n_members = import->n_routes = import->n_links = 0;
	import->n_pairs = 0;
	import->rep = (struct xnm_reporter){ .report = report, .arg = arg };
	for (unsigned int i = 0; i < IMPORT_N_FILES; i++)
		import->files[i] = files[i];
}

void import_mistake(struct import *import, struct xnm_origin origin, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	xnm_mistake_in(&import->rep, import->files[origin.file], origin.line, "%s", text);
}

unsigned int import_find_host(const struct import *import, const char *name)
{
	for (unsigned int i = 0; i < import->n_hosts; i++) {
		if (strcmp(import->hosts[i].name, name) == 0)
			return i;
	}
	return IMPORT_NONE;
}

unsigned int import_find_site(const struct import *import, const char *name)
{
	for (unsigned int i = 0; i < import->n_sites; i++) {
		if (strcmp(import->sites[i].name, name) == 0)
			return i;
	}
	return IMPORT_NONE;
}

unsigned int import_next_vif(const struct import *import, const char *name, unsigned int i)
{
	for (; i < import->n_members; i++) {
		if (strcmp(import->members[i].name, name) == 0)
			return i;
	}
	return IMPORT_NONE;
}

unsigned int import_find_in_site(const struct import *import, const char *name, unsigned int site)
{
	unsigned int i = import_next_vif(import, name, 0);

	while (i != IMPORT_NONE && import->members[i].head.parent != site)
		i = import_next_vif(import, name, i + 1);
	return i;
}

static const char *hint(const struct xnm_nearest *nearest, char out[IMPORT_HINT_LEN])
{
	out[0] = '\0';
	if (nearest->best)
		(void)snprintf(out, IMPORT_HINT_LEN, "; did you mean '%s'?", nearest->best);
	return out;
}

const char *import_hint_host(const struct import *import, const char *name,
			     char out[IMPORT_HINT_LEN])
{
	struct xnm_nearest nearest = { .text = name };

	for (unsigned int i = 0; i < import->n_hosts; i++)
		xnm_nearest_offer(&nearest, import->hosts[i].name);
	return hint(&nearest, out);
}

const char *import_hint_site(const struct import *import, const char *name,
			     char out[IMPORT_HINT_LEN])
{
	struct xnm_nearest nearest = { .text = name };

	for (unsigned int i = 0; i < import->n_sites; i++)
		xnm_nearest_offer(&nearest, import->sites[i].name);
	return hint(&nearest, out);
}

const char *import_hint_end(const struct import *import, const char *name,
			    char out[IMPORT_HINT_LEN])
{
	struct xnm_nearest nearest = { .text = name };

	for (unsigned int i = 0; i < import->n_sites; i++)
		xnm_nearest_offer(&nearest, import->sites[i].name);
	for (unsigned int i = 0; i < import->n_members; i++)
		xnm_nearest_offer(&nearest, import->members[i].name);
	return hint(&nearest, out);
}
