/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pairs.c - refuse links that are given twice, and those that are faster than the cables they go by. */
#include <string.h>

#include "hotplug/cli/import/import.h"
#include "policy/types/types.h"

static bool is_too_fast(const char *bandwidth, uint64_t cable)
{
	const char *reason;
	uint64_t rate = 0;

	return bandwidth[0] && cable &&
	       xnm_parse_rate(bandwidth, &rate, sizeof(rate), &reason) == 0 && rate > cable;
}

/* What goes from one host to another has no more than the slowest cable on its way. */
static void check_cables(struct import *import, const struct import_pair *pair)
{
	const struct import_link *link = &import->links[pair->link];

	for (unsigned int i = 0; i < 2; i++) {
		const struct import_member *member = &import->members[pair->ends[i].index];
		const struct import_member *other = &import->members[pair->ends[!i].index];
		const char *site = import->sites[member->head.parent].name;
		char text[XNM_RATE_TEXT_LEN];
		uint64_t cable;

		if (pair->ends[0].is_site || pair->ends[1].is_site || member->host == other->host)
			continue;
		cable = import_carried(import, member->host, site);
		if (is_too_fast(link->bandwidth, cable) || is_too_fast(link->back_bandwidth, cable))
			import_mistake(import, link->head.origin,
				       "bandwidth between '%s' and '%s' is more than %s, which the "
				       "link of host '%s' has",
				       member->name, other->name, xnm_rate_text(cable, text),
				       import->hosts[member->host].name);
	}
}

/* Whether both hold in one profile: one without any holds in all. */
static bool hold_together(const struct import_link *a, const struct import_link *b)
{
	const char *word = a->profile;

	if (!a->profile[0] || !b->profile[0])
		return true;
	for (size_t len; *word != '\0'; word += len + strspn(word + len, " ")) {
		len = strcspn(word, " ");
		for (const char *p = b->profile; *p != '\0';) {
			size_t other = strcspn(p, " ");

			if (len == other && memcmp(word, p, len) == 0)
				return true;
			p += other + strspn(p + other, " ");
		}
	}
	return false;
}

static bool is_end(const struct import_end *a, const struct import_end *b)
{
	return a->is_site == b->is_site && a->index == b->index;
}

static void check_twice(struct import *import, unsigned int index)
{
	const struct import_pair *pair = &import->pairs[index];
	const struct import_link *link = &import->links[pair->link];

	for (unsigned int i = 0; i < index; i++) {
		const struct import_pair *other = &import->pairs[i];
		bool turned = is_end(&pair->ends[0], &other->ends[1]) &&
			      is_end(&pair->ends[1], &other->ends[0]);

		if ((!turned && (!is_end(&pair->ends[0], &other->ends[0]) ||
				 !is_end(&pair->ends[1], &other->ends[1]))) ||
		    !hold_together(&import->links[other->link], link))
			continue;
		import_mistake(import, link->head.origin,
			       "a link between '%s' and '%s' is already in line %u", link->from,
			       link->to, import->links[other->link].head.origin.line);
		return;
	}
}

void import_check_pairs(struct import *import)
{
	for (unsigned int i = 0; i < import->n_pairs; i++) {
		check_cables(import, &import->pairs[i]);
		check_twice(import, i);
	}
}
