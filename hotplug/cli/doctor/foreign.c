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

/* Whether br_netfilter runs a family's rules on what a bridge passes from port to port. */
static bool hears_bridge(const char *bridge, const char *family)
{
	_cleanup_fclose_ FILE *stream = NULL;
	uint32_t value = 0;
	char path[96];

	(void)snprintf(path, sizeof(path), "bridge/bridge-nf-call-%stables", family);
	/* the bridge's own setting has no effect without br_netfilter */
	if (xnm_sysctl_get(path, &value) || value)
		return value != 0;
	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/bridge/nf_call_%stables", bridge,
		       family);
	stream = fopen(path, "re");
	return stream && fgetc(stream) == '1';
}

static bool hears(const struct xnm_guest_device *device, uint8_t family)
{
	return device->is_bridge && ((family != NFPROTO_IPV6 && hears_bridge(device->name, "ip")) ||
				     (family != NFPROTO_IPV4 && hears_bridge(device->name, "ip6")));
}

static bool forwards(const struct xnm_guest_device *device, uint8_t family)
{
	return (family != NFPROTO_IPV6 && device->forwards4) ||
	       (family != NFPROTO_IPV4 && device->forwards6);
}

/* ------------------------------------------------------------ policy drop */

/* The command that accepts what comes from the device, what goes there, or what does both. */
static void tell_rule(char *out, size_t out_size, const struct xnm_foreign *foreign,
		      const struct xnm_foreign_chain *chain, const struct xnm_guest_device *device,
		      bool from, bool to)
{
	const char *in_word = chain->is_legacy ? " -i " : " iifname ";
	const char *out_word = chain->is_legacy ? " -o " : " oifname ";
	const char *name = chain->name;
	char match[96], dev[IFNAMSIZ + 2];
	char *plus;

	(void)snprintf(dev, sizeof(dev), "%s", device->name);
	plus = strchr(dev, '+');
	if (plus && !chain->is_legacy)
		(void)snprintf(dev, sizeof(dev), "'%.*s*'", (int)(plus - dev), device->name);
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
 * What this host forwards is accepted in both directions, as table inet xnm
 * decides what is forwarded. What a bridge only passes from port to port is
 * accepted from the bridge to itself alone: more would reach Docker's containers.
 */
static void tell_rules(char *out, size_t out_size, const struct xnm_foreign *foreign,
		       const struct xnm_foreign_chain *chain, const struct xnm_guest_device *device,
		       bool forwarded)
{
	char from[256], to[256];

	if (!forwarded) {
		tell_rule(out, out_size, foreign, chain, device, true, true);
		return;
	}
	tell_rule(from, sizeof(from), foreign, chain, device, true, false);
	tell_rule(to, sizeof(to), foreign, chain, device, false, true);
	(void)snprintf(out, out_size, "%s && %s", from, to);
}

/* A chain to which xnm-vif itself adds rules for guests' devices (kernel/nft_foreign.h). */
static bool is_opened_by_us(const struct xnm_foreign_chain *chain)
{
	return !chain->is_legacy && chain->family != NFPROTO_INET &&
	       strcmp(chain->table, "filter") == 0;
}

static void check_policy(struct xnm_doctor *doctor, const struct xnm_foreign *foreign,
			 const struct xnm_foreign_chain *chain,
			 const struct xnm_guest_device *device)
{
	bool forwarded = forwards(device, chain->family);
	struct xnm_device_needs needs = { .bridged = hears(device, chain->family),
					  .out = forwarded,
					  .back = forwarded };
	char what[96], fix[520] = "xnm-vif reapply all";

	if (is_opened_by_us(chain) ? !device->has_guests : device->is_covered)
		return;
	if ((!needs.bridged && !forwarded) || xnm_foreign_accepts(foreign, chain, device, &needs))
		return;
	(void)snprintf(what, sizeof(what), "what %s %s%s%s", device->name,
		       forwarded ? "forwards" : "", forwarded && needs.bridged ? " and " : "",
		       needs.bridged ? "passes from port to port (br_netfilter)" : "");
	if (!is_opened_by_us(chain))
		tell_rules(fix, sizeof(fix), foreign, chain, device, forwarded);
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

/* A zone is a chain to which rules on its interfaces jump; a trusted one accepts all. */
static bool is_trusted(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *firewalld,
		       const struct xnm_guest_device *device)
{
	for (unsigned int i = 0; i < foreign->n_rules; i++) {
		const struct xnm_foreign_rule *rule = &foreign->rules[i];

		if (xnm_foreign_is_within(rule, firewalld) && rule->target[0] &&
		    rule->in.ifname[0] && xnm_foreign_stands_for(&rule->in, device) &&
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
	for (unsigned int i = 0; i < doctor->n_devices && firewalld; i++) {
		const struct xnm_guest_device *device = &doctor->devices[i];

		if (device->is_covered ||
		    (!device->has_addresses && !forwards(device, NFPROTO_INET) &&
		     !hears(device, NFPROTO_INET)))
			continue;
		if (!is_trusted(foreign, firewalld, device))
			xnm_doctor_find(doctor,
					"firewalld rejects what comes from %s: "
					"firewall-cmd --permanent --zone=trusted "
					"--add-interface=%s && firewall-cmd --reload",
					device->name, device->name);
	}
}

/* Reads what can be read, and reports what cannot. */
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

static void check_firewalls(struct xnm_doctor *doctor)
{
	struct xnm_foreign foreign = { 0 };

	if (doctor->n_devices == 0)
		return;
	read_foreign(doctor, &foreign);
	for (unsigned int i = 0; i < foreign.n_chains; i++) {
		for (unsigned int k = 0; k < doctor->n_devices && foreign.chains[i].drops_forwarded;
		     k++)
			check_policy(doctor, &foreign, &foreign.chains[i], &doctor->devices[k]);
	}
	check_firewalld(doctor, &foreign);
	xnm_foreign_free(&foreign);
}

const struct xnm_doctor_check xnm_doctor_foreign = {
	.name = "foreign",
	.what = "rules of other programs that drop what guests send or get",
	.run = check_firewalls,
};
