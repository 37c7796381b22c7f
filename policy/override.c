/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.c - lay keys that were set while a vif runs over the section that matches it. */
#include "policy/override.h"

#include <errno.h>
#include <string.h>

#include "policy/loader.h"
#include "policy/sections/resolve.h"

const struct xnm_override_key *xnm_override_find(const struct xnm_override *override,
						 const char *name)
{
	for (unsigned int i = 0; i < override->n; i++) {
		if (strcmp(override->keys[i].name, name) == 0)
			return &override->keys[i];
	}
	return NULL;
}

int xnm_override_set(struct xnm_override *override, const char *name, const char *value)
{
	unsigned int i = 0;

	if (strlen(name) >= XNM_KEY_NAME_LEN || strlen(value) >= XNM_OVERRIDE_VALUE_LEN)
		return -ENAMETOOLONG;
	while (i < override->n && strcmp(override->keys[i].name, name) != 0)
		i++;
	if (i == XNM_MAX_SECTION_KEYS)
		return -E2BIG;
	if (i == override->n)
		override->n++;
	(void)snprintf(override->keys[i].name, sizeof(override->keys[i].name), "%s", name);
	(void)snprintf(override->keys[i].value, sizeof(override->keys[i].value), "%s", value);
	return 0;
}

int xnm_override_unset(struct xnm_override *override, const char *name)
{
	const struct xnm_override_key *key = xnm_override_find(override, name);

	if (!key)
		return -ENOENT;
	for (size_t i = (size_t)(key - override->keys) + 1; i < override->n; i++)
		override->keys[i - 1] = override->keys[i];
	override->n--;
	return 0;
}

void xnm_override_own(const struct xnm_override *override, struct xnm_own_addresses *own)
{
	const struct xnm_key_def *def = &xnm_keys[XNM_KEY_VIF_ADDRESS];
	const struct xnm_override_key *key = xnm_override_find(override, def->name);
	char value[XNM_OVERRIDE_VALUE_LEN], *save = NULL;
	const char *reason = NULL;

	memset(own, 0, sizeof(*own));
	if (!key)
		return;
	memcpy(value, key->value, sizeof(value));
	for (char *word = strtok_r(value, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
		(void)xnm_types[def->type].parse(word, own, sizeof(*own), &reason);
}

const char *xnm_override_refuses(unsigned int key)
{
	if (xnm_keys[key].in_match)
		return "it tells which vifs a section is for, and this is for one vif alone";
	if (key == XNM_KEY_VIF_NETWORK)
		return "pools, uplinks and other sections rely on the network that the policy "
		       "gives to a vif; change it there, and run 'xnm-vif reapply'";
	return NULL;
}

/*
 * A list is replaced, not continued. A single value is read over the old one, as
 * when a later file has the key: it may be only a part of its field.
 */
static void lay_key(struct xnm_loader *loader, unsigned int line,
		    const struct xnm_override_key *from)
{
	unsigned int i = xnm_key_find(XNM_SECTION_VIF, from->name);
	const struct xnm_key_def *key = &xnm_keys[i];
	const char *why = i == XNM_N_KEYS ? NULL : xnm_override_refuses(i);

	/* the one key that is not in the table */
	if (strcmp(from->name, "profile") == 0)
		why = "it tells when a section exists";
	if (why) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "%s= cannot be set for a vif that runs: %s", from->name, why);
		return;
	}
	if (i != XNM_N_KEYS && xnm_types[key->type].form != XNM_VALUE) {
		memset(loader->base + key->offset, 0, key->size);
		memset(loader->base + key->counter, 0, key->counter_size);
	}
	xnm_loader_key(loader, line, from->name, from->value);
}

/* The place among the policy's files that is kept for it. */
static uint16_t add_file(struct xnm_policy *policy, const char *file)
{
	if (!policy->overridden.present)
		policy->overridden.file = policy->n_files++;
	(void)snprintf(policy->files[policy->overridden.file], sizeof(policy->files[0]), "%s",
		       file);
	return (uint16_t)policy->overridden.file;
}

static void begin_section(struct xnm_vif_policy *section, const struct xnm_override_vif *vif,
			  unsigned int file)
{
	if (vif->section) {
		*section = *vif->section;
		return;
	}
	memset(section, 0, sizeof(*section));
	(void)snprintf(section->match, sizeof(section->match), "%.50s/%u",
		       vif->domain[0] ? vif->domain : "?", vif->devid);
	section->origin.file = file & 0xff;
	section->origin.line = 1;
}

static int lay(struct xnm_policy *policy, const struct xnm_override_vif *vif,
	       const struct xnm_override *override, const char *file, bool values_only,
	       xnm_policy_report report, void *arg)
{
	/* not on the stack, where a frame of that length has each of its pages touched */
	static struct xnm_loader loader;
	struct xnm_vif_policy *section = &policy->overridden.section;
	struct xnm_resolver r = { .policy = policy, .rep = &loader.rep };
	const struct xnm_network *network = vif->network;

	xnm_loader_begin(&loader, policy, report, arg);
	loader.file = add_file(policy, file);
	policy->overridden.present = true;
	begin_section(section, vif, loader.file);
	loader.section = XNM_SECTION_VIF;
	loader.base = (unsigned char *)section;
	memcpy(loader.section_argument, section->match, sizeof(loader.section_argument));
	for (unsigned int i = 0; i < override->n; i++)
		lay_key(&loader, XNM_OVERRIDE_FIRST_LINE + i, &override->keys[i]);
	if (!network && section->network[0])
		network = xnm_policy_network(policy, section->network);
	if (loader.rep.n_mistakes == 0 && !values_only)
		xnm_resolve_override(&r, section, network, vif->domain, vif->devid);
	if (loader.rep.n_mistakes == 0)
		return 0;
	policy->overridden.present = false;
	policy->n_files--;
	return -EINVAL;
}

int xnm_policy_override(struct xnm_policy *policy, const struct xnm_override_vif *vif,
			const struct xnm_override *override, const char *file,
			xnm_policy_report report, void *arg)
{
	return lay(policy, vif, override, file, false, report, arg);
}

int xnm_policy_override_check(struct xnm_policy *policy, const struct xnm_override_vif *vif,
			      const struct xnm_override *override, bool values_only,
			      xnm_policy_report report, void *arg)
{
	int rc = lay(policy, vif, override, "", values_only, report, arg);

	if (rc == 0) {
		policy->overridden.present = false;
		policy->n_files--;
	}
	return rc;
}

bool xnm_policy_is_overridden(const struct xnm_policy *policy, const struct xnm_vif_policy *section,
			      enum xnm_key_id key)
{
	struct xnm_origin origin = section->written.keys[key - XNM_FIRST_KEY_OF_VIF];

	return section == &policy->overridden.section && origin.line &&
	       origin.file == policy->overridden.file;
}
