/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft.c - an nftables without anything in it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/elements/elements.h"
#include "hotplug/core/facts.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/generation.h"
#include "hotplug/parts/filter/ruleset.h"
#include "tests/unit/core/fake/fake.h"

int xnm_nft_open(struct xnm_nft **nft)
{
	*nft = (struct xnm_nft *)fake.calls;
	return fake_call("nft open");
}

const char *xnm_nft_reason(const struct xnm_nft *nft)
{
	(void)nft;
	return "nftables' own words";
}

int xnm_nft_read_device(struct xnm_nft *nft, const char *ifname, struct xnm_elements *out)
{
	(void)nft;
	(void)out;
	return fake_call("nft read device %s", ifname);
}

/* nobody has put anything there; not written down, as there are many */
int xnm_nft_each_whole(struct xnm_nft *nft, enum xnm_set_id set,
		       void (*fn)(void *arg, const struct xnm_element *element), void *arg)
{
	(void)nft;
	(void)set;
	(void)fn;
	(void)arg;
	return 0;
}

int xnm_nft_each_element(struct xnm_nft *nft, const struct xnm_set *set,
			 void (*fn)(void *arg, const uint8_t *key, uint64_t packets,
				    uint64_t bytes),
			 void *arg)
{
	(void)nft;
	(void)fn;
	(void)arg;
	return fake_call("nft each %s", set->name);
}

int xnm_nft_find_forward(struct xnm_nft *nft, uint8_t family, char chain[XNM_CHAIN_LEN])
{
	(void)nft;
	chain[0] = '\0';
	return fake_call("nft find forward %u", family);
}

int xnm_nft_read_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			 unsigned int *rules)
{
	(void)nft;
	(void)family;
	*rules = 0;
	return fake_call("nft read through %s %s", chain, dev);
}

int xnm_nft_let_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			unsigned int rules)
{
	(void)nft;
	return fake_call("nft let through %d '%s' %s %u", family == AF_INET ? 4 : 6, chain, dev,
			 rules);
}

int xnm_nft_generation(struct xnm_nft *nft, uint32_t *generation)
{
	(void)nft;
	*generation = fake.generation;
	return fake_call("nft generation");
}

void xnm_nft_close(struct xnm_nft *nft)
{
	(void)nft;
}

void xnm_nft_begin(struct xnm_nft *nft, uint32_t only_if)
{
	(void)nft;
	(void)fake_call("nft begin %u", only_if);
}

int xnm_nft_commit(struct xnm_nft *nft)
{
	(void)nft;
	return fake_call("nft commit");
}

uint32_t xnm_nft_new_generation(const struct xnm_nft *nft)
{
	(void)nft;
	return 7;
}

/* An element by its set and the name that its key begins with. */
static void element_call(const char *verb, const struct xnm_element *element)
{
	(void)fake_call("nft %s %s %.16s", verb, xnm_sets[element->set].name,
			(const char *)element->key);
}

void xnm_nft_add_element(struct xnm_nft *nft, const struct xnm_element *element)
{
	(void)nft;
	element_call("add", element);
}

void xnm_nft_del_element(struct xnm_nft *nft, const struct xnm_element *element)
{
	(void)nft;
	element_call("del", element);
}

void xnm_ruleset_put(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		     uint64_t dscps, bool exists)
{
	(void)nft;
	(void)policy;
	(void)dscps;
	(void)fake_call("nft %s %s", exists ? "renew" : "make",
			table == XNM_TABLE_BRIDGE ? "bridge" : "inet");
}

uint64_t xnm_ruleset_digest(struct xnm_nft *nft, enum xnm_table table)
{
	(void)nft;
	(void)table;
	return 0;
}

void xnm_ruleset_end(struct xnm_nft *nft, enum xnm_table table)
{
	(void)nft;
	(void)fake_call("nft end %s", table == XNM_TABLE_BRIDGE ? "bridge" : "inet");
}

/* one of each is enough to see that a vif's counters go with it, and the host's with the last network */
const struct xnm_drop_reason xnm_drop_reasons[] = {
	{ "reason", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "stranger", XNM_DROPS_OUTSIDE },
};

const unsigned int xnm_n_drop_reasons = 2;

void xnm_acl_chain(const char *acl, bool egress, char out[XNM_ACL_CHAIN_LEN])
{
	(void)snprintf(out, XNM_ACL_CHAIN_LEN, "%.9s-%d", acl, egress);
}

int xnm_nft_now(const struct xnm_run_dir *dir, struct xnm_nft *nft, struct xnm_seen *now)
{
	(void)dir;
	memset(now, 0, sizeof(*now));
	return xnm_nft_generation(nft, &now->generation);
}

void xnm_nft_count(const struct xnm_run_dir *dir, uint32_t generation)
{
	(void)dir;
	(void)generation;
	(void)fake_call("count");
}

void xnm_nft_made(const struct xnm_run_dir *dir, uint32_t generation,
		  const uint64_t rules[XNM_N_TABLES], bool all)
{
	(void)dir;
	(void)generation;
	(void)rules;
	(void)fake_call("made%s", all ? ", all is whole" : "");
}
