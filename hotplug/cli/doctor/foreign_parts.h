/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign_parts.h - chains and rules of other programs that decide what this host passes on. */
#ifndef XNM_DOCTOR_FOREIGN_H
#define XNM_DOCTOR_FOREIGN_H

#include "hotplug/cli/doctor/finding.h"

struct xnm_foreign_chain {
	uint8_t family;
	char table[64];
	char name[64];
	bool is_legacy; /* of iptables-legacy, which nftables does not show */
	uint32_t offset; /* of its first rule in a table of iptables-legacy */
	bool drops_forwarded; /* a base chain of the hook forward with the policy drop */
};

struct xnm_foreign_match {
	char ifname[IFNAMSIZ]; /* "": any */
	bool is_prefix; /* it stands for all names that begin so */
};

struct xnm_foreign_rule {
	uint8_t family;
	char table[64];
	char chain[64];
	bool is_legacy;
	struct xnm_foreign_match in, out;
	bool known_connections; /* only packets of connections that are there already */
	bool other; /* and something else */
	bool accepts;
	char target[64]; /* the chain that it goes or jumps to; "": none */
};

/* Chains and rules of others, as far as they decide what is forwarded. */
struct xnm_foreign {
	unsigned int n_chains, n_rules;
	struct xnm_foreign_chain *chains;
	struct xnm_foreign_rule *rules;
};

/* foreign_nft.c: reads all chains, and the rules of those tables that wanted says. Returns 0 or -errno. */
int xnm_foreign_read(struct xnm_foreign *foreign,
		     bool (*wanted)(const struct xnm_foreign_chain *chain));
/* foreign_iptables.c: adds table filter of iptables-legacy (or ip6tables-legacy), if it is in use. */
int xnm_foreign_read_legacy(struct xnm_foreign *foreign, uint8_t family);
void xnm_foreign_free(struct xnm_foreign *foreign);

/* One more, all zero; NULL when memory is short. */
struct xnm_foreign_chain *xnm_foreign_add_chain(struct xnm_foreign *foreign);
struct xnm_foreign_rule *xnm_foreign_add_rule(struct xnm_foreign *foreign);

/* Whether a rule holds for the device: by its name, by a prefix of it, or for all. */
bool xnm_foreign_stands_for(const struct xnm_foreign_match *match,
			    const struct xnm_guest_device *device);
bool xnm_foreign_is_within(const struct xnm_foreign_rule *rule,
			   const struct xnm_foreign_chain *chain);
/* Whether a rule holds for every packet. */
bool xnm_foreign_takes_all(const struct xnm_foreign_rule *rule);

/* Whether every packet of a chain comes to the one that is called name. */
bool xnm_foreign_reaches(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *from,
			 const char *name);

struct xnm_device_needs {
	bool bridged; /* from port to port */
	bool out, back; /* what guests begin, and the answers */
};

/* Whether the rules before the chain's policy accept what the device needs. */
bool xnm_foreign_accepts(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *chain,
			 const struct xnm_guest_device *device,
			 const struct xnm_device_needs *needs);

#endif
