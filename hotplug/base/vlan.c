/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vlan.c - read and print the VLAN memberships of a bridge port. */
#include "hotplug/base/vlan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/value.h"

/* One term between slashes: count ids beginning at first, each step from the one before. */
struct term {
	uint32_t first, step, count;
	bool pvid, untagged;
};

bool xnm_vlans_tagged(const struct xnm_vlans *vlans)
{
	for (size_t i = 0; i < sizeof(vlans->member); i++) {
		if (vlans->member[i] & (uint8_t)~vlans->untagged[i])
			return true;
	}
	return false;
}

bool xnm_vlans_empty(const struct xnm_vlans *vlans)
{
	static const uint8_t none[sizeof(vlans->member)];

	return vlans->pvid == 0 && memcmp(vlans->member, none, sizeof(none)) == 0;
}

bool xnm_vlans_equal(const struct xnm_vlans *a, const struct xnm_vlans *b)
{
	return a->pvid == b->pvid && memcmp(a->member, b->member, sizeof(a->member)) == 0 &&
	       memcmp(a->untagged, b->untagged, sizeof(a->untagged)) == 0;
}

static int fail(const char **reason, const char *text)
{
	*reason = text;
	return -EINVAL;
}

/* Reads the number at *p and moves *p behind it. */
static int take_number(const char **p, uint32_t min, uint32_t max, uint32_t *out)
{
	size_t len = strspn(*p, "0123456789");
	char digits[8];

	if (len == 0 || len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, *p, len);
	digits[len] = '\0';
	if (xnm_parse_u32(digits, min, max, out))
		return -EINVAL;
	*p += len;
	return 0;
}

static int take_id(const char **p, uint32_t *out, const char **reason)
{
	if (take_number(p, XNM_VLAN_MIN, XNM_VLAN_MAX, out))
		return fail(reason, "a VLAN is a number from 1 to 4094");
	return 0;
}

/* Reads the B of A-B, or the STEPxCOUNT of A+STEPxCOUNT, if there is one. */
static int take_extent(const char **p, struct term *term, const char **reason)
{
	uint32_t last;

	if (**p == '-') {
		(*p)++;
		if (take_id(p, &last, reason))
			return -EINVAL;
		if (last <= term->first)
			return fail(reason, "a range A-B must go up");
		term->count = last - term->first + 1;
	} else if (**p == '+') {
		(*p)++;
		if (take_number(p, 1, XNM_VLAN_MAX, &term->step) || *(*p)++ != 'x' ||
		    take_number(p, 1, XNM_VLAN_MAX, &term->count))
			return fail(reason, "a series is written A+STEPxCOUNT, as in 100+10x4");
		term->count++; /* COUNT further ids follow the first, xl-network-configuration(5) */
		if (term->first + (term->count - 1) * term->step > XNM_VLAN_MAX)
			return fail(reason, "the series goes beyond VLAN 4094");
	}
	return 0;
}

/* Reads one term up to its '/' or the end of the text. */
static int take_term(const char **p, struct term *term, const char **reason)
{
	*term = (struct term){ .step = 1, .count = 1 };
	if (take_id(p, &term->first, reason) || take_extent(p, term, reason))
		return -EINVAL;
	if (**p == 'p') {
		if (term->count > 1)
			return fail(reason, "only a single VLAN can be the PVID");
		term->pvid = true;
	}
	term->untagged = **p == 'p' || **p == 'u';
	if (term->untagged)
		(*p)++;
	if (**p != '\0' && **p != '/')
		return fail(reason, "after a VLAN only p, u or / may follow");
	return 0;
}

static int add_id(struct xnm_vlans *vlans, unsigned int vid, bool untagged, const char **reason)
{
	if (xnm_vlan_test(vlans->member, vid))
		return fail(reason, "a VLAN is given twice");
	xnm_vlan_set(vlans->member, vid);
	if (untagged)
		xnm_vlan_set(vlans->untagged, vid);
	return 0;
}

static int add_term(struct xnm_vlans *vlans, const struct term *term, const char **reason)
{
	for (uint32_t i = 0; i < term->count; i++) {
		if (add_id(vlans, term->first + i * term->step, term->untagged, reason))
			return -EINVAL;
	}
	if (term->pvid && vlans->pvid)
		return fail(reason, "more than one VLAN is marked as PVID");
	if (term->pvid)
		vlans->pvid = (uint16_t)term->first;
	return 0;
}

int xnm_vlans_parse(const char *text, struct xnm_vlans *out, const char **reason)
{
	struct xnm_vlans vlans = { 0 };
	unsigned int n_terms = 0;
	const char *p = text;
	struct term term;

	for (;;) {
		if (take_term(&p, &term, reason) || add_term(&vlans, &term, reason))
			return -EINVAL;
		n_terms++;
		if (*p == '\0')
			break;
		p++;
	}
	if (n_terms == 1 && term.count == 1 && !term.untagged) {
		vlans.pvid = (uint16_t)term.first;
		xnm_vlan_set(vlans.untagged, term.first);
	}
	if (!vlans.pvid)
		return fail(reason, "no VLAN is marked as PVID (add p to one)");
	*out = vlans;
	return 0;
}

/* Reads ":TRUNK[:TRUNK...]". */
static int parse_trunks(const char *p, struct xnm_vlans *vlans, const char **reason)
{
	uint32_t vid;

	while (*p == ':') {
		p++;
		if (take_id(&p, &vid, reason) || add_id(vlans, vid, false, reason))
			return -EINVAL;
	}
	if (*p != '\0')
		return fail(reason, "trunks are numbers with a colon before each");
	return 0;
}

/* Reads the digits between dot and end as the untagged PVID. */
static int parse_tag(const char *dot, const char *end, struct xnm_vlans *vlans, const char **reason)
{
	const char *p = dot + 1;
	uint32_t vid;

	if (take_id(&p, &vid, reason))
		return -EINVAL;
	if (p != end)
		return fail(reason, "the tag after the bridge's name is not a number");
	vlans->pvid = (uint16_t)vid;
	return add_id(vlans, vid, true, reason);
}

/* The last '.' of text before end that only digits (at least one) follow, or NULL. */
static const char *find_tag(const char *text, const char *end)
{
	const char *p = end;

	while (p > text && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return p != end && p > text && p[-1] == '.' ? p - 1 : NULL;
}

int xnm_vlans_parse_bridge(const char *text, char bridge[IFNAMSIZ], struct xnm_vlans *out,
			   const char **reason)
{
	const char *colon = text + strcspn(text, ":");
	const char *dot = find_tag(text, colon);
	size_t name_len = (size_t)((dot ? dot : colon) - text);
	struct xnm_vlans vlans = { 0 };
	char name[IFNAMSIZ] = "";

	if (!dot && *colon == '\0')
		return -ENOENT;
	if (name_len < sizeof(name))
		memcpy(name, text, name_len);
	if (!xnm_ifname_ok(name))
		return fail(reason, "the part before the VLANs is not a bridge's name");
	if (dot && parse_tag(dot, colon, &vlans, reason))
		return -EINVAL;
	if (parse_trunks(colon, &vlans, reason))
		return -EINVAL;
	memcpy(bridge, name, sizeof(name));
	*out = vlans;
	return 0;
}

/* How many ids from vid on go into one term: same membership, none of them the PVID. */
static unsigned int run_length(const struct xnm_vlans *vlans, unsigned int vid)
{
	bool untagged = xnm_vlan_test(vlans->untagged, vid);
	unsigned int end = vid + 1;

	if (vid == vlans->pvid)
		return 1;
	while (end <= XNM_VLAN_MAX && end != vlans->pvid && xnm_vlan_test(vlans->member, end) &&
	       xnm_vlan_test(vlans->untagged, end) == untagged)
		end++;
	return end - vid;
}

/* Writes the term for count ids from vid on. Returns its length. */
static int format_term(const struct xnm_vlans *vlans, unsigned int vid, unsigned int count,
		       char *out, size_t out_size)
{
	const char *mark = "";

	if (vid == vlans->pvid)
		mark = "p";
	else if (xnm_vlan_test(vlans->untagged, vid))
		mark = "u";
	if (count == 1)
		return snprintf(out, out_size, "%u%s", vid, mark);
	return snprintf(out, out_size, "%u-%u%s", vid, vid + count - 1, mark);
}

const char *xnm_vlans_format(const struct xnm_vlans *vlans, char *out, size_t out_size)
{
	unsigned int count = 1;
	size_t used = 0;

	if (out_size == 0)
		return "";
	out[0] = '\0';
	for (unsigned int vid = XNM_VLAN_MIN; vid <= XNM_VLAN_MAX; vid += count) {
		char term[16] = "/";
		size_t len;

		count = 1;
		if (!xnm_vlan_test(vlans->member, vid))
			continue;
		count = run_length(vlans, vid);
		len = (size_t)format_term(vlans, vid, count, term + (used > 0), sizeof(term) - 1);
		len += used > 0;
		if (used + len >= out_size) {
			/* cut, and say so in the last bytes there are */
			memset(out + used, '.', out_size - 1 - used);
			used = out_size - 1;
			for (size_t i = 1; i <= 3 && i <= used; i++)
				out[used - i] = '.';
			out[used] = '\0';
			break;
		}
		memcpy(out + used, term, len + 1);
		used += len;
	}
	return out;
}
