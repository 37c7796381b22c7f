/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.c - find which vifs or sites the ends of each virtual link are. */
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/cli/import/import.h"

#define DEVID_MAX 65535

/* As written: a site, all vifs of a vm, or one of them. */
struct named_end {
	enum { END_SITE, END_VM, END_VIF } kind;
	unsigned int index; /* of the site, of the vm's first vif, or of that vif */
	const char *name; /* of the vm */
};

static bool parse_end(struct import *import, const struct import_link *link, const char *text,
		      struct named_end *out)
{
	const char *slash = strchr(text, '/');
	char name[XNM_NAME_LEN], hint[IMPORT_HINT_LEN];
	uint32_t devid = 0;

	(void)snprintf(name, sizeof(name), "%.*s", slash ? (int)(slash - text) : (int)strlen(text),
		       text);
	out->kind = END_SITE;
	out->index = slash ? IMPORT_NONE : import_find_site(import, name);
	if (out->index != IMPORT_NONE)
		return true;
	out->index = import_next_vif(import, name, 0);
	if (out->index == IMPORT_NONE) {
		import_mistake(import, link->head.origin, "there is no site, vm or proxy '%s'%s",
			       name, import_hint_end(import, name, hint));
		return false;
	}
	out->name = import->members[out->index].name;
	out->kind = slash ? END_VIF : END_VM;
	if (!slash)
		return true;
	if (xnm_parse_u32(slash + 1, 0, DEVID_MAX, &devid) == 0) {
		while (out->index != IMPORT_NONE && import->members[out->index].devid != devid)
			out->index = import_next_vif(import, name, out->index + 1);
		if (out->index != IMPORT_NONE)
			return true;
	}
	import_mistake(import, link->head.origin, "'%s' has no vif %s in any site", name,
		       slash + 1);
	return false;
}

static struct import_end vif_end(unsigned int index)
{
	return (struct import_end){ .index = index };
}

static struct import_end site_end(unsigned int index)
{
	return (struct import_end){ .is_site = true, .index = index };
}

static void add_pair(struct import *import, unsigned int link, struct import_end a,
		     struct import_end b)
{
	if (import->n_pairs == XNM_MAX_LINKS)
		import_mistake(import, import->links[link].head.origin,
			       "one link too many: at most %d are possible", XNM_MAX_LINKS);
	else
		import->pairs[import->n_pairs++] = (struct import_pair){ .link = link, .ends = {
										a,
										b
									} };
}

static bool routes_into(const struct import *import, unsigned int from, unsigned int to)
{
	for (unsigned int i = 0; i < import->n_routes; i++) {
		const struct import_site *site = &import->sites[to];

		if (import->routes[i].head.parent != from)
			continue;
		for (unsigned int k = 0; k < site->n_prefixes; k++) {
			if (site->prefixes[k].family == import->routes[i].prefix.family &&
			    xnm_cidr_overlap(&import->routes[i].prefix, &site->prefixes[k]))
				return true;
		}
	}
	return false;
}

static bool sites_meet(const struct import *import, unsigned int a, unsigned int b)
{
	return a == b || routes_into(import, a, b) || routes_into(import, b, a);
}

/* Whether the vif is that of a proxy which has another one in that site. */
static bool is_of_proxy(const struct import *import, unsigned int vif, unsigned int site)
{
	unsigned int other = import_find_in_site(import, import->members[vif].name, site);

	return other != IMPORT_NONE && import->members[other].is_proxy;
}

/* The vif of one proxy, with those in the same site of all proxies of another one. */
static unsigned int add_proxy(struct import *import, unsigned int link, unsigned int vif,
			      unsigned int of)
{
	const struct import_member *members = import->members;
	unsigned int n = 0;

	for (unsigned int i = 0; i < import->n_members; i++) {
		if (i == vif || members[i].head.parent != members[vif].head.parent ||
		    strcmp(members[i].name, members[vif].name) == 0 || !is_of_proxy(import, i, of))
			continue;
		add_pair(import, link, vif_end(vif), vif_end(i));
		n++;
	}
	return n;
}

/* Sites that meet by their proxies alone have one link for each pair of these. Returns their number. */
static unsigned int add_proxies(struct import *import, unsigned int link, unsigned int a,
				unsigned int b)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < import->n_members && import->n_pairs < XNM_MAX_LINKS; i++) {
		unsigned int site = import->members[i].head.parent;

		if (site != a && site != b && is_of_proxy(import, i, a))
			n += add_proxy(import, link, i, b);
	}
	return n;
}

static void link_sites(struct import *import, unsigned int link, unsigned int a, unsigned int b)
{
	if (a != b && add_proxies(import, link, a, b))
		return;
	if (sites_meet(import, a, b))
		add_pair(import, link, site_end(a), site_end(b));
	else
		import_mistake(
			import, import->links[link].head.origin,
			"sites '%s' and '%s' do not meet: neither have their proxies a third "
			"site in common, nor leads a <route> from one to the other",
			import->sites[a].name, import->sites[b].name);
}

static unsigned int site_of(const struct import *import, struct import_end end)
{
	return end.is_site ? end.index : import->members[end.index].head.parent;
}

/* Which vif of a vm is meant where the other end is in that site; false: reported. */
static bool vif_towards(struct import *import, const struct import_link *link,
			const struct named_end *vm, unsigned int site, struct import_end *out)
{
	unsigned int index = import_find_in_site(import, vm->name, site);

	if (index == IMPORT_NONE) {
		index = vm->index;
		if (import_next_vif(import, vm->name, index + 1) != IMPORT_NONE) {
			import_mistake(import, link->head.origin,
				       "'%s' has several vifs, none of them in site '%s'; write "
				       "%s/NUMBER",
				       vm->name, import->sites[site].name, vm->name);
			return false;
		}
	}
	*out = vif_end(index);
	return true;
}

/* Which vifs of two vms are meant: those in the one site that both are in. */
static bool common_vifs(struct import *import, const struct import_link *link,
			const struct named_end ends[2], struct import_end out[2])
{
	unsigned int n = 0, other;

	for (unsigned int i = ends[0].index; i != IMPORT_NONE;
	     i = import_next_vif(import, ends[0].name, i + 1)) {
		other = import_find_in_site(import, ends[1].name, import->members[i].head.parent);
		if (other == IMPORT_NONE)
			continue;
		out[0] = vif_end(i);
		out[1] = vif_end(other);
		n++;
	}
	if (n == 1)
		return true;
	import_mistake(import, link->head.origin, "'%s' and '%s' have %s; write NAME/NUMBER",
		       ends[0].name, ends[1].name,
		       n ? "several sites in common" : "no site in common");
	return false;
}

/* Finds the one vif or site that each end is; false: reported. */
static bool settle(struct import *import, const struct import_link *link,
		   const struct named_end ends[2], struct import_end out[2])
{
	if (ends[0].kind == END_VM && ends[1].kind == END_VM)
		return common_vifs(import, link, ends, out);
	for (unsigned int i = 0; i < 2; i++) {
		if (ends[i].kind != END_VM)
			out[i] = (struct import_end){ ends[i].kind == END_SITE, ends[i].index };
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (ends[i].kind == END_VM &&
		    !vif_towards(import, link, &ends[i], site_of(import, out[!i]), &out[i]))
			return false;
	}
	return true;
}

static void join_link(struct import *import, unsigned int index)
{
	const struct import_link *link = &import->links[index];
	struct named_end ends[2] = { { .kind = END_SITE }, { .kind = END_SITE } };
	struct import_end out[2] = { { 0 }, { 0 } };

	if (!parse_end(import, link, link->from, &ends[0]) ||
	    !parse_end(import, link, link->to, &ends[1]))
		return;
	if (ends[0].kind == END_SITE && ends[1].kind == END_SITE) {
		link_sites(import, index, ends[0].index, ends[1].index);
		return;
	}
	if (ends[0].kind != END_SITE && ends[1].kind != END_SITE &&
	    strcmp(ends[0].name, ends[1].name) == 0) {
		import_mistake(import, link->head.origin, "both ends of the link are '%s'",
			       ends[0].name);
		return;
	}
	if (!settle(import, link, ends, out))
		return;
	if (sites_meet(import, site_of(import, out[0]), site_of(import, out[1])))
		add_pair(import, index, out[0], out[1]);
	else
		import_mistake(import, link->head.origin,
			       "'%s' and '%s' do not meet: they are in sites '%s' and '%s', and no "
			       "<route> leads from one to the other",
			       link->from, link->to, import->sites[site_of(import, out[0])].name,
			       import->sites[site_of(import, out[1])].name);
}

void import_join_links(struct import *import)
{
	for (unsigned int i = 0; i < import->n_links; i++)
		join_link(import, i);
	import_check_pairs(import);
}
