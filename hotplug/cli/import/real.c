/* SPDX-License-Identifier: GPL-2.0-or-later */
/* real.c - the real network: that its names are different, its links have ends, and how fast they are. */
#include <string.h>

#include "hotplug/cli/import/import.h"
#include "policy/types/types.h"

static unsigned int find_nic(const struct import *import, unsigned int host, const char *name)
{
	for (unsigned int i = 0; i < import->n_nics; i++) {
		if (import->nics[i].head.parent == host && strcmp(import->nics[i].name, name) == 0)
			return i;
	}
	return IMPORT_NONE;
}

static void check_hosts(struct import *import)
{
	for (unsigned int i = 0; i < import->n_hosts; i++) {
		const struct import_host *host = &import->hosts[i];
		unsigned int first = import_find_host(import, host->name);

		if (first != i)
			import_mistake(import, host->head.origin, "host '%s' is already in line %u",
				       host->name, import->hosts[first].head.origin.line);
	}
}

/* Switches and routers have no nics of their own here, so a name stands for one of them or a host. */
static void check_nodes(struct import *import)
{
	for (unsigned int i = 0; i < import->n_nodes; i++) {
		const struct import_node *node = &import->nodes[i];
		unsigned int first = 0;

		while (strcmp(import->nodes[first].name, node->name) != 0)
			first++;
		if (first != i)
			import_mistake(import, node->head.origin, "'%s' is already in line %u",
				       node->name, import->nodes[first].head.origin.line);
		if (import_find_host(import, node->name) != IMPORT_NONE)
			import_mistake(import, node->head.origin, "'%s' is a host already",
				       node->name);
	}
}

static void check_nic(struct import *import, unsigned int index)
{
	const struct import_nic *nic = &import->nics[index];
	const char *host = import->hosts[nic->head.parent].name;
	unsigned int first = find_nic(import, nic->head.parent, nic->name);
	char hint[IMPORT_HINT_LEN];

	if (first != index)
		import_mistake(import, nic->head.origin,
			       "host '%s' has nic '%s' already in line %u", host, nic->name,
			       import->nics[first].head.origin.line);
	if (nic->site[0] && import_find_site(import, nic->site) == IMPORT_NONE)
		import_mistake(import, nic->head.origin, "nic '%s': %s has no site '%s'%s",
			       nic->name, import->files[IMPORT_VIRTUAL], nic->site,
			       import_hint_site(import, nic->site, hint));
	if (!nic->over[0])
		return;
	first = find_nic(import, nic->head.parent, nic->over);
	if (first == IMPORT_NONE)
		import_mistake(import, nic->head.origin, "nic '%s': host '%s' has no nic '%s'",
			       nic->name, host, nic->over);
	else if (import->nics[first].over[0])
		import_mistake(import, nic->head.origin,
			       "nic '%s': over='%s' must be a real card, which has no over= itself",
			       nic->name, nic->over);
}

/* "HOST/NIC", or the name of a switch or router. */
static void check_cable_end(struct import *import, const struct import_cable *cable,
			    const char *end)
{
	const char *slash = strchr(end, '/');
	char name[XNM_NAME_LEN + IFNAMSIZ], hint[IMPORT_HINT_LEN];
	unsigned int host;

	(void)snprintf(name, sizeof(name), "%.*s", slash ? (int)(slash - end) : (int)strlen(end),
		       end);
	host = import_find_host(import, name);
	if (slash && host != IMPORT_NONE && find_nic(import, host, slash + 1) != IMPORT_NONE)
		return;
	for (unsigned int i = 0; !slash && i < import->n_nodes; i++) {
		if (strcmp(import->nodes[i].name, end) == 0)
			return;
	}
	if (slash && host != IMPORT_NONE)
		import_mistake(import, cable->head.origin, "host '%s' has no nic '%s'", name,
			       slash + 1);
	else if (slash)
		import_mistake(import, cable->head.origin, "there is no host '%s'%s", name,
			       import_hint_host(import, name, hint));
	else
		import_mistake(import, cable->head.origin,
			       "'%s' is no switch and no router; a nic is written as HOST/NIC",
			       name);
}

static void check_placed(struct import *import)
{
	for (unsigned int i = 0; i < import->n_placed; i++) {
		const struct import_placed *vm = &import->placed[i];
		unsigned int first = 0;

		while (strcmp(import->placed[first].name, vm->name) != 0)
			first++;
		if (first != i)
			import_mistake(import, vm->head.origin,
				       "vm '%s' runs on host '%s' already, by line %u", vm->name,
				       import->hosts[import->placed[first].head.parent].name,
				       import->placed[first].head.origin.line);
	}
}

void import_join_real(struct import *import)
{
	check_hosts(import);
	check_nodes(import);
	for (unsigned int i = 0; i < import->n_nics; i++)
		check_nic(import, i);
	for (unsigned int i = 0; i < import->n_cables; i++) {
		check_cable_end(import, &import->cables[i], import->cables[i].from);
		check_cable_end(import, &import->cables[i], import->cables[i].to);
		if (strcmp(import->cables[i].from, import->cables[i].to) == 0)
			import_mistake(import, import->cables[i].head.origin,
				       "both ends of the link are '%s'", import->cables[i].to);
	}
	check_placed(import);
}

static uint64_t slowest_cable(const struct import *import, const char *end)
{
	uint64_t slowest = 0, rate;
	const char *reason;

	for (unsigned int i = 0; i < import->n_cables; i++) {
		const struct import_cable *cable = &import->cables[i];

		if (strcmp(cable->from, end) != 0 && strcmp(cable->to, end) != 0)
			continue;
		if (xnm_parse_rate(cable->bandwidth, &rate, sizeof(rate), &reason) == 0 &&
		    (!slowest || rate < slowest))
			slowest = rate;
	}
	return slowest;
}

uint64_t import_carried(const struct import *import, unsigned int host, const char *site)
{
	char end[XNM_NAME_LEN + IFNAMSIZ];

	for (unsigned int i = 0; i < import->n_nics; i++) {
		const struct import_nic *nic = &import->nics[i];

		if (nic->head.parent != host || strcmp(nic->site, site) != 0)
			continue;
		(void)snprintf(end, sizeof(end), "%s/%s", import->hosts[host].name,
			       nic->over[0] ? nic->over : nic->name);
		return slowest_cable(import, end);
	}
	return 0;
}
