/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_plan_host.c - plan what all vifs of a guest need together: forwarding, name servers. */
#include "udev/guest_plan.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/types/ifnames.h"

#define OUR_COMMENT "made by xnm-guest "

const char *const guest_forwarding[2] = { "ipv4/ip_forward", "ipv6/conf/all/forwarding" };

bool guest_links_have(const struct guest_links *links, const char *ifname)
{
	for (unsigned int i = 0; i < links->n; i++) {
		if (strcmp(links->list[i].name, ifname) == 0)
			return true;
	}
	return false;
}

bool guest_shares_by(const struct guest_note *note, const struct guest_link *way)
{
	for (unsigned int i = 0; i < note->n_share_to; i++) {
		if (xnm_shares_to(note->share_to[i], way->name))
			return true;
	}
	return note->n_share_to == 0 && !way->only_told;
}

bool guest_is_shared(const struct guest_host *host, const char *ifname)
{
	for (unsigned int i = 0; i < host->n_notes; i++) {
		if (host->notes[i]->share[0] && strcmp(host->notes[i]->ifname, ifname) == 0)
			return true;
	}
	return false;
}

bool guest_is_closed(const struct guest_host *host, unsigned int ip, const char *ifname)
{
	return !guest_is_shared(host, ifname) && !guest_links_have(&host->apart[ip].ways, ifname);
}

static bool shares(const struct guest_host *host, bool ip6)
{
	for (unsigned int i = 0; i < host->n_notes; i++) {
		if (host->notes[i]->share[ip6])
			return true;
	}
	return false;
}

static void forwards(struct guest_plan *plan, bool ip6, const char *ifname, uint32_t value)
{
	struct guest_op *op = guest_plan_add(plan, GUEST_FORWARDS);

	memcpy(op->ifname, ifname, sizeof(op->ifname));
	op->value = value;
	op->ip6 = ip6;
}

/* Switching "all" off has also switched off interfaces whose own setting was on. */
static void plan_own(struct guest_plan *plan, const struct guest_host *host, unsigned int ip)
{
	const struct guest_links *own = &host->apart[ip].old_own;

	for (unsigned int i = 0; i < own->n; i++)
		forwards(plan, ip, own->list[i].name, 1);
}

/* IPv6 forwarding last: before, accept_ra=2 must be set where router advertisements are
 * accepted. */
static void plan_settings(struct guest_plan *plan, const struct guest_host *host)
{
	for (unsigned int i = 0; i < host->n_settings; i++) {
		const struct guest_setting *setting = &host->settings[i];
		bool ip6 = strncmp(setting->path, "ipv6/", 5) == 0;
		bool wanted = shares(host, ip6);

		if (wanted && setting->now != setting->ours) {
			guest_plan_add(plan, GUEST_SETTING)->setting = *setting;
		} else if (!wanted && setting->noted) {
			guest_plan_add(plan, GUEST_SETTING_BACK)->setting = *setting;
			if (strcmp(setting->path, guest_forwarding[ip6]) == 0)
				plan_own(plan, host, ip6);
		}
	}
}

static bool same_links(const struct guest_links *a, const struct guest_links *b)
{
	for (unsigned int i = 0; i < a->n && a->n == b->n; i++) {
		if (strcmp(a->list[i].name, b->list[i].name) != 0 ||
		    a->list[i].ifindex != b->list[i].ifindex)
			return false;
	}
	return a->n == b->n;
}

/* Whether the note differs from what is wanted; ends: a family in which we no longer forward. */
static bool note_differs(const struct guest_host *host, bool ends)
{
	for (unsigned int ip = 0; ip < 2; ip++) {
		const struct guest_apart *apart = &host->apart[ip];

		if (apart->is_ours != ends && (!same_links(&apart->apart, &apart->old) ||
					       !same_links(&apart->own, &apart->old_own)))
			return true;
	}
	return false;
}

static bool is_planned(const struct guest_plan *plan, const char *path)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].kind == GUEST_SETTING &&
		    strcmp(plan->op[i].setting.path, path) == 0)
			return true;
	}
	return false;
}

/*
 * For IPv4 the kernel checks the input interface's own forwarding setting: it is 0 for one that is
 * no uplink, so nothing is forwarded even if the rules are flushed.
 */
static void plan_flags(struct guest_plan *plan, const struct guest_host *host)
{
	const struct guest_apart *apart = &host->apart[0];
	bool switches_on = is_planned(plan, guest_forwarding[0]);

	for (unsigned int i = 0; i < apart->apart.n; i++) {
		const struct guest_link *link = &apart->apart.list[i];
		bool wanted = !guest_is_closed(host, 0, link->name);
		/* switching "all" on switches each interface on */
		bool is = switches_on || link->forwards;

		if (is != wanted)
			forwards(plan, false, link->name, wanted);
	}
}

static void close_one(struct guest_plan *plan, enum guest_op_kind kind, const char *ifname)
{
	memcpy(guest_plan_add(plan, kind)->ifname, ifname, IFNAMSIZ);
}

/* IPv6 has no such setting before Linux 6.17: an ip rule does it. */
static void plan_closed(struct guest_plan *plan, const struct guest_host *host)
{
	const struct guest_apart *apart = &host->apart[1];

	for (unsigned int i = 0; i < apart->apart.n; i++) {
		const char *name = apart->apart.list[i].name;

		if (guest_is_closed(host, 1, name) && !guest_links_have(&apart->closed_now, name))
			close_one(plan, GUEST_CLOSE, name);
	}
}

static void plan_unclosed(struct guest_plan *plan, const struct guest_host *host)
{
	const struct guest_apart *apart = &host->apart[1];

	for (unsigned int i = 0; i < apart->closed_now.n; i++) {
		const char *name = apart->closed_now.list[i].name;

		if (!guest_links_have(&apart->apart, name) || !guest_is_closed(host, 1, name))
			close_one(plan, GUEST_UNCLOSE, name);
	}
}

/* FNV-1a: enough to tell one list from another */
static uint32_t hash(uint32_t value, const char *text)
{
	do {
		value = (value ^ (uint8_t)*text) * 16777619u;
	} while (*text++);
	return value;
}

static uint32_t hash_links(uint32_t value, const struct guest_links *links)
{
	for (unsigned int i = 0; i < links->n; i++)
		value = hash(value, links->list[i].name);
	/* the hash of an empty list is that of no list */
	return links->n ? hash(value, "") : value;
}

static void fill_share(struct guest_share *share, const struct guest_host *host)
{
	uint32_t value = 2166136261u;

	share->n = 0;
	share->exists = host->table_exists;
	share->host = host;
	for (unsigned int i = 0; i < host->n_notes; i++) {
		const struct guest_note *note = host->notes[i];

		if (!note->share[0])
			continue;
		share->ip6[share->n] = note->share[1];
		share->notes[share->n] = note;
		memcpy(share->ifnames[share->n++], note->ifname, IFNAMSIZ);
		value = hash(value, note->ifname);
		for (unsigned int k = 0; k < note->n_share_to; k++)
			value = hash(value, note->share_to[k]);
		if (note->share[1])
			value = hash_links(value, &host->apart[1].ways);
	}
	value = hash_links(value, &host->apart[0].ways);
	for (unsigned int ip = 0; ip < 2; ip++)
		value = hash_links(value, &host->apart[ip].apart);
	(void)snprintf(share->comment, sizeof(share->comment), OUR_COMMENT "%.16s, %08x",
		       XNM_VERSION, value);
}

unsigned int guest_share_apart(const struct guest_share *share, unsigned int ip)
{
	const struct guest_links *apart = &share->host->apart[ip].apart;
	unsigned int n = 0;

	for (unsigned int i = 0; i < apart->n; i++)
		n += !guest_is_shared(share->host, apart->list[i].name);
	return n;
}

static unsigned int n_ways(const struct guest_share *share, unsigned int i, unsigned int ip)
{
	const struct guest_links *ways = &share->host->apart[ip].ways;
	unsigned int n = 0;

	for (unsigned int k = 0; k < ways->n; k++)
		n += guest_shares_by(share->notes[i], &ways->list[k]);
	return n;
}

unsigned int guest_share_rules(const struct guest_share *share)
{
	unsigned int n = GUEST_RULES_PER_VIF * share->n;

	for (unsigned int i = 0; i < share->n; i++)
		n += n_ways(share, i, 0) + (share->ip6[i] ? n_ways(share, i, 1) : 0);
	for (unsigned int ip = 0; ip < 2; ip++) {
		const struct guest_links *apart = &share->host->apart[ip].apart;

		if (guest_share_apart(share, ip) < 2)
			continue;
		for (unsigned int i = 0; i < apart->n; i++) {
			if (!guest_is_shared(share->host, apart->list[i].name))
				n += apart->list[i].is_bridge ? 3 : 2;
		}
	}
	return n;
}

static int plan_table(struct guest_plan *plan, const struct guest_host *host, struct xnm_err *err)
{
	struct guest_share *share = &plan->share;
	bool whole;

	fill_share(share, host);
	if (!host->table_known)
		return 0;
	if (host->table_exists &&
	    strncmp(host->table_comment, OUR_COMMENT, strlen(OUR_COMMENT)) != 0)
		return share->n ? xnm_fail(err, -EEXIST,
					   "table inet " GUEST_TABLE_NAME
					   " is somebody else's: rename it")
				: 0;
	whole = host->table_exists && strcmp(host->table_comment, share->comment) == 0 &&
		host->table_rules == guest_share_rules(share) && !host->table_is_off &&
		host->table_digest == host->noted_digest;
	if (share->n && !whole)
		guest_plan_add(plan, GUEST_TABLE);
	else if (!share->n && host->table_exists)
		guest_plan_add(plan, GUEST_TABLE_REMOVE);
	return 0;
}

/* The name servers of all vifs, without duplicates. */
static void fill_resolv(char text[GUEST_RESOLV_LEN], const struct guest_host *host)
{
	char address[XNM_CIDR_TEXT_LEN], line[80];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < host->n_notes; i++) {
		for (unsigned int k = 0; k < host->notes[i]->n_dns; k++) {
			xnm_cidr_format_host(&host->notes[i]->dns[k], address);
			(void)snprintf(line, sizeof(line), "nameserver %s\n", address);
			if (strstr(text, line))
				continue;
			if (len == 0)
				len = (size_t)snprintf(text, GUEST_RESOLV_LEN,
						       "# made by xnm-guest(8)\n");
			if (len + strlen(line) >= GUEST_RESOLV_LEN)
				return;
			memcpy(text + len, line, strlen(line) + 1);
			len += strlen(line);
		}
	}
}

static void plan_resolv(struct guest_plan *plan, const struct guest_host *host)
{
	fill_resolv(plan->resolv, host);
	if (plan->resolv[0] && strcmp(plan->resolv, host->resolv) != 0)
		guest_plan_add(plan, GUEST_RESOLV);
	if (plan->resolv[0] && host->link == GUEST_RESOLV_ABSENT)
		guest_plan_add(plan, GUEST_RESOLV_LINK);
	if (!plan->resolv[0] && host->made_link)
		guest_plan_add(plan, GUEST_RESOLV_UNLINK);
	if (!plan->resolv[0] && host->resolv[0])
		guest_plan_add(plan, GUEST_RESOLV_REMOVE);
}

/* The rules before forwarding is switched on, so that nothing unwanted is forwarded even for a
 * moment; in reverse at the end. */
int guest_plan_host(struct guest_plan *plan, const struct guest_host *host, struct xnm_err *err)
{
	bool removes;
	int rc;

	guest_plan_begin(plan);
	if (host->settings_gone)
		guest_plan_add(plan, GUEST_SETTINGS_NOTE);
	if (note_differs(host, false))
		guest_plan_add(plan, GUEST_APART_NOTE);
	rc = plan_table(plan, host, err);
	if (rc)
		return rc;
	removes = plan->n && plan->op[plan->n - 1].kind == GUEST_TABLE_REMOVE;
	if (removes)
		plan->n--;
	plan_closed(plan, host);
	plan_settings(plan, host);
	plan_flags(plan, host);
	plan_unclosed(plan, host);
	if (removes)
		guest_plan_add(plan, GUEST_TABLE_REMOVE);
	if (note_differs(host, true))
		guest_plan_add(plan, GUEST_APART_NOTE);
	plan_resolv(plan, host);
	if (plan->full)
		return xnm_fail(err, -E2BIG, "cannot share: this guest has too many interfaces");
	return 0;
}
