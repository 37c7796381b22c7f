/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements.c - the elements of both descriptions with their attributes, and how one is kept. */
#include <stdalign.h>
#include <string.h>

#include "hotplug/cli/import/import.h"
#include "policy/nearest.h"

#define MAX_ATTRIBUTES 16

/* Where an attribute goes in the struct of its element, and what it may be. */
struct attribute {
	const char *name;
	enum xnm_type type;
	bool required;
	size_t offset, size;
};

struct import_element {
	const char *name;
	const char *parent; /* NULL: a root */
	enum import_file file;
	unsigned int max;
	size_t offset, counter, size; /* its array in struct import */
	struct attribute attributes[MAX_ATTRIBUTES];
};

#define ELEMENT(list, counter_name)                                                                \
	.offset = offsetof(struct import, list), .counter = offsetof(struct import, counter_name), \
	.size = sizeof(((struct import *)NULL)->list[0]),                                          \
	.max = sizeof(((struct import *)NULL)->list) / sizeof(((struct import *)NULL)->list[0])
#define MAY(type_name, attribute_name, kind, field)                        \
	{                                                                  \
		.name = (attribute_name), .type = XNM_TYPE_##kind,         \
		.offset = offsetof(struct import_##type_name, field),      \
		.size = sizeof(((struct import_##type_name *)NULL)->field) \
	}
#define MUST(type_name, attribute_name, kind, field)                                 \
	{                                                                            \
		.name = (attribute_name), .type = XNM_TYPE_##kind, .required = true, \
		.offset = offsetof(struct import_##type_name, field),                \
		.size = sizeof(((struct import_##type_name *)NULL)->field)           \
	}

/* An element of two parents, or of two names, has two rows. */
static const struct import_element elements[] = {
	{ "real-network", NULL, IMPORT_REAL, ELEMENT(reals, n_reals) },
	{ "host", "real-network", IMPORT_REAL, ELEMENT(hosts, n_hosts),
	  .attributes = { MUST(host, "name", NAME, name) } },
	{ "nic", "host", IMPORT_REAL, ELEMENT(nics, n_nics),
	  .attributes = { MUST(nic, "name", IFNAME, name), MAY(nic, "site", NETWORK, site),
			  MAY(nic, "over", IFNAME, over) } },
	{ "vm", "host", IMPORT_REAL, ELEMENT(placed, n_placed),
	  .attributes = { MUST(placed, "name", NAME, name) } },
	{ "switch", "real-network", IMPORT_REAL, ELEMENT(nodes, n_nodes),
	  .attributes = { MUST(node, "name", NAME, name) } },
	{ "router", "real-network", IMPORT_REAL, ELEMENT(nodes, n_nodes),
	  .attributes = { MUST(node, "name", NAME, name) } },
	{ "link", "real-network", IMPORT_REAL, ELEMENT(cables, n_cables),
	  .attributes = { MUST(cable, "from", TEXT, from), MUST(cable, "to", TEXT, to),
			  MUST(cable, "bandwidth", RATE, bandwidth) } },

	{ "virtual-network", NULL, IMPORT_VIRTUAL, ELEMENT(virtuals, n_virtuals),
	  .attributes = { MAY(virtual, "profile", NAME, profile) } },
	{ "profile", "virtual-network", IMPORT_VIRTUAL, ELEMENT(profiles, n_profiles),
	  .attributes = { MUST(profile, "name", NAME, name),
			  MAY(profile, "description", TEXT, description) } },
	{ "acl", "virtual-network", IMPORT_VIRTUAL, ELEMENT(acls, n_acls),
	  .attributes = { MUST(acl, "name", NAME, name), MAY(acl, "default", ACTION, otherwise) } },
	{ "rule", "acl", IMPORT_VIRTUAL, ELEMENT(rules, n_rules),
	  .attributes = { MUST(rule, "action", ACTION, action),
			  MUST(rule, "direction", NAME, direction),
			  MAY(rule, "protocol", NAME, protocol), MAY(rule, "peer", TEXT, peer),
			  MAY(rule, "port", TEXT, port), MAY(rule, "log", BOOL, log) } },
	{ "site", "virtual-network", IMPORT_VIRTUAL, ELEMENT(sites, n_sites),
	  .attributes = { MUST(site, "name", NETWORK, name), MUST(site, "prefix", TEXT, prefix),
			  MAY(site, "bridge", BRIDGE, bridge), MAY(site, "mtu", MTU, mtu),
			  MAY(site, "acl", NAME, acl) } },
	{ "vm", "site", IMPORT_VIRTUAL, ELEMENT(members, n_members),
	  .attributes = { MUST(member, "name", NAME, name), MAY(member, "vif", DEVIDS, vif),
			  MUST(member, "address", TEXT, address),
			  MAY(member, "bandwidth", RATE, bandwidth),
			  MAY(member, "acl", NAME, acl) } },
	{ "proxy", "site", IMPORT_VIRTUAL, ELEMENT(members, n_members),
	  .attributes = { MUST(member, "name", NAME, name), MAY(member, "vif", DEVIDS, vif),
			  MUST(member, "address", TEXT, address),
			  MAY(member, "bandwidth", RATE, bandwidth),
			  MAY(member, "acl", NAME, acl) } },
	{ "route", "site", IMPORT_VIRTUAL, ELEMENT(routes, n_routes),
	  .attributes = { MUST(route, "to", TEXT, to), MUST(route, "via", NAME, via) } },
	{ "link", "virtual-network", IMPORT_VIRTUAL, ELEMENT(links, n_links),
	  .attributes = { MUST(link, "from", TEXT, from), MUST(link, "to", TEXT, to),
			  MAY(link, "profile", NAMES, profile),
			  MAY(link, "bandwidth", RATE, bandwidth),
			  MAY(link, "latency", DELAY, latency), MAY(link, "jitter", DELAY, jitter),
			  MAY(link, "loss", PROBABILITY, loss),
			  MAY(link, "back-bandwidth", RATE, back_bandwidth),
			  MAY(link, "back-latency", DELAY, back_latency),
			  MAY(link, "back-jitter", DELAY, back_jitter),
			  MAY(link, "back-loss", PROBABILITY, back_loss) } },
};

const char *import_element_name(const struct import_element *element)
{
	return element->name;
}

const struct import_element *import_root(enum import_file file)
{
	for (size_t i = 0; i < XNM_N_ELEMENTS(elements); i++) {
		if (elements[i].file == file && !elements[i].parent)
			return &elements[i];
	}
	return NULL;
}

static bool is_child(const struct import_element *element, const struct import_element *parent)
{
	return element->parent && element->file == parent->file &&
	       strcmp(element->parent, parent->name) == 0;
}

const struct import_element *import_element(struct import *import, struct xnm_origin origin,
					    const struct import_element *parent, const char *name)
{
	struct xnm_nearest nearest = { .text = name };
	char shown[64];

	for (size_t i = 0; i < XNM_N_ELEMENTS(elements); i++) {
		if (!is_child(&elements[i], parent))
			continue;
		if (strcmp(elements[i].name, name) == 0)
			return &elements[i];
		xnm_nearest_offer(&nearest, elements[i].name);
	}
	xnm_printable(name, shown, sizeof(shown));
	if (nearest.best)
		import_mistake(import, origin, "<%s> is no element of <%s>; did you mean <%s>?",
			       shown, parent->name, nearest.best);
	else
		import_mistake(import, origin, "<%s> is no element of <%s>", shown, parent->name);
	return NULL;
}

/* The attribute of that name, or NULL, reported. */
static const struct attribute *find(struct import *import, struct xnm_origin origin,
				    const struct import_element *element, const char *name)
{
	struct xnm_nearest nearest = { .text = name };
	char shown[64];

	for (const struct attribute *a = element->attributes; a->name; a++) {
		if (strcmp(a->name, name) == 0)
			return a;
		xnm_nearest_offer(&nearest, a->name);
	}
	xnm_printable(name, shown, sizeof(shown));
	if (nearest.best)
		import_mistake(import, origin, "<%s> has no attribute %s; did you mean %s?",
			       element->name, shown, nearest.best);
	else
		import_mistake(import, origin, "<%s> has no attribute %s", element->name, shown);
	return NULL;
}

/* What a line of the policy cannot have: XML lets a value have any letter, and ends of lines. */
static const char *unprintable(const char *value)
{
	for (const char *p = value; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			return "has a letter that is not printable ASCII";
		if (*p == ' ' && (p[1] == ';' || p[1] == '#'))
			return "has a blank before ; or #, which begins a comment in the policy";
	}
	if (value[0] == '\0')
		return "is empty; leave the attribute out";
	if (value[0] == ' ' || value[strlen(value) - 1] == ' ')
		return "has a blank at its beginning or end";
	return NULL;
}

/* By the parser that the policy has for such a value; of a list for each word. NULL: it is good. */
static const char *parse(const struct attribute *attribute, const char *value)
{
	const struct xnm_type_def *type = &xnm_types[attribute->type];
	const char *reason = unprintable(value), *rest = value;
	alignas(max_align_t) unsigned char out[256]; /* no value that is read here needs more */
	size_t out_size = attribute->size < sizeof(out) ? attribute->size : sizeof(out);
	char word[IMPORT_ADDRESS_LEN];

	if (reason)
		return reason;
	if (strlen(value) >= attribute->size)
		return "is too long";
	reason = type->expects;
	if (type->form == XNM_VALUE)
		return type->parse(value, out, out_size, &reason) ? reason : NULL;
	while (*rest != '\0') {
		size_t len = strcspn(rest, " ");

		(void)snprintf(word, sizeof(word), "%.*s", (int)len, rest);
		if (len >= sizeof(word) || type->parse(word, out, type->element_size, &reason))
			return reason;
		rest += len + strspn(rest + len, " ");
	}
	return NULL;
}

static void set(struct import *import, struct xnm_origin origin,
		const struct import_element *element, unsigned char *base, const char *name,
		const char *value)
{
	const struct attribute *attribute = find(import, origin, element, name);
	const char *reason = attribute ? parse(attribute, value) : NULL;
	char shown[96];

	if (reason)
		import_mistake(import, origin, "<%s %s=\"%s\">: %s", element->name, name,
			       xnm_printable(value, shown, sizeof(shown)), reason);
	else if (attribute)
		memcpy(base + attribute->offset, value, strlen(value) + 1);
}

static bool is_given(const char *const *attributes, const char *name)
{
	for (; *attributes; attributes += 2) {
		if (strcmp(attributes[0], name) == 0)
			return true;
	}
	return false;
}

static unsigned int last_parent(const struct import *import, const struct import_element *element)
{
	unsigned int n = 0;

	for (size_t i = 0; element->parent && i < XNM_N_ELEMENTS(elements); i++) {
		if (elements[i].file == element->file &&
		    strcmp(elements[i].name, element->parent) == 0)
			memcpy(&n, (const unsigned char *)import + elements[i].counter, sizeof(n));
	}
	return n ? n - 1 : 0;
}

bool import_add(struct import *import, struct xnm_origin origin,
		const struct import_element *element, const char *const *attributes)
{
	unsigned char *bytes = (unsigned char *)import, *base;
	struct import_head head = { .origin = origin, .element = element };
	unsigned int n;

	memcpy(&n, bytes + element->counter, sizeof(n));
	if (n == element->max) {
		import_mistake(import, origin, "<%s>: one too many: at most %u are possible",
			       element->name, element->max);
		return false;
	}
	head.parent = last_parent(import, element);
	base = bytes + element->offset + n * element->size;
	memset(base, 0, element->size);
	memcpy(base, &head, sizeof(head));
	n++;
	memcpy(bytes + element->counter, &n, sizeof(n));
	for (const char *const *pair = attributes; *pair; pair += 2)
		set(import, origin, element, base, pair[0], pair[1]);
	for (const struct attribute *a = element->attributes; a->name; a++) {
		if (a->required && !is_given(attributes, a->name))
			import_mistake(import, origin, "<%s> needs %s=", element->name, a->name);
	}
	return true;
}
