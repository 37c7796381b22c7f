/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profiles.c - read profile= of any section, find the profile in force, and leave out what is not in it. */
#include "policy/loader.h"

#include <limits.h>
#include <string.h>

#include "policy/sections/resolver.h"

/*
 * profile= is a key of every section that has a name, so it stands in no line of
 * policy.def. Sections of one name may differ in nothing else, so a section is
 * opened only when the profile= lines below its head are read.
 *
 * All sections are read, for the mistakes in them, and those of other profiles
 * are taken out before anything is resolved: all that follows sees only those
 * that exist.
 */

bool xnm_loader_has_profile_key(const struct xnm_loader *loader)
{
	return loader->section != XNM_SECTION_PROFILE && xnm_sections[loader->section].argument;
}

/* The bit of a name, which gets the next free one the first time; 0: there is none. */
static uint64_t name_bit(struct xnm_loader *loader, unsigned int line, const char *name)
{
	unsigned int i = 0;

	while (i < loader->n_profile_names && strcmp(loader->profile_names[i].name, name) != 0)
		i++;
	if (i == XNM_MAX_PROFILES) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "profile=%s: one profile too many: at most %d are possible", name,
			       XNM_MAX_PROFILES);
		return 0;
	}
	if (i == loader->n_profile_names) {
		loader->n_profile_names++;
		(void)snprintf(loader->profile_names[i].name, XNM_NAME_LEN, "%s", name);
		loader->profile_names[i].origin = xnm_loader_here(loader, line);
	}
	return (uint64_t)1 << i;
}

static void add_name(struct xnm_loader *loader, unsigned int line, const char *word)
{
	const struct xnm_type_def *type = &xnm_types[XNM_TYPE_NAME];
	const char *reason = type->expects;
	char name[XNM_NAME_LEN], shown[96];

	if (type->parse(word, name, sizeof(name), &reason))
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line, "profile=%s: %s",
			       xnm_printable(word, shown, sizeof(shown)), reason);
	else
		loader->section_profiles |= name_bit(loader, line, name);
}

void xnm_loader_profile_key(struct xnm_loader *loader, unsigned int line, const char *value)
{
	char section[XNM_SECTION_TEXT_LEN], word[256];
	size_t len;

	if (loader->has_keys) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "profile= comes behind other keys of %s; write it directly below "
			       "line %u",
			       xnm_loader_section_text(loader, section), loader->section_line);
		return;
	}
	if (*value == '\0')
		loader->section_profiles = 0;
	for (; *value != '\0'; value += strspn(value, " \t")) {
		len = strcspn(value, " \t");
		if (len >= sizeof(word)) /* inih's lines are shorter */
			len = sizeof(word) - 1;
		memcpy(word, value, len);
		word[len] = '\0';
		add_name(loader, line, word);
		value += len;
	}
}

/* That there is a [profile] of each name that profile= has. */
static void check_names(struct xnm_loader *loader, const struct xnm_resolver *r)
{
	struct xnm_policy *policy = loader->policy;
	struct xnm_global *global = &policy->global;

	for (unsigned int i = 0; i < loader->n_profile_names; i++) {
		if (!xnm_policy_profile(policy, loader->profile_names[i].name))
			xnm_unknown_name(r, loader->profile_names[i].origin, "profile",
					 XNM_SECTION_PROFILE, loader->profile_names[i].name);
	}
	if (global->profile[0] && !xnm_policy_profile(policy, global->profile))
		xnm_unknown_name(r, XNM_KEY_ORIGIN(global, GLOBAL, PROFILE), "profile",
				 XNM_SECTION_PROFILE, global->profile);
}

/* The caller's, the noted one or that of [global]: into policy->profile. */
static void find_profile(struct xnm_loader *loader)
{
	struct xnm_policy *policy = loader->policy;
	const char *name = loader->profile ? loader->profile : loader->choice;
	char path[PATH_MAX];

	policy->is_chosen = !loader->profile && name[0];
	(void)snprintf(policy->profile, sizeof(policy->profile), "%s",
		       name[0] ? name : policy->global.profile);
	if (!policy->is_chosen || loader->section_lost || xnm_policy_profile(policy, name))
		return;
	(void)snprintf(path, sizeof(path), "%s/%s", loader->run_dir, XNM_POLICY_PROFILE_FILE);
	xnm_mistake_in(&loader->rep, path, 0,
		       "'%s' was chosen by xnm profile use, and there is no [profile %s]; choose "
		       "another, or the policy's with xnm profile use --default",
		       name, name);
	/* what its sections would have said is not known */
	loader->section_lost = true;
}

static uint64_t bit_in_force(const struct xnm_loader *loader)
{
	for (unsigned int i = 0; i < loader->n_profile_names; i++) {
		if (strcmp(loader->profile_names[i].name, loader->policy->profile) == 0)
			return (uint64_t)1 << i;
	}
	return 0;
}

/* Puts the sections of one kind that do not exist behind the others, where only messages look. */
static void leave_out(struct xnm_loader *loader, enum xnm_section_id kind, uint64_t bit)
{
	const struct xnm_section_def *def = &xnm_sections[kind];
	unsigned int *n = xnm_section_counter(loader->policy, def);
	unsigned int kept = 0;

	for (unsigned int i = 0; i < *n; i++) {
		unsigned char *section = xnm_section_at(loader->policy, def, i);
		unsigned char *first = xnm_section_at(loader->policy, def, kept);
		uint64_t profiles = xnm_section_written(section, def)->profiles;

		if (profiles && !(profiles & bit))
			continue;
		kept++;
		if (first == section)
			continue;
		memcpy(loader->scratch, first, def->size);
		memcpy(first, section, def->size);
		memcpy(section, loader->scratch, def->size);
	}
	loader->policy->n_left_out[kind] = *n - kept;
	*n = kept;
}

static void check_double(struct xnm_loader *loader, const struct xnm_section_def *def,
			 unsigned int i, unsigned int k)
{
	unsigned char *first = xnm_section_at(loader->policy, def, i < k ? i : k);
	unsigned char *second = xnm_section_at(loader->policy, def, i < k ? k : i);
	const struct xnm_origin *origin = (const struct xnm_origin *)(void *)(first + def->origin);
	char place[160];

	if (strcmp((char *)first, (char *)second) != 0)
		return;
	xnm_mistake_at(&loader->rep, *(const struct xnm_origin *)(void *)(second + def->origin),
		       "[%s %s] exists twice under profile %s; first in %s", def->name,
		       (char *)second, loader->policy->profile,
		       xnm_policy_origin(loader->policy, *origin, place, sizeof(place)));
}

/* That no two of one kind that exist have the same name: sections with other profile= are others. */
static void check_doubles(struct xnm_loader *loader, const struct xnm_section_def *def)
{
	struct xnm_policy *policy = loader->policy;
	unsigned int n = *xnm_section_counter(policy, def);

	for (unsigned int i = 0; i < n; i++) {
		if (!xnm_section_written(xnm_section_at(policy, def, i), def)->profiles)
			continue;
		for (unsigned int k = 0; k < n; k++) {
			bool also = xnm_section_written(xnm_section_at(policy, def, k), def)
					    ->profiles != 0;

			/* each pair once */
			if (k != i && (!also || k > i))
				check_double(loader, def, i, k);
		}
	}
}

void xnm_loader_select_profile(struct xnm_loader *loader)
{
	struct xnm_resolver r = { loader->policy, &loader->rep, loader->section_lost };
	uint64_t bit;

	check_names(loader, &r);
	find_profile(loader);
	if (loader->n_profile_names == 0)
		return;
	bit = bit_in_force(loader);
	for (unsigned int i = 0; i < XNM_N_SECTIONS; i++) {
		const struct xnm_section_def *def = &xnm_sections[i];

		if (!def->argument)
			continue;
		leave_out(loader, (enum xnm_section_id)i, bit);
		check_doubles(loader, def);
	}
}
