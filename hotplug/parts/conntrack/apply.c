/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - delete the conntrack entries of connections that are no longer allowed, by the notes. */
#include "hotplug/parts/conntrack/apply.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/allowed.h"
#include "hotplug/parts/conntrack/ended.h"

/* A cache of route lookups: most connections share their outside addresses. */
#define CACHE_SIZE 256

struct known_way {
	int iif, rc;
	struct xnm_packet_way way;
	struct xnm_cidr dst, src;
	bool is_filled;
};

struct purge_run {
	struct xnm_ctx *ctx;
	const struct xnm_purge *purge;
	const struct xnm_element *gone;
	unsigned int n_gone, n_ended;
	struct xnm_noted noted;
	struct xnm_elements ended; /* not sent yet */
};

static struct known_way cache[CACHE_SIZE];

static int ask_way(struct purge_run *run, const struct xnm_cidr *dst, const struct xnm_cidr *src,
		   int iif, struct xnm_packet_way *way)
{
	static const struct xnm_cidr none;
	struct known_way wanted = { .dst = *dst, .src = src ? *src : none, .iif = iif };
	struct known_way *known;
	uint32_t hash = 2166136261u;

	for (unsigned int i = 0; i < sizeof(dst->addr); i++)
		hash = ((hash ^ dst->addr[i]) * 16777619u ^ wanted.src.addr[i]) * 16777619u;
	known = &cache[(hash ^ (uint32_t)iif) % CACHE_SIZE];
	if (!known->is_filled || known->iif != iif || !xnm_cidr_equal(&known->dst, dst) ||
	    !xnm_cidr_equal(&known->src, &wanted.src)) {
		*known = wanted;
		known->is_filled = true;
		known->rc = xnm_route_get(run->ctx->rtnl, dst, src, iif, &known->way);
	}
	*way = known->way;
	return known->rc;
}

static struct xnm_cidr host_of(uint8_t family, const uint8_t *addr)
{
	struct xnm_cidr host = { .family = family, .prefix_len = family == AF_INET ? 32 : 128 };

	memcpy(host.addr, addr, family == AF_INET ? 4 : 16);
	return host;
}

static bool is_to_many(uint8_t family, const uint8_t *addr)
{
	static const uint8_t everybody[] = { 255, 255, 255, 255 };

	if (family == AF_INET6)
		return addr[0] == 0xff;
	return addr[0] >> 4 == 0xe || memcmp(addr, everybody, sizeof(everybody)) == 0;
}

static bool is_link_local(const struct xnm_cidr *host)
{
	return host->family == AF_INET6 && host->addr[0] == 0xfe && (host->addr[1] & 0xc0) == 0x80;
}

static void add_index(struct xnm_end *end, int ifindex)
{
	char name[IFNAMSIZ];

	if (ifindex && if_indextoname((unsigned int)ifindex, name))
		xnm_end_add(end, name);
}

/* Finds the owner of an address: this host, a guest, or somebody outside. */
static void find_end(struct purge_run *run, const struct xnm_cidr *host, struct xnm_end *end)
{
	struct xnm_packet_way way;
	int rc = ask_way(run, host, NULL, 0, &way);

	memset(end, 0, sizeof(*end));
	end->host = is_to_many(host->family, host->addr) || (rc == 0 && way.is_local);
	if (end->host)
		return;
	xnm_noted_find(&run->noted, host->family, host->addr, end);
	/* link-local addresses are ambiguous */
	if (end->n == 0 && rc == 0 && !is_link_local(host))
		add_index(end, way.ifindex);
}

/* Finds the device by which a packet from a guest leaves: that of its translated source address, or
 * that of its route. */
static void find_exit(struct purge_run *run, const struct xnm_connection *connection,
		      const struct xnm_cidr *src, const struct xnm_cidr *dst,
		      const struct xnm_end *from, struct xnm_end *to)
{
	struct xnm_cidr translated = host_of(connection->family, connection->reply.dst);
	struct xnm_packet_way way;

	if (connection->status & IPS_SRC_NAT && ask_way(run, &translated, NULL, 0, &way) == 0 &&
	    way.is_local) {
		to->n = 0;
		add_index(to, way.ifindex);
		return;
	}
	/* policy routing may depend on source and input device */
	for (unsigned int i = 0; i < from->n; i++) {
		if (ask_way(run, dst, src, (int)if_nametoindex(from->dev[i]), &way) || way.is_local)
			continue;
		to->n = 0;
		add_index(to, way.ifindex);
		return;
	}
}

static bool in_range(const struct xnm_purge_range *range, uint8_t family, const uint8_t *addr)
{
	size_t len = family == AF_INET ? 4 : 16;

	return range->family == family && memcmp(addr, range->first, len) >= 0 &&
	       memcmp(addr, range->last, len) <= 0;
}

static bool has_device(const struct xnm_purge *purge, const struct xnm_end *end)
{
	for (unsigned int i = 0; i < purge->n_devs; i++) {
		for (unsigned int k = 0; k < end->n; k++) {
			if (strcmp(purge->devs[i], end->dev[k]) == 0)
				return true;
		}
	}
	return false;
}

/* Whether the change is about the connection at all. */
static bool is_concerned(const struct purge_run *run, const struct xnm_connection *connection,
			 const struct xnm_end *from, const struct xnm_end *to)
{
	const struct xnm_purge *purge = run->purge;
	const uint8_t *addresses[] = { connection->orig.src, connection->orig.dst,
				       connection->reply.src, connection->reply.dst };

	if (purge->all || has_device(purge, from) || has_device(purge, to))
		return true;
	for (unsigned int i = 0; i < purge->n; i++) {
		for (unsigned int k = 0; k < 4; k++) {
			if (in_range(&purge->list[i], connection->family, addresses[k]))
				return true;
		}
	}
	return false;
}

/* Whether a closed network has vifs only: an address that no vif may use, nobody has there. */
static bool is_all_ours(const struct purge_run *run, const char *bridge)
{
	const struct xnm_network *network = xnm_policy_network_by_bridge(run->ctx->policy, bridge);

	return network && xnm_network_is_closed(network) && network->n_interfaces == 0;
}

static bool is_nobodys(const struct purge_run *run, uint8_t family, const uint8_t *addr,
		       const struct xnm_end *end)
{
	for (unsigned int i = 0; i < end->n; i++) {
		if (!is_all_ours(run, end->dev[i]) ||
		    !xnm_noted_nobody_has(&run->noted, family, addr, end->dev[i]))
			return false;
	}
	return !end->host && end->n > 0;
}

/* The master of an expected connection, as far as it is known: the connection is allowed as long as
 * its master is. */
static struct xnm_connection master_of(const struct purge_run *run,
				       const struct xnm_connection *connection)
{
	struct xnm_connection master = { .family = connection->family, .orig = connection->master };

	memcpy(master.reply.src, master.orig.dst, sizeof(master.reply.src));
	memcpy(master.reply.dst, master.orig.src, sizeof(master.reply.dst));
	master.reply.protocol = master.orig.protocol;
	master.reply.sport = master.orig.dport;
	master.reply.dport = master.orig.sport;
	if (xnm_noted_forward_of(&run->noted, master.family, &master.orig, master.reply.src,
				 &master.reply.sport))
		master.status = IPS_DST_NAT;
	return master;
}

static bool is_forbidden(struct purge_run *run, const struct xnm_connection *connection)
{
	struct xnm_cidr src = host_of(connection->family, connection->orig.src);
	struct xnm_cidr dst = host_of(connection->family, connection->reply.src);
	struct xnm_end from, to;

	if (xnm_is_forwarded_by(run->gone, run->n_gone, connection) &&
	    !xnm_noted_forwards(&run->noted, connection))
		return true;
	if (!run->purge)
		return false;
	find_end(run, &src, &from);
	find_end(run, &dst, &to);
	if (!is_concerned(run, connection, &from, &to))
		return false;
	if ((run->purge->nobodys || run->purge->all) &&
	    (is_nobodys(run, connection->family, src.addr, &from) ||
	     is_nobodys(run, connection->family, dst.addr, &to)))
		return true;
	if (!to.host && !from.host)
		find_exit(run, connection, &src, &dst, &from, &to);
	return !xnm_is_allowed(&run->noted, connection, &from, &to);
}

static bool ends(void *arg, const struct xnm_connection *connection)
{
	struct purge_run *run = arg;
	struct xnm_connection master;
	bool forbidden;

	if (connection->family != AF_INET && connection->family != AF_INET6)
		return false;
	if (connection->has_master) {
		master = master_of(run, connection);
		forbidden = is_forbidden(run, &master);
	} else {
		forbidden = is_forbidden(run, connection);
	}
	if (!forbidden)
		return false;
	run->n_ended++;
	apply_ended_add(&run->ended, connection);
	return true;
}

static int note_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct purge_run *run = arg;

	if (xnm_vif_note_read(&run->ctx->dir, domid, devid, &state) == 0)
		xnm_noted_add_vif(&run->noted, &state);
	return 0;
}

static int note_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct purge_run *run = arg;

	if (!xnm_network_is_device(network) &&
	    xnm_network_note_read(&run->ctx->dir, network, &note) == 0)
		xnm_noted_add_network(&run->noted, &note);
	return 0;
}

/* First the set that keeps them from coming back as new, and then the conntrack entries. */
static int end_them(struct purge_run *run)
{
	int rc = xnm_conntrack_end(ends, run, true);

	if (rc || run->n_ended == 0)
		return rc;
	rc = apply_ended_send(run->ctx, &run->ended);
	if (rc)
		return rc;
	run->ended.n = 0;
	rc = xnm_conntrack_end(ends, run, false);
	/* also those that began meanwhile */
	return rc ? rc : apply_ended_send(run->ctx, &run->ended);
}

int apply_purge(struct xnm_ctx *ctx, const struct xnm_purge *purge, const struct xnm_element *gone,
		unsigned int n_gone)
{
	static struct purge_run run;
	bool forwards = false;
	int rc;

	for (unsigned int i = 0; i < n_gone; i++)
		forwards |= xnm_is_forward(&gone[i]);
	if ((!purge && !forwards) || !xnm_conntrack_has_entries())
		return 0;
	memset(cache, 0, sizeof(cache));
	run.ctx = ctx;
	run.purge = purge;
	run.gone = gone;
	run.n_gone = n_gone;
	run.n_ended = run.ended.n = 0;
	run.ended.full = false;
	run.noted.policy = ctx->policy;
	rc = xnm_vif_note_each(&ctx->dir, note_vif, &run);
	if (rc == 0)
		rc = xnm_network_note_each(&ctx->dir, note_network, &run);
	if (run.noted.failed)
		rc = -ENOMEM;
	xnm_noted_sort(&run.noted);
	if (rc == 0)
		rc = end_them(&run);
	if (rc == 0 && run.n_ended)
		xnm_log_debug("%u connections ended", run.n_ended);
	xnm_noted_free(&run.noted);
	return rc;
}

static void forget_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN];
	int len = snprintf(out, out_size, "delete conntrack entries of");

	(void)op;
	for (unsigned int i = 0; i < plan->conntrack.n_forget && len > 0 && (size_t)len < out_size;
	     i++) {
		xnm_format_cidr(&plan->conntrack.forget[i], address);
		len += snprintf(out + len, out_size - (size_t)len, " %s", address);
	}
}

static int forget_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return apply_forget(ctx, plan->conntrack.forget, plan->conntrack.n_forget);
}

const struct xnm_op_type xnm_op_connections_forget = {
	.may_fail = true,
	.text = forget_text,
	.run = forget_run,
};

static void purge_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)op;
	(void)snprintf(out, out_size, "end connections that are no longer allowed");
}

static int purge_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return apply_purge(ctx, &plan->conntrack.purge, plan->filter.del, plan->filter.n_del);
}

const struct xnm_op_type xnm_op_connections_purge = {
	.may_fail = true,
	.text = purge_text,
	.run = purge_run,
};
