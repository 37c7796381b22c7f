/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sites.c - sites: their prefixes, the vifs in them with number, host and address, and their routes. */
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/cli/import/import.h"

#define DEVID_MAX 65535

/* Takes the next word of a list to word; returns what follows it, or NULL at the end. */
static const char *next_word(const char *text, char word[IMPORT_ADDRESS_LEN])
{
	size_t len;

	text += strspn(text, " ");
	len = strcspn(text, " ");
	if (len == 0)
		return NULL;
	(void)snprintf(word, IMPORT_ADDRESS_LEN, "%.*s", (int)len, text);
	return text + len;
}

static void parse_prefixes(struct import *import, struct import_site *site)
{
	const char *rest = site->prefix;
	char word[IMPORT_ADDRESS_LEN];
	struct xnm_cidr prefix;

	while ((rest = next_word(rest, word))) {
		if (xnm_parse_cidr(word, &prefix) || !strchr(word, '/') ||
		    xnm_cidr_has_host_bits(&prefix) || prefix.prefix_len == 0)
			import_mistake(import, site->head.origin,
				       "prefix %s of site '%s' must be the first address of a "
				       "subnet and its length, as in 10.0.1.0/24",
				       word, site->name);
		else if (site->n_prefixes == IMPORT_MAX_PREFIXES ||
			 (site->n_prefixes && site->prefixes[0].family == prefix.family))
			import_mistake(import, site->head.origin,
				       "prefix %s of site '%s': one of each family is possible",
				       word, site->name);
		else
			site->prefixes[site->n_prefixes++] = prefix;
	}
}

static void check_site(struct import *import, unsigned int index)
{
	struct import_site *site = &import->sites[index];
	unsigned int first = import_find_site(import, site->name);
	bool has_member = false;

	parse_prefixes(import, site);
	if (first != index)
		import_mistake(import, site->head.origin, "site '%s' is already in line %u",
			       site->name, import->sites[first].head.origin.line);
	if (!site->bridge[0] && (!xnm_ifname_ok(site->name) || xnm_ifname_is_vif(site->name)))
		import_mistake(import, site->head.origin,
			       "site '%s': no bridge can have that name: add bridge=", site->name);
	for (unsigned int i = 0; i < import->n_members; i++)
		has_member |= import->members[i].head.parent == index;
	if (!has_member)
		import_mistake(import, site->head.origin, "site '%s' has no vm and no proxy",
			       site->name);
}

/* The length of the site's prefix makes of an address what its guest is told. */
static bool settle(const struct import_site *site, struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < site->n_prefixes; i++) {
		if (!xnm_cidr_within(address, &site->prefixes[i]))
			continue;
		address->prefix_len = site->prefixes[i].prefix_len;
		return true;
	}
	return false;
}

static void parse_address(struct import *import, struct import_member *member, const char *word)
{
	const struct import_site *site = &import->sites[member->head.parent];
	struct xnm_cidr address;

	if (strchr(word, '/') || xnm_parse_cidr(word, &address))
		import_mistake(import, member->head.origin,
			       "address %s of '%s' must be an address; its length is that of the "
			       "site's prefix",
			       word, member->name);
	else if (!settle(site, &address))
		import_mistake(import, member->head.origin,
			       "address %s of '%s' is not in %s, the prefix of site '%s'", word,
			       member->name, site->prefix, site->name);
	else if (address.prefix_len < 31 + (address.family == AF_INET6) * 96 &&
		 (!xnm_cidr_has_host_bits(&address) || xnm_cidr_is_broadcast(&address)))
		import_mistake(import, member->head.origin,
			       "address %s of '%s' is that of the subnet itself or its broadcast",
			       word, member->name);
	else if (member->n_addresses == IMPORT_MAX_PREFIXES ||
		 (member->n_addresses && member->addresses[0].family == address.family))
		import_mistake(import, member->head.origin,
			       "address %s of '%s': one of each family is possible", word,
			       member->name);
	else
		member->addresses[member->n_addresses++] = address;
}

static bool share_address(const struct import_member *a, const struct import_member *b)
{
	for (unsigned int i = 0; i < a->n_addresses; i++) {
		for (unsigned int k = 0; k < b->n_addresses; k++) {
			if (xnm_cidr_same_host(&a->addresses[i], &b->addresses[k]))
				return true;
		}
	}
	return false;
}

static void check_others(struct import *import, unsigned int index)
{
	const struct import_member *member = &import->members[index];

	for (unsigned int i = 0; i < index; i++) {
		const struct import_member *other = &import->members[i];

		if (share_address(member, other))
			import_mistake(import, member->head.origin,
				       "'%s' has the address of '%s' in line %u", member->name,
				       other->name, other->head.origin.line);
		if (strcmp(member->name, other->name) != 0)
			continue;
		if (member->devid == other->devid)
			import_mistake(import, member->head.origin,
				       "vif %u of '%s' is already in line %u: say by vif= which "
				       "one this is",
				       member->devid, member->name, other->head.origin.line);
		else if (member->head.parent == other->head.parent)
			import_mistake(import, member->head.origin,
				       "'%s' is in site '%s' already, by line %u", member->name,
				       import->sites[member->head.parent].name,
				       other->head.origin.line);
	}
}

static void place(struct import *import, struct import_member *member)
{
	struct xnm_reporter *rep = &import->rep;
	unsigned int i = 0;

	while (i < import->n_placed && strcmp(import->placed[i].name, member->name) != 0)
		i++;
	if (i < import->n_placed)
		member->host = import->placed[i].head.parent;
	else
		xnm_mistake_in(rep, import->files[IMPORT_VIRTUAL], member->head.origin.line,
			       "'%s' runs on no host of %s", member->name,
			       import->files[IMPORT_REAL]);
}

static void check_member(struct import *import, unsigned int index)
{
	struct import_member *member = &import->members[index];
	const char *rest = member->address;
	char word[IMPORT_ADDRESS_LEN];

	member->is_proxy = strcmp(import_element_name(member->head.element), "proxy") == 0;
	member->devid = 0;
	if (member->vif[0] && xnm_parse_u32(member->vif, 0, DEVID_MAX, &member->devid))
		import_mistake(import, member->head.origin, "vif=\"%s\" of '%s' must be one number",
			       member->vif, member->name);
	if (import_find_site(import, member->name) != IMPORT_NONE)
		import_mistake(import, member->head.origin, "'%s' is the name of a site",
			       member->name);
	while ((rest = next_word(rest, word)))
		parse_address(import, member, word);
	place(import, member);
	check_others(import, index);
}

static bool has_nic(const struct import *import, unsigned int host, const char *site)
{
	for (unsigned int i = 0; i < import->n_nics; i++) {
		if (import->nics[i].head.parent == host && strcmp(import->nics[i].site, site) == 0)
			return true;
	}
	return false;
}

/* A site on several hosts needs a nic on each that joins its bridges. */
static void check_spread(struct import *import, unsigned int index)
{
	const struct import_site *site = &import->sites[index];
	unsigned int first = IMPORT_NONE, n = 0;

	for (unsigned int i = 0; i < import->n_members; i++) {
		const struct import_member *member = &import->members[i];

		if (member->head.parent != index)
			continue;
		if (first == IMPORT_NONE)
			first = i;
		n += member->host != import->members[first].host;
	}
	for (unsigned int host = 0; n && host < import->n_hosts; host++) {
		bool is_here = false;

		for (unsigned int i = 0; i < import->n_members; i++)
			is_here |= import->members[i].head.parent == index &&
				   import->members[i].host == host;
		if (is_here && !has_nic(import, host, site->name))
			import_mistake(import, import->hosts[host].head.origin,
				       "site '%s' is on several hosts, and host '%s' has no nic "
				       "with site=\"%s\" to reach the others",
				       site->name, import->hosts[host].name, site->name);
	}
}

static void check_route(struct import *import, struct import_route *route)
{
	const struct import_site *site = &import->sites[route->head.parent];
	char hint[IMPORT_HINT_LEN];

	if (xnm_parse_cidr(route->to, &route->prefix) || xnm_cidr_has_host_bits(&route->prefix))
		import_mistake(import, route->head.origin,
			       "to=\"%s\" must be the first address of a subnet and its length, as "
			       "in 10.0.2.0/24",
			       route->to);
	route->member = import_find_in_site(import, route->via, route->head.parent);
	if (route->member == IMPORT_NONE)
		import_mistake(import, route->head.origin, "via=\"%s\" is not in site '%s'%s",
			       route->via, site->name, import_hint_end(import, route->via, hint));
}

void import_join_sites(struct import *import)
{
	unsigned int before = import->rep.n_mistakes;

	for (unsigned int i = 0; i < import->n_sites; i++)
		check_site(import, i);
	if (import->rep.n_mistakes == before) {
		for (unsigned int i = 0; i < import->n_members; i++)
			check_member(import, i);
	}
	/* where something runs is not known for sure if the real network has mistakes, either */
	if (import->rep.n_mistakes)
		return;
	for (unsigned int i = 0; i < import->n_sites; i++)
		check_spread(import, i);
	for (unsigned int i = 0; i < import->n_routes; i++)
		check_route(import, &import->routes[i]);
}
