/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign_iptables.c - read table filter of iptables-legacy, which nftables does not show. */
#include "hotplug/cli/doctor/foreign_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#define FILTER "filter"

struct table {
	struct xnm_foreign *foreign;
	uint8_t family;
	size_t entry_size; /* of what comes before the matches */
	uint32_t n_bytes;
	char *bytes;
	/* of the builtin chain FORWARD: its first rule, and the one that is its policy */
	uint32_t forward, policy;
};

/* One rule, whichever family it is of. */
struct entry {
	const char *at;
	const char *in, *out;
	const unsigned char *in_mask, *out_mask;
	bool has_more; /* it looks at addresses, protocols and such */
	uint32_t matches, target, next; /* offsets from at */
};

static bool is_zero(const void *data, size_t len)
{
	const unsigned char *bytes = data;

	while (len && bytes[len - 1] == 0)
		len--;
	return len == 0;
}

/* Returns false at the end, and for what does not look like a rule. */
static bool read_entry(const struct table *table, uint32_t offset, struct entry *entry)
{
	const char *at = table->bytes + offset;

	if (offset > table->n_bytes || table->n_bytes - offset < table->entry_size)
		return false;
	*entry = (struct entry){ .at = at, .matches = (uint32_t)table->entry_size };
	if (table->family == NFPROTO_IPV4) {
		const struct ipt_entry *ip = (const void *)at;

		entry->in = ip->ip.iniface;
		entry->out = ip->ip.outiface;
		entry->in_mask = ip->ip.iniface_mask;
		entry->out_mask = ip->ip.outiface_mask;
		entry->has_more = ip->ip.smsk.s_addr || ip->ip.dmsk.s_addr || ip->ip.proto ||
				  ip->ip.invflags || ip->ip.flags & IPT_F_FRAG;
		entry->target = ip->target_offset;
		entry->next = ip->next_offset;
	} else {
		const struct ip6t_entry *ip = (const void *)at;

		entry->in = ip->ipv6.iniface;
		entry->out = ip->ipv6.outiface;
		entry->in_mask = ip->ipv6.iniface_mask;
		entry->out_mask = ip->ipv6.outiface_mask;
		entry->has_more = !is_zero(&ip->ipv6.smsk, sizeof(ip->ipv6.smsk)) ||
				  !is_zero(&ip->ipv6.dmsk, sizeof(ip->ipv6.dmsk)) ||
				  ip->ipv6.proto || ip->ipv6.invflags;
		entry->target = ip->target_offset;
		entry->next = ip->next_offset;
	}
	return entry->target >= entry->matches &&
	       entry->next >= entry->target + sizeof(struct xt_entry_target) &&
	       entry->next <= table->n_bytes - offset;
}

static const struct xt_entry_target *target_of(const struct entry *entry)
{
	return (const void *)(entry->at + entry->target);
}

/* The verdict of a standard target: -1 - NF_DROP and its like, or the offset of a chain. */
static bool read_verdict(const struct entry *entry, int *verdict)
{
	const struct xt_standard_target *standard = (const void *)target_of(entry);

	if (standard->target.u.user.name[0] ||
	    entry->next - entry->target < sizeof(struct xt_standard_target))
		return false;
	*verdict = standard->verdict;
	return true;
}

/* A chain that somebody has made begins with a target of this name, which bears the chain's. */
static const char *chain_name(const struct entry *entry)
{
	const struct xt_error_target *error = (const void *)target_of(entry);

	if (strcmp(error->target.u.user.name, XT_ERROR_TARGET) != 0 ||
	    entry->next - entry->target < sizeof(struct xt_error_target))
		return NULL;
	return error->errorname;
}

static int read_chains(const struct table *table)
{
	struct xnm_foreign_chain *chain = xnm_foreign_add_chain(table->foreign);
	struct entry entry;
	int verdict;

	if (!chain)
		return -ENOMEM;
	chain->offset = table->forward;
	(void)snprintf(chain->name, sizeof(chain->name), "FORWARD");
	chain->drops_forwarded = read_entry(table, table->policy, &entry) &&
				 read_verdict(&entry, &verdict) && verdict == -1 - NF_DROP;
	for (uint32_t at = 0; read_entry(table, at, &entry); at += entry.next) {
		if (!chain_name(&entry))
			continue;
		chain = xnm_foreign_add_chain(table->foreign);
		if (!chain)
			return -ENOMEM;
		chain->offset = at + entry.next;
		(void)snprintf(chain->name, sizeof(chain->name), "%s", chain_name(&entry));
	}
	return 0;
}

/* The mask covers a name with its NUL, and of "br+" only what comes before the '+'. */
static void copy_match(struct xnm_foreign_match *match, const char *name, const unsigned char *mask)
{
	size_t len = 0;

	while (len < IFNAMSIZ && mask[len])
		len++;
	match->is_prefix = len > 0 && !memchr(name, '\0', len);
	memcpy(match->ifname, name, len < IFNAMSIZ ? len : IFNAMSIZ - 1);
}

static void read_matches(struct xnm_foreign_rule *rule, const struct entry *entry)
{
	uint32_t at = entry->matches;

	while (at + sizeof(struct xt_entry_match) <= entry->target) {
		const struct xt_entry_match *match = (const void *)(entry->at + at);
		const char *name = match->u.user.name;

		if (strcmp(name, "conntrack") == 0 || strcmp(name, "state") == 0)
			rule->known_connections = true;
		else if (strcmp(name, "comment") != 0)
			rule->other = true;
		if (match->u.match_size < sizeof(*match))
			return;
		at += match->u.match_size;
	}
}

static const struct xnm_foreign_chain *chain_at(const struct table *table, unsigned int first,
						uint32_t offset)
{
	for (unsigned int i = first; i < table->foreign->n_chains; i++) {
		if (table->foreign->chains[i].offset == offset)
			return &table->foreign->chains[i];
	}
	return NULL;
}

static int read_rules(const struct table *table, unsigned int first_chain)
{
	const struct xnm_foreign_chain *chain = NULL, *to;
	struct xnm_foreign_rule *rule;
	struct entry entry;
	int verdict = 0;

	for (uint32_t at = 0; read_entry(table, at, &entry); at += entry.next) {
		if (chain_at(table, first_chain, at))
			chain = chain_at(table, first_chain, at);
		/* the chain ends with its policy; the one behind it begins with its name */
		if (at == table->policy)
			chain = NULL;
		if (!chain || chain_name(&entry))
			continue;
		rule = xnm_foreign_add_rule(table->foreign);
		if (!rule)
			return -ENOMEM;
		rule->family = table->family;
		rule->is_legacy = true;
		memcpy(rule->table, FILTER, sizeof(FILTER));
		memcpy(rule->chain, chain->name, sizeof(rule->chain));
		copy_match(&rule->in, entry.in, entry.in_mask);
		copy_match(&rule->out, entry.out, entry.out_mask);
		rule->other = entry.has_more;
		read_matches(rule, &entry);
		if (!read_verdict(&entry, &verdict))
			continue;
		rule->accepts = verdict == -1 - NF_ACCEPT;
		to = verdict >= 0 ? chain_at(table, first_chain, (uint32_t)verdict) : NULL;
		if (to)
			memcpy(rule->target, to->name, sizeof(rule->target));
	}
	return 0;
}

/* ------------------------------------------------------------------ kernel */

/* Reading a table would make the kernel create it: only one that is in use is read. */
static bool is_in_use(uint8_t family)
{
	_cleanup_fclose_ FILE *stream = fopen(family == NFPROTO_IPV4 ? "/proc/net/ip_tables_names"
								     : "/proc/net/ip6_tables_names",
					      "re");
	char line[XT_TABLE_MAXNAMELEN + 2];

	while (stream && fgets(line, sizeof(line), stream)) {
		if (strcmp(line, FILTER "\n") == 0)
			return true;
	}
	return false;
}

/* Gets all rules: table->bytes is to be freed. The two families' structs are the same here. */
static int get_table(struct table *table)
{
	bool ip6 = table->family == NFPROTO_IPV6;
	_cleanup_close_ int fd =
		socket(ip6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	int level = ip6 ? IPPROTO_IPV6 : IPPROTO_IP;
	struct ipt_getinfo info = { .name = FILTER };
	socklen_t len = sizeof(info);
	struct ipt_get_entries *entries;

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, level, IPT_SO_GET_INFO, &info, &len))
		return -errno;
	len = (socklen_t)(sizeof(*entries) + info.size);
	entries = calloc(1, len);
	if (!entries)
		return -ENOMEM;
	memcpy(entries->name, FILTER, sizeof(FILTER));
	entries->size = info.size;
	table->bytes = (char *)entries;
	if (getsockopt(fd, level, IPT_SO_GET_ENTRIES, entries, &len))
		return -errno;
	/* the rules alone, from the start of the allocation */
	memmove(table->bytes, entries->entrytable, info.size);
	table->n_bytes = info.size;
	table->forward = info.hook_entry[NF_INET_FORWARD];
	table->policy = info.underflow[NF_INET_FORWARD];
	return 0;
}

int xnm_foreign_read_legacy(struct xnm_foreign *foreign, uint8_t family)
{
	struct table table = { .foreign = foreign, .family = family };
	unsigned int first_chain = foreign->n_chains;
	int rc;

	if (!is_in_use(family))
		return 0;
	table.entry_size =
		family == NFPROTO_IPV4 ? sizeof(struct ipt_entry) : sizeof(struct ip6t_entry);
	rc = get_table(&table);
	if (rc == 0)
		rc = read_chains(&table);
	for (unsigned int i = first_chain; i < foreign->n_chains; i++) {
		foreign->chains[i].family = family;
		foreign->chains[i].is_legacy = true;
		memcpy(foreign->chains[i].table, FILTER, sizeof(FILTER));
	}
	if (rc == 0)
		rc = read_rules(&table, first_chain);
	free(table.bytes);
	return rc;
}
