/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.c - other programs' rules that drop what guests send or get. */
#include "hotplug/cli/doctor/foreign_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter.h>

#include "hotplug/kernel/sysctl.h"

static const char *family_name(uint8_t family)
{
	return family == NFPROTO_IPV4 ? "ip" : family == NFPROTO_IPV6 ? "ip6" : "inet";
}

static bool is_firewalld(const struct xnm_foreign_chain *chain)
{
	return chain->family == NFPROTO_INET && strcmp(chain->table, "firewalld") == 0;
}

static bool is_of_interest(const struct xnm_foreign_chain *chain)
{
	return chain->drops_forwarded || is_firewalld(chain);
}

/* Whether br_netfilter shows a family's rules what a bridge passes from port to port. */
static bool hears_bridge(const char *bridge, const char *family)
{
	_cleanup_fclose_ FILE *stream = NULL;
	uint32_t value = 0;
	char path[96];

	(void)snprintf(path, sizeof(path), "bridge/bridge-nf-call-%stables", family);
	/* without br_netfilter what the bridge itself says means nothing */
	if (xnm_sysctl_get(path, &value) || value)
		return value != 0;
	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/bridge/nf_call_%stables", bridge,
		       family);
	stream = fopen(path, "re");
	return stream && fgetc(stream) == '1';
}

static bool hears(const struct xnm_way *way, uint8_t family)
{
	return way->is_bridge && ((family != NFPROTO_IPV6 && hears_bridge(way->name, "ip")) ||
				  (family != NFPROTO_IPV4 && hears_bridge(way->name, "ip6")));
}

static bool forwards(const struct xnm_way *way, uint8_t family)
{
	return (family != NFPROTO_IPV6 && way->forwards4) ||
	       (family != NFPROTO_IPV4 && way->forwards6);
}

/* ------------------------------------------------------------ policy drop */

/* What to type for one rule, on what comes from the way, goes there, or does both. */
static void tell_rule(char *out, size_t out_size, const struct xnm_foreign *foreign,
		      const struct xnm_foreign_chain *chain, const struct xnm_way *way, bool from,
		      bool to)
{
	const char *in_word = chain->is_legacy ? " -i " : " iifname ";
	const char *out_word = chain->is_legacy ? " -o " : " oifname ";
	const char *name = chain->name;
	char match[96], dev[IFNAMSIZ + 2];
	char *plus;

	(void)snprintf(dev, sizeof(dev), "%s", way->name);
	plus = strchr(dev, '+');
	if (plus && !chain->is_legacy)
		(void)snprintf(dev, sizeof(dev), "'%.*s*'", (int)(plus - dev), way->name);
	(void)snprintf(match, sizeof(match), "%s%s%s%s", from ? in_word : "", from ? dev : "",
		       to ? out_word : "", to ? dev : "");
	if (chain->is_legacy && xnm_foreign_reaches(foreign, chain, "DOCKER-USER"))
		name = "DOCKER-USER";
	if (chain->is_legacy)
		(void)snprintf(out, out_size, "%stables-legacy -I %s%s -j ACCEPT",
			       family_name(chain->family), name, match);
	else
		(void)snprintf(out, out_size, "nft insert rule %s %s %s%s accept",
			       family_name(chain->family), chain->table, name, match);
}

/*
 * What this host forwards may come and go, table inet xnm says what of it. What
 * only a bridge passes gets no more than that: an open door to other interfaces
 * would be one to Docker's containers too.
 */
static void tell_rules(char *out, size_t out_size, const struct xnm_foreign *foreign,
		       const struct xnm_foreign_chain *chain, const struct xnm_way *way,
		       bool forwarded)
{
	char from[256], to[256];

	if (!forwarded) {
		tell_rule(out, out_size, foreign, chain, way, true, true);
		return;
	}
	tell_rule(from, sizeof(from), foreign, chain, way, true, false);
	tell_rule(to, sizeof(to), foreign, chain, way, false, true);
	(void)snprintf(out, out_size, "%s && %s", from, to);
}

/* Where xnm-vif itself has rules for every device of guests (kernel/nft_foreign.h). */
static bool is_opened_by_us(const struct xnm_foreign_chain *chain)
{
	return !chain->is_legacy && chain->family != NFPROTO_INET &&
	       strcmp(chain->table, "filter") == 0;
}

static void check_policy(struct xnm_doctor *doctor, const struct xnm_foreign *foreign,
			 const struct xnm_foreign_chain *chain, const struct xnm_way *way)
{
	bool forwarded = forwards(way, chain->family);
	struct xnm_way_needs needs = { .bridged = hears(way, chain->family),
				       .out = forwarded,
				       .back = forwarded };
	char what[96], fix[520] = "xnm-vif reapply all";

	if (is_opened_by_us(chain) ? !way->has_guests : way->is_covered)
		return;
	if ((!needs.bridged && !forwarded) || xnm_foreign_lets_through(foreign, chain, way, &needs))
		return;
	(void)snprintf(what, sizeof(what), "what %s %s%s%s", way->name, forwarded ? "forwards" : "",
		       forwarded && needs.bridged ? " and " : "",
		       needs.bridged ? "passes from port to port (br_netfilter)" : "");
	if (!is_opened_by_us(chain))
		tell_rules(fix, sizeof(fix), foreign, chain, way, forwarded);
	if (chain->is_legacy)
		xnm_doctor_find(doctor, "chain %s of %stables-legacy drops %s: %s", chain->name,
				family_name(chain->family), what, fix);
	else
		xnm_doctor_find(doctor, "chain %s of table %s %s drops %s: %s", chain->name,
				family_name(chain->family), chain->table, what, fix);
}

/* -------------------------------------------------------------- firewalld */

static bool accepts_all(const struct xnm_foreign *foreign, const struct xnm_foreign_rule *jump)
{
	for (unsigned int i = 0; i < foreign->n_rules; i++) {
		const struct xnm_foreign_rule *rule = &foreign->rules[i];

		if (rule->family == jump->family && strcmp(rule->table, jump->table) == 0 &&
		    strcmp(rule->chain, jump->target) == 0 && rule->accepts &&
		    xnm_foreign_takes_all(rule))
			return true;
	}
	return false;
}

/* A zone is a chain that the rules on its interfaces go to; a trusted one ends with accept. */
static bool is_trusted(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *firewalld,
		       const struct xnm_way *way)
{
	for (unsigned int i = 0; i < foreign->n_rules; i++) {
		const struct xnm_foreign_rule *rule = &foreign->rules[i];

		if (xnm_foreign_is_within(rule, firewalld) && rule->target[0] &&
		    rule->in.ifname[0] && xnm_foreign_stands_for(&rule->in, way) &&
		    accepts_all(foreign, rule))
			return true;
	}
	return false;
}

static void check_firewalld(struct xnm_doctor *doctor, const struct xnm_foreign *foreign)
{
	const struct xnm_foreign_chain *firewalld = NULL;

	for (unsigned int i = 0; i < foreign->n_chains && !firewalld; i++) {
		if (is_firewalld(&foreign->chains[i]))
			firewalld = &foreign->chains[i];
	}
	for (unsigned int i = 0; i < doctor->n_ways && firewalld; i++) {
		const struct xnm_way *way = &doctor->ways[i];

		if (way->is_covered || (!way->has_addresses && !forwards(way, NFPROTO_INET) &&
					!hears(way, NFPROTO_INET)))
			continue;
		if (!is_trusted(foreign, firewalld, way))
			xnm_doctor_find(doctor,
					"firewalld rejects what comes from %s: "
					"firewall-cmd --permanent --zone=trusted "
					"--add-interface=%s && firewall-cmd --reload",
					way->name, way->name);
	}
}

/* Reads what can be read, and tells what cannot. */
static void read_foreign(struct xnm_doctor *doctor, struct xnm_foreign *foreign)
{
	static const uint8_t legacy[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	int rc = xnm_foreign_read(foreign, is_of_interest);

	if (rc == -EPERM && !doctor->in_passing)
		xnm_doctor_find(doctor, "nftables cannot be read, so the rules of other programs "
					"are not checked: run xnm doctor as root");
	else if (rc && rc != -EPERM && rc != -EPROTONOSUPPORT)
		xnm_doctor_find(doctor, "nftables cannot be read (%s): run xnm doctor again",
				strerror(-rc));
	for (size_t i = 0; i < XNM_N_ELEMENTS(legacy); i++) {
		rc = xnm_foreign_read_legacy(foreign, legacy[i]);
		if (rc && rc != -EPERM)
			xnm_doctor_find(doctor,
					"%stables-legacy has rules that cannot be read (%s): "
					"look at %stables-legacy -S FORWARD",
					family_name(legacy[i]), strerror(-rc),
					family_name(legacy[i]));
	}
}

void xnm_doctor_firewalls(struct xnm_doctor *doctor)
{
	struct xnm_foreign foreign = { 0 };

	if (doctor->n_ways == 0)
		return;
	read_foreign(doctor, &foreign);
	for (unsigned int i = 0; i < foreign.n_chains; i++) {
		for (unsigned int k = 0; k < doctor->n_ways && foreign.chains[i].drops_forwarded;
		     k++)
			check_policy(doctor, &foreign, &foreign.chains[i], &doctor->ways[k]);
	}
	check_firewalld(doctor, &foreign);
	xnm_foreign_free(&foreign);
}
