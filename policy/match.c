/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match.c - find the [vif] section that holds for a vif. */
#include "policy/match.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Compares first letters, which spares most calls of fnmatch(3) among a thousand sections. */
static bool may_match(const char *pattern, const char *text)
{
	return strchr("*?[", pattern[0]) || pattern[0] == text[0];
}

/* "*" also matches text that is not known, nothing else does. */
static bool glob_matches(const char *pattern, const char *text)
{
	if (pattern[0] == '*' && pattern[1] == '\0')
		return true;
	return text[0] != '\0' && may_match(pattern, text) &&
	       fnmatch(pattern, text, FNM_NOESCAPE) == 0;
}

static bool any_glob_matches(const char globs[][XNM_NAME_LEN], unsigned int n, const char *text)
{
	for (unsigned int i = 0; i < n; i++) {
		if (glob_matches(globs[i], text))
			return true;
	}
	return false;
}

static bool any_uuid_matches(const struct xnm_vif_match *match, const char *uuid)
{
	for (unsigned int i = 0; i < match->n_uuids; i++) {
		if (strcasecmp(match->uuids[i], uuid) == 0)
			return true;
	}
	return false;
}

static bool any_mac_matches(const struct xnm_vif_match *match, const struct xnm_mac *mac)
{
	for (unsigned int i = 0; i < match->n_macs; i++) {
		if (xnm_mac_equal(&match->macs[i], mac))
			return true;
	}
	return false;
}

static bool any_devid_matches(const struct xnm_vif_match *match, uint32_t devid)
{
	for (unsigned int i = 0; i < match->n_devids; i++) {
		if (match->devids[i] == devid)
			return true;
	}
	return false;
}

/*
 * The guest's owner chooses by which name bridge= calls the device, but must not
 * choose the section by that: all names are compared.
 */
static bool any_bridge_matches(const struct xnm_vif_match *match, const struct xnm_vif_identity *id)
{
	if (any_glob_matches(match->bridges, match->n_bridges, id->bridge))
		return true;
	for (unsigned int i = 0; i < id->n_bridge_names; i++) {
		if (any_glob_matches(match->bridges, match->n_bridges, id->bridge_names[i]))
			return true;
	}
	return false;
}

static void copy_part(const char *text, size_t len, char out[XNM_NAME_LEN])
{
	memcpy(out, text, len);
	out[len] = '\0';
}

void xnm_match_split(const char *match, struct xnm_match_patterns *out)
{
	size_t name_len = strcspn(match, "/ ");

	copy_part(match, name_len, out->name);
	if (match[name_len] == '/')
		copy_part(match + name_len + 1, strcspn(match + name_len + 1, " "), out->devid);
	else
		copy_part("*", 1, out->devid);
}

bool xnm_match_has_keys(const struct xnm_policy *policy, const struct xnm_vif_policy *vif)
{
	const struct xnm_vif_match *m;

	if (!vif->matches)
		return false;
	m = &policy->matches[vif->matches - 1];
	return m->n_names || m->n_uuids || m->n_macs || m->n_devids || m->n_bridges ||
	       m->n_interfaces;
}

static bool argument_matches(const struct xnm_vif_policy *vif, const struct xnm_vif_identity *id,
			     const char *devid)
{
	struct xnm_match_patterns patterns;

	if (!may_match(vif->match, id->domain_name))
		return false;
	xnm_match_split(vif->match, &patterns);
	return glob_matches(patterns.name, id->domain_name) && glob_matches(patterns.devid, devid);
}

static bool keys_match(const struct xnm_vif_match *match, const struct xnm_vif_identity *id)
{
	if (match->n_names && !any_glob_matches(match->names, match->n_names, id->domain_name))
		return false;
	if (match->n_uuids && !any_uuid_matches(match, id->uuid))
		return false;
	if (match->n_macs && !any_mac_matches(match, &id->mac))
		return false;
	if (match->n_devids && !any_devid_matches(match, id->devid))
		return false;
	if (match->n_bridges && !any_bridge_matches(match, id))
		return false;
	return !match->n_interfaces ||
	       any_glob_matches(match->interfaces, match->n_interfaces, id->vifname) ||
	       any_glob_matches(match->interfaces, match->n_interfaces, id->vif);
}

const struct xnm_vif_policy *xnm_policy_match(const struct xnm_policy *policy,
					      const struct xnm_vif_identity *id)
{
	char devid[12];

	(void)snprintf(devid, sizeof(devid), "%u", id->devid);
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		if (!argument_matches(vif, id, devid))
			continue;
		if (!vif->matches || keys_match(&policy->matches[vif->matches - 1], id))
			return vif;
	}
	return NULL;
}

/* Whether the name part of a section's argument is more than "*"; strchr() finds the NUL too. */
static bool argument_needs_name(const char *match)
{
	return !(match[0] == '*' && strchr("/ ", match[1]));
}

bool xnm_policy_needs_name(const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		if (argument_needs_name(policy->vifs[i].match))
			return true;
	}
	for (unsigned int i = 0; i < policy->n_matches; i++) {
		if (policy->matches[i].n_names)
			return true;
	}
	for (unsigned int i = 0; i < policy->n_forwards; i++) {
		if (policy->forwards[i].target_domain[0])
			return true;
	}
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (policy->uplinks[i].guest[0])
			return true;
	}
	for (unsigned int i = 0; i < policy->n_links; i++) {
		const struct xnm_link_end *ends = policy->links[i].ends;

		if (ends[0].kind == XNM_END_VIF || ends[1].kind == XNM_END_VIF)
			return true;
	}
	return false;
}

static bool section_names_uuid(const struct xnm_vif_policy *vif, const struct xnm_vif_match *match,
			       const char *name, const char *uuid)
{
	struct xnm_match_patterns patterns;

	if (!match->n_uuids || !any_uuid_matches(match, uuid))
		return false;
	if (match->n_names)
		return any_glob_matches(match->names, match->n_names, name);
	xnm_match_split(vif->match, &patterns);
	return argument_needs_name(vif->match) && glob_matches(patterns.name, name);
}

bool xnm_policy_names_uuid(const struct xnm_policy *policy, const char *name, const char *uuid)
{
	for (unsigned int i = 0; uuid[0] && i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		if (vif->matches &&
		    section_names_uuid(vif, &policy->matches[vif->matches - 1], name, uuid))
			return true;
	}
	return false;
}

bool xnm_policy_needs_dhcp(const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (policy->uplinks[i].gateway.dhcp)
			return true;
	}
	return false;
}

bool xnm_policy_needs_uuid(const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_matches; i++) {
		if (policy->matches[i].n_uuids)
			return true;
	}
	return false;
}

bool xnm_policy_needs_bridge(const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_matches; i++) {
		if (policy->matches[i].n_bridges)
			return true;
	}
	return false;
}
