/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.c - which addresses of a bridge no guest may use, and which of these are a guest's own. */
#include "hotplug/notes/owned.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/event.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/files.h"

/* No network of the policy is called so (xnm_parse_name()). */
void xnm_owned_network(char out[XNM_NAME_LEN], const char *bridge)
{
	(void)snprintf(out, XNM_NAME_LEN, "=%.15s", bridge);
}

struct member_search {
	char file[XNM_VIF_FILE_LEN];
	char *bridge;
};

static int compare_member(void *arg, const char *name)
{
	struct member_search *search = arg;
	const char *comma = strchr(name, ',');

	if (name[0] != '=' || !comma || strcmp(comma + 1, search->file) != 0)
		return 0;
	(void)snprintf(search->bridge, IFNAMSIZ, "%.*s", (int)(comma - name - 1), name + 1);
	return 1;
}

void xnm_owned_bridge(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		      char bridge[IFNAMSIZ])
{
	struct member_search search = { .bridge = bridge };

	bridge[0] = '\0';
	xnm_vif_file(domid, devid, search.file);
	(void)xnm_file_each(dir->network_fd, compare_member, &search);
}

struct search {
	const struct xnm_run_dir *dir;
	const char *bridge;
	const struct xnm_elements *elements;
	const struct xnm_owner *self;
	bool *claimed;
};

/* Whether the element is that of the address in that scope, in a set of owned addresses. */
static bool is_key(const struct xnm_element *element, const char *scope,
		   const struct xnm_cidr *address)
{
	uint32_t group = xnm_scope_group(scope);
	bool ip6 = address->family == AF_INET6;

	if (element->set != XNM_SET_BRIDGE_OWNED4 && element->set != XNM_SET_BRIDGE_OWNED6 &&
	    element->set != XNM_SET_BRIDGE_OWNED_TARGETS6)
		return false;
	return ip6 == (element->set != XNM_SET_BRIDGE_OWNED4) &&
	       memcmp(element->key, &group, sizeof(group)) == 0 &&
	       memcmp(element->key + sizeof(group), address->addr, ip6 ? 16 : 4) == 0;
}

/* name is that of an address's note: "br0.10,10.0.0.5,32" */
static int compare(void *arg, const char *name)
{
	const struct search *search = arg;
	char scope[XNM_SCOPE_LEN], trunk[XNM_SCOPE_LEN];
	size_t len = strlen(search->bridge);
	struct xnm_cidr address;

	if (strncmp(name, search->bridge, len) != 0 || (name[len] != ',' && name[len] != '.') ||
	    xnm_address_note_of(search->dir, name, search->self, scope, &address))
		return 0;
	xnm_scope_trunk(trunk, search->bridge);
	for (unsigned int i = 0; i < search->elements->n; i++)
		search->claimed[i] |= is_key(&search->elements->list[i], scope, &address) ||
				      is_key(&search->elements->list[i], trunk, &address);
	return 0;
}

void xnm_address_notes_own(const struct xnm_run_dir *dir, const char *bridge,
			   const struct xnm_elements *elements, const struct xnm_owner *self,
			   bool *claimed)
{
	struct search search = { dir, bridge, elements, self, claimed };

	memset(claimed, 0, elements->n * sizeof(claimed[0]));
	(void)xnm_file_each(dir->address_fd, compare, &search);
}
