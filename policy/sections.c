/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sections.c - find, continue or begin the section that a [name argument] line names. */
#include "policy/loader.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define XNM_SECTION(id, text, arg, arg_type, type, ...)                             \
	static_assert(sizeof(type) <= sizeof(((struct xnm_loader *)NULL)->scratch), \
		      "enlarge scratch");
#include "policy/nearest.h"
#include "policy/policy.def"

static_assert(1 + XNM_MAX_NETWORKS + XNM_MAX_VIF_SECTIONS + XNM_MAX_UPLINKS + XNM_MAX_FORWARDS +
			      XNM_MAX_ACLS + XNM_MAX_POOLS + XNM_MAX_PROFILES + XNM_MAX_LINKS +
			      XNM_MAX_CLASSES <
		      XNM_SECTION_SLOTS,
	      "enlarge XNM_SECTION_SLOTS");
static_assert(offsetof(struct xnm_network, name) == 0 &&
		      offsetof(struct xnm_vif_policy, match) == 0 &&
		      offsetof(struct xnm_uplink, name) == 0 &&
		      offsetof(struct xnm_forward, name) == 0 &&
		      offsetof(struct xnm_acl, name) == 0 && offsetof(struct xnm_pool, name) == 0 &&
		      offsetof(struct xnm_profile, name) == 0 &&
		      offsetof(struct xnm_link_policy, name) == 0 &&
		      offsetof(struct xnm_class_policy, name) == 0,
	      "a section begins with its argument");

/* FNV-1a over the kind of section and its argument. */
static unsigned int hash_section(enum xnm_section_id id, const char *argument)
{
	uint32_t hash = (2166136261u ^ id) * 16777619u;

	for (; *argument != '\0'; argument++)
		hash = (hash ^ (unsigned char)*argument) * 16777619u;
	return (hash ^ hash >> 16) % XNM_SECTION_SLOTS;
}

/* Numbers over all kinds of sections: each kind begins where the one before must end. */
static unsigned int slot_base(enum xnm_section_id id)
{
	unsigned int base = 1;

	for (unsigned int i = 0; i < id; i++)
		base += xnm_sections[i].max;
	return base;
}

/*
 * Looks a section up, by its name and its profile=. Returns its slot, which has 0 when there is no such
 * section yet; there always is a free slot.
 */
static uint16_t *find_slot(struct xnm_loader *loader, enum xnm_section_id id, const char *argument)
{
	const struct xnm_section_def *def = &xnm_sections[id];
	unsigned int base = slot_base(id);
	unsigned char *section;

	if (!loader->has_slots)
		memset(loader->slots, 0, sizeof(loader->slots));
	loader->has_slots = true;
	for (unsigned int i = hash_section(id, argument);; i = (i + 1) % XNM_SECTION_SLOTS) {
		unsigned int number = loader->slots[i];

		if (number == 0)
			return &loader->slots[i];
		if (number < base || number >= base + def->max)
			continue;
		if (!def->argument)
			return &loader->slots[i];
		section = xnm_section_at(loader->policy, def, number - base);
		if (strcmp((char *)section, argument) == 0 &&
		    xnm_section_written(section, def)->profiles == loader->section_profiles)
			return &loader->slots[i];
	}
}

const char *xnm_loader_section_text(const struct xnm_loader *loader, char out[XNM_SECTION_TEXT_LEN])
{
	const char *argument = loader->section_argument;

	(void)snprintf(out, XNM_SECTION_TEXT_LEN, "[%s%s%s]", xnm_sections[loader->section].name,
		       *argument ? " " : "", argument);
	return out;
}

static void use_scratch(struct xnm_loader *loader)
{
	memset(loader->scratch, 0, xnm_sections[loader->section].size);
	memset(&loader->policy->matches[XNM_MAX_VIF_SECTIONS], 0, sizeof(struct xnm_vif_match));
	loader->base = loader->scratch;
}

/* Continues the section at base, or reports that this file has it already. */
static void continue_section(struct xnm_loader *loader, unsigned char *base, unsigned int line)
{
	const struct xnm_section_def *def = &xnm_sections[loader->section];
	struct xnm_written *written = xnm_section_written(base, def);
	char text[XNM_SECTION_TEXT_LEN];

	if (written->opened.file == loader->file) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "%s is given twice; first in line %u%s",
			       xnm_loader_section_text(loader, text), written->opened.line,
			       loader->section == XNM_SECTION_VIF
				       ? "; a label tells them apart, as in [vif MATCH as LABEL]"
				       : "");
		use_scratch(loader);
		return;
	}
	written->opened = xnm_loader_here(loader, line);
	loader->base = base;
}

/* Begins a section with the argument that was parsed into scratch. */
static void open_section(struct xnm_loader *loader, unsigned int line)
{
	const struct xnm_section_def *def = &xnm_sections[loader->section];
	const char *argument = (const char *)loader->scratch;
	unsigned int *n = xnm_section_counter(loader->policy, def);
	uint16_t *slot = find_slot(loader, loader->section, argument);
	unsigned int base = slot_base(loader->section);
	char text[XNM_SECTION_TEXT_LEN];

	if (*slot) {
		continue_section(loader, xnm_section_at(loader->policy, def, *slot - base), line);
		return;
	}
	if (*n == def->max) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "%s is one [%s] section too many: at most %u are possible",
			       xnm_loader_section_text(loader, text), def->name, def->max);
		use_scratch(loader);
		return;
	}
	*slot = (uint16_t)(base + *n);
	loader->base = xnm_section_at(loader->policy, def, *n);
	(*n)++;
	if (def->argument)
		memcpy(loader->base, argument, XNM_NAME_LEN);
	*(struct xnm_origin *)(void *)(loader->base + def->origin) = xnm_loader_here(loader, line);
	xnm_section_written(loader->base, def)->opened = xnm_loader_here(loader, line);
	xnm_section_written(loader->base, def)->profiles = loader->section_profiles;
}

void xnm_loader_open_pending(struct xnm_loader *loader)
{
	unsigned int before = loader->rep.n_mistakes;

	if (!loader->is_pending)
		return;
	loader->is_pending = false;
	open_section(loader, loader->section_line);
	if (loader->rep.n_mistakes != before)
		loader->section_lost = true;
}

static void unknown_section(struct xnm_loader *loader, unsigned int line, const char *name)
{
	struct xnm_nearest nearest = { .text = name };

	for (unsigned int i = 0; i < XNM_N_SECTIONS; i++)
		xnm_nearest_offer(&nearest, xnm_sections[i].name);
	if (nearest.best)
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "unknown section [%s]; did you mean '%s'?", name, nearest.best);
	else
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line, "unknown section [%s]",
			       name);
}

/* Parses the argument into scratch, which it then begins with. */
static void parse_argument(struct xnm_loader *loader, unsigned int line, const char *argument)
{
	const struct xnm_section_def *def = &xnm_sections[loader->section];
	const struct xnm_type_def *type = &xnm_types[def->argument_type];
	const char *reason = type->expects;

	use_scratch(loader);
	if (!def->argument && *argument != '\0') {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "[%s] takes no name, but '%s' follows", def->name, argument);
		return;
	}
	if (def->argument && *argument == '\0') {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "[%s] needs a name, as in [%s %s]", def->name, def->name,
			       def->argument);
		return;
	}
	if (def->argument && type->parse(argument, loader->scratch, XNM_NAME_LEN, &reason)) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line, "[%s %s]: %s",
			       def->name, argument, reason);
		return;
	}
	loader->is_pending = true;
}

int xnm_loader_section(void *arg, unsigned int line, const char *name, const char *argument)
{
	struct xnm_loader *loader = arg;
	unsigned int before;

	xnm_loader_open_pending(loader);
	before = loader->rep.n_mistakes;
	loader->section_line = line;
	loader->section_profiles = 0;
	loader->has_keys = false;
	loader->section = xnm_section_find(name);
	if (loader->section == XNM_N_SECTIONS) {
		unknown_section(loader, line, name);
		return -EINVAL;
	}
	(void)snprintf(loader->section_argument, sizeof(loader->section_argument), "%s", argument);
	parse_argument(loader, line, argument);
	if (loader->rep.n_mistakes != before)
		loader->section_lost = true;
	return 0;
}

void xnm_loader_section_lost(void *arg)
{
	struct xnm_loader *loader = arg;

	xnm_loader_open_pending(loader);
	loader->section_lost = true;
}
