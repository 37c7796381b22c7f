/* SPDX-License-Identifier: GPL-2.0-or-later */
/* choose.c - tell what one host needs of the policy: its own vms, and the far ends of their links. */
#include <string.h>

#include "hotplug/cli/import/import.h"

static bool has_site(const struct import *import, unsigned int host, unsigned int site)
{
	for (unsigned int i = 0; i < import->n_members; i++) {
		if (import->members[i].head.parent == site && import->members[i].host == host)
			return true;
	}
	return false;
}

bool import_needs_pair(const struct import *import, unsigned int host,
		       const struct import_pair *pair)
{
	bool is_here = host == IMPORT_ALL_HOSTS;

	for (unsigned int i = 0; i < 2 && !is_here; i++) {
		const struct import_end *end = &pair->ends[i];

		is_here = end->is_site ? has_site(import, host, end->index)
				       : import->members[end->index].host == host;
	}
	return is_here;
}

bool import_needs_member(const struct import *import, unsigned int host, unsigned int member)
{
	if (host == IMPORT_ALL_HOSTS || import->members[member].host == host)
		return true;
	for (unsigned int i = 0; i < import->n_pairs; i++) {
		const struct import_pair *pair = &import->pairs[i];

		for (unsigned int k = 0; k < 2; k++) {
			if (!pair->ends[k].is_site && pair->ends[k].index == member &&
			    import_needs_pair(import, host, pair))
				return true;
		}
	}
	return false;
}

bool import_needs_site(const struct import *import, unsigned int host, unsigned int site)
{
	for (unsigned int i = 0; i < import->n_members; i++) {
		if (import->members[i].head.parent == site && import_needs_member(import, host, i))
			return true;
	}
	for (unsigned int i = 0; i < import->n_pairs; i++) {
		const struct import_pair *pair = &import->pairs[i];

		for (unsigned int k = 0; k < 2; k++) {
			if (pair->ends[k].is_site && pair->ends[k].index == site &&
			    import_needs_pair(import, host, pair))
				return true;
		}
	}
	return host == IMPORT_ALL_HOSTS;
}

bool import_needs_acl(const struct import *import, unsigned int host, const char *acl)
{
	for (unsigned int i = 0; i < import->n_sites; i++) {
		if (strcmp(import->sites[i].acl, acl) == 0 && import_needs_site(import, host, i))
			return true;
	}
	for (unsigned int i = 0; i < import->n_members; i++) {
		if (strcmp(import->members[i].acl, acl) == 0 &&
		    import_needs_member(import, host, i))
			return true;
	}
	return host == IMPORT_ALL_HOSTS;
}
