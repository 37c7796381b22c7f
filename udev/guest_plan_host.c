/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_plan_host.c - decide what all vifs of a guest need together: forwarding, name servers. */
#include "udev/guest_plan.h"

#include <errno.h>
#include <string.h>

#include "policy/prefix.h"

#define OUR_COMMENT "made by xnm-guest "

static struct guest_op *add(struct guest_plan *plan, enum guest_op_kind kind)
{
	struct guest_op *op = &plan->op[plan->n];

	if (plan->n + 1 < GUEST_MAX_OPS)
		plan->n++;
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	return op;
}

static bool shares(const struct guest_host *host, bool ip6)
{
	for (unsigned int i = 0; i < host->n_notes; i++) {
		if (host->notes[i]->share[ip6])
			return true;
	}
	return false;
}

/* IPv6 last of all: devices that listen to routers must not stop when the host forwards. */
static void plan_settings(struct guest_plan *plan, const struct guest_host *host)
{
	for (unsigned int i = 0; i < host->n_settings; i++) {
		const struct guest_setting *setting = &host->settings[i];
		bool wanted = shares(host, strncmp(setting->path, "ipv6/", 5) == 0);

		if (wanted && setting->now != setting->ours)
			add(plan, GUEST_SETTING)->setting = *setting;
		else if (!wanted && setting->noted)
			add(plan, GUEST_SETTING_BACK)->setting = *setting;
	}
}

/* FNV-1a: it tells one list from the next */
static uint32_t hash(uint32_t value, const char *text)
{
	do {
		value = (value ^ (uint8_t)*text) * 16777619u;
	} while (*text++);
	return value;
}

static void fill_share(struct guest_share *share, const struct guest_host *host)
{
	uint32_t value = 2166136261u;

	share->n = 0;
	share->exists = host->table_exists;
	for (unsigned int i = 0; i < host->n_notes; i++) {
		const struct guest_note *note = host->notes[i];

		if (!note->share[0])
			continue;
		memcpy(share->ifnames[share->n++], note->ifname, IFNAMSIZ);
		value = hash(value, note->ifname);
	}
	(void)snprintf(share->comment, sizeof(share->comment), OUR_COMMENT "%.16s, %08x",
		       XNM_VERSION, value);
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
		host->table_rules == GUEST_RULES_PER_VIF * share->n;
	if (share->n && !whole)
		add(plan, GUEST_TABLE);
	else if (!share->n && host->table_exists)
		add(plan, GUEST_TABLE_REMOVE);
	return 0;
}

/* The name servers of all vifs, each of them once. */
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
		add(plan, GUEST_RESOLV);
	if (plan->resolv[0] && host->link == GUEST_RESOLV_ABSENT)
		add(plan, GUEST_RESOLV_LINK);
	if (!plan->resolv[0] && host->made_link)
		add(plan, GUEST_RESOLV_UNLINK);
	if (!plan->resolv[0] && host->resolv[0])
		add(plan, GUEST_RESOLV_REMOVE);
}

int guest_plan_host(struct guest_plan *plan, const struct guest_host *host, struct xnm_err *err)
{
	int rc;

	plan->n = 0;
	/* the rules first: a host that forwards must not let anybody in, not for a moment */
	rc = plan_table(plan, host, err);
	if (rc)
		return rc;
	/* at the end the other way round */
	if (!plan->share.n && plan->n) {
		plan->n = 0;
		plan_settings(plan, host);
		add(plan, GUEST_TABLE_REMOVE);
	} else {
		plan_settings(plan, host);
	}
	plan_resolv(plan, host);
	return 0;
}
