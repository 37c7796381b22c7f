/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write.c - write the policy, in the order of the virtual network, and note what each line was made of. */
#include <stdarg.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/cli/import/import.h"

struct writer {
	const struct import *import;
	unsigned int host;
	struct import_text *out;
	struct xnm_origin origin; /* of the lines that are written */
};

static void put(struct writer *w, const char *fmt, ...) XNM_PRINTF(2, 3);

/* One line. */
static void put(struct writer *w, const char *fmt, ...)
{
	struct import_text *out = w->out;
	size_t room = sizeof(out->bytes) - out->len;
	va_list args;
	int n;

	if (out->is_full)
		return;
	va_start(args, fmt);
	n = vsnprintf(out->bytes + out->len, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n + 2 > room || out->n_lines == IMPORT_MAX_LINES) {
		out->is_full = true;
		return;
	}
	out->len += (size_t)n;
	out->bytes[out->len++] = '\n';
	out->bytes[out->len] = '\0';
	out->origins[++out->n_lines] = w->origin;
}

static void put_key(struct writer *w, const char *key, const char *value)
{
	if (value[0])
		put(w, "%s=%s", key, value);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void write_head(struct writer *w)
{
	const struct import *import = w->import;
	char real[96], virtual[96];

	xnm_printable(base_name(import->files[IMPORT_REAL]), real, sizeof(real));
	xnm_printable(base_name(import->files[IMPORT_VIRTUAL]), virtual, sizeof(virtual));
	put(w, "# Written by 'xnm import' from %s and %s,", real, virtual);
	if (w->host == IMPORT_ALL_HOSTS)
		put(w, "# for all hosts; change these, not this file.");
	else
		put(w, "# for host %s alone; change these, not this file.",
		    import->hosts[w->host].name);
	w->origin = import->virtuals[0].head.origin;
	if (import->virtuals[0].profile[0]) {
		put(w, "%s", "");
		put(w, "[global]");
		put_key(w, "profile", import->virtuals[0].profile);
	}
}

static void write_profiles(struct writer *w)
{
	for (unsigned int i = 0; i < w->import->n_profiles; i++) {
		const struct import_profile *profile = &w->import->profiles[i];

		w->origin = profile->head.origin;
		put(w, "%s", "");
		put(w, "[profile %s]", profile->name);
		put_key(w, "description", profile->description);
	}
}

static void write_rule(struct writer *w, const struct import_rule *rule)
{
	w->origin = rule->head.origin;
	put(w, "rule=%s %s%s%s%s%s%s%s%s", rule->action, rule->direction,
	    rule->protocol[0] ? " " : "", rule->protocol, rule->peer[0] ? " " : "", rule->peer,
	    rule->port[0] ? " port " : "", rule->port, strcmp(rule->log, "yes") == 0 ? " log" : "");
}

static void write_acls(struct writer *w)
{
	for (unsigned int i = 0; i < w->import->n_acls; i++) {
		const struct import_acl *acl = &w->import->acls[i];

		if (!import_needs_acl(w->import, w->host, acl->name))
			continue;
		w->origin = acl->head.origin;
		put(w, "%s", "");
		put(w, "[acl %s]", acl->name);
		for (unsigned int k = 0; k < w->import->n_rules; k++) {
			if (w->import->rules[k].head.parent == i)
				write_rule(w, &w->import->rules[k]);
		}
		w->origin = acl->head.origin;
		put_key(w, "default", acl->otherwise);
	}
}

/* Whether an earlier nic of the policy has the same name for that site: hosts are often alike. */
static bool is_named(const struct writer *w, unsigned int index)
{
	const struct import_nic *nic = &w->import->nics[index];

	for (unsigned int i = 0; i < index; i++) {
		const struct import_nic *other = &w->import->nics[i];

		if (strcmp(other->site, nic->site) == 0 && strcmp(other->name, nic->name) == 0 &&
		    (w->host == IMPORT_ALL_HOSTS || other->head.parent == w->host))
			return true;
	}
	return false;
}

static void write_interfaces(struct writer *w, const struct import_site *site)
{
	struct xnm_origin origin = w->origin;

	for (unsigned int i = 0; i < w->import->n_nics; i++) {
		const struct import_nic *nic = &w->import->nics[i];

		if (strcmp(nic->site, site->name) != 0 || is_named(w, i) ||
		    (w->host != IMPORT_ALL_HOSTS && nic->head.parent != w->host))
			continue;
		w->origin = nic->head.origin;
		put_key(w, "interfaces", nic->name);
	}
	w->origin = origin;
}

static void write_sites(struct writer *w)
{
	for (unsigned int i = 0; i < w->import->n_sites; i++) {
		const struct import_site *site = &w->import->sites[i];

		if (!import_needs_site(w->import, w->host, i))
			continue;
		w->origin = site->head.origin;
		put(w, "%s", "");
		put(w, "# %s", site->prefix);
		put(w, "[network %s]", site->name);
		put_key(w, "bridge", site->bridge);
		write_interfaces(w, site);
		put_key(w, "forward", "none");
		put_key(w, "mtu", site->mtu);
		put_key(w, "acl", site->acl);
	}
}

/* Its address of that family, "this one" if it has none. */
static const char *gateway_text(const struct import_member *member, uint8_t family,
				char out[XNM_CIDR_TEXT_LEN])
{
	(void)snprintf(out, XNM_CIDR_TEXT_LEN, "this one");
	for (unsigned int i = 0; i < member->n_addresses; i++) {
		if (member->addresses[i].family == family)
			xnm_cidr_format_host(&member->addresses[i], out);
	}
	return out;
}

/* What the vif routes it may send, though the sources are others'; and what its guests must be told. */
static void write_routes(struct writer *w, unsigned int member)
{
	char gateway[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < w->import->n_routes; i++) {
		const struct import_route *route = &w->import->routes[i];

		if (route->member != member)
			continue;
		w->origin = route->head.origin;
		put(w, "# in the guests of %s: ip route add %s via %s",
		    w->import->sites[route->head.parent].name, route->to,
		    gateway_text(&w->import->members[member], route->prefix.family, gateway));
		put_key(w, route->prefix.family == AF_INET ? "ipv4-allowed" : "ipv6-allowed",
			route->to);
	}
}

static void write_vifs(struct writer *w)
{
	for (unsigned int i = 0; i < w->import->n_members; i++) {
		const struct import_member *member = &w->import->members[i];
		char address[XNM_CIDR_TEXT_LEN];

		if (!import_needs_member(w->import, w->host, i))
			continue;
		w->origin = member->head.origin;
		put(w, "%s", "");
		if (member->host != w->host)
			put(w, "# on host %s", w->import->hosts[member->host].name);
		put(w, "[vif %s/%u]", member->name, member->devid);
		put_key(w, "network", w->import->sites[member->head.parent].name);
		for (unsigned int k = 0; k < member->n_addresses; k++) {
			xnm_format_cidr(&member->addresses[k], address);
			put_key(w, "address", address);
		}
		put_key(w, "rate", member->bandwidth);
		put_key(w, "acl", member->acl);
		write_routes(w, i);
	}
}

static const char *end_text(const struct import *import, const struct import_end *end,
			    char out[XNM_NAME_LEN + 16])
{
	if (end->is_site)
		(void)snprintf(out, XNM_NAME_LEN + 16, "net:%s", import->sites[end->index].name);
	else
		(void)snprintf(out, XNM_NAME_LEN + 16, "%s/%u", import->members[end->index].name,
			       import->members[end->index].devid);
	return out;
}

static void write_links(struct writer *w)
{
	char a[XNM_NAME_LEN + 16], b[XNM_NAME_LEN + 16];

	for (unsigned int i = 0; i < w->import->n_pairs; i++) {
		const struct import_pair *pair = &w->import->pairs[i];
		const struct import_link *link = &w->import->links[pair->link];

		if (!import_needs_pair(w->import, w->host, pair))
			continue;
		w->origin = link->head.origin;
		put(w, "%s", "");
		put(w, "[link %s %s]", end_text(w->import, &pair->ends[0], a),
		    end_text(w->import, &pair->ends[1], b));
		put_key(w, "profile", link->profile);
		put_key(w, "rate", link->bandwidth);
		put_key(w, "delay", link->latency);
		put_key(w, "jitter", link->jitter);
		put_key(w, "loss", link->loss);
		put_key(w, "b-to-a-rate", link->back_bandwidth);
		put_key(w, "b-to-a-delay", link->back_latency);
		put_key(w, "b-to-a-jitter", link->back_jitter);
		put_key(w, "b-to-a-loss", link->back_loss);
	}
}

void import_write(const struct import *import, unsigned int host, struct import_text *out)
{
	struct writer w = {
		.import = import,
		.host = host,
		.out = out,
		.origin = import->virtuals[0].head.origin,
	};

	out->len = out->n_lines = 0;
	out->bytes[0] = '\0';
	out->is_full = false;
	write_head(&w);
	write_profiles(&w);
	write_acls(&w);
	write_sites(&w);
	write_vifs(&w);
	write_links(&w);
}
