/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_switch.c - make a card a port and move its routes and neighbours to the bridge at once. */
#include "hotplug/kernel/carry_core.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl_batch.h"

/* What a message of the batch is about. */
enum part {
	PART_PORT,
	PART_CLEAR, /* deletes what would be in the way of the next message */
	PART_ADDRESS,
	PART_ROUTE,
	PART_OTHER,
	PART_NEIGHBOUR,
	PART_DELETE,
};

static struct rtnl_batch *batch;
/* Big: not touched unless it is used. */
static struct {
	uint8_t part;
	uint16_t item;
} the_parts[RTNL_BATCH_MESSAGES];

struct switching {
	struct xnm_carry *carry;
	struct carry_end from, to;
	bool own_may_stay, only_new;
};

static void add(enum part part, unsigned int item, struct nl_msg *msg)
{
	unsigned int i = rtnl_batch_add(batch, msg);

	the_parts[i].part = (uint8_t)part;
	the_parts[i].item = (uint16_t)item;
	nlmsg_free(msg);
}

static void add_port(const struct xnm_carry_port *port, int master)
{
	struct nl_msg *msg;

	if (port->ifindex == 0)
		return;
	msg = rtnl_link_msg(RTM_SETLINK, NLM_F_REQUEST, AF_UNSPEC, port->ifindex);
	if (msg && nla_put_u32(msg, IFLA_MASTER, (uint32_t)master)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	add(PART_PORT, 0, msg);
}

static const struct rtmsg *route_info(const struct xnm_carry *carry, unsigned int i)
{
	return nlmsg_data(carry_header(carry, &carry->routes[i]));
}

/*
 * first: an IPv4 route is prepended, so that it wins against other devices' routes as
 * before; else it is appended. The kernel has already appended the route of each address:
 * that one is deleted before it is prepended.
 */
static void add_route(const struct switching *sw, unsigned int i, bool first)
{
	const struct xnm_carried *route = &sw->carry->routes[i];
	const struct rtmsg *info = route_info(sw->carry, i);

	if (first && info->rtm_protocol == RTPROT_KERNEL)
		add(PART_CLEAR, i, carry_route_msg(sw->carry, route, &sw->to, RTM_DELROUTE, 0));
	add(PART_ROUTE, i,
	    carry_route_msg(sw->carry, route, &sw->to, RTM_NEWROUTE,
			    first ? NLM_F_CREATE : NLM_F_CREATE | NLM_F_APPEND));
}

static bool goes_first(const struct xnm_carry *carry, unsigned int i)
{
	return route_info(carry, i)->rtm_family == AF_INET && !carry->routes[i].behind;
}

/* Routes to a gateway come before the routes by it. */
static void add_routes(const struct switching *sw)
{
	const struct xnm_carry *carry = sw->carry;

	for (int with_gateway = 0; with_gateway < 2; with_gateway++) {
		/* IPv4 routes are prepended, so the last one comes first */
		for (unsigned int i = carry->n_routes; i-- > 0;) {
			if (carry_has_gateway(carry, &carry->routes[i]) == with_gateway &&
			    goes_first(carry, i))
				add_route(sw, i, true);
		}
		for (unsigned int i = 0; i < carry->n_routes; i++) {
			if (carry_has_gateway(carry, &carry->routes[i]) == with_gateway &&
			    !goes_first(carry, i))
				add_route(sw, i, false);
		}
	}
}

static void add_all(const struct switching *sw)
{
	struct xnm_carry *carry = sw->carry;

	for (unsigned int i = 0; i < carry->n_addresses; i++) {
		unsigned int k = carry_address_order(carry, i);

		if (!carry_address_works(carry, &carry->addresses[k]))
			add(PART_ADDRESS, k,
			    carry_address_msg(carry, &carry->addresses[k], &sw->to, RTM_NEWADDR,
					      NLM_F_CREATE | NLM_F_EXCL, false));
	}
	add_routes(sw);
	for (unsigned int i = 0; i < carry->n_others; i++)
		add(PART_OTHER, i, carry_other_msg(carry, &carry->others[i], &sw->to, true));
}

/*
 * Each neighbour is deleted from one device and added to the other, also the learned ones:
 * the kernel keeps a thousand of each family for all devices together, and beyond that
 * learns none for some seconds (neigh_forced_gc()).
 */
static void turn_neighbours(const struct switching *sw)
{
	const struct xnm_carry *carry = sw->carry;

	for (unsigned int i = 0; i < carry->n_neighbours; i++) {
		const struct xnm_carried *neighbour = &carry->neighbours[i];

		if (!(sw->only_new && neighbour->existed))
			add(PART_DELETE, i,
			    carry_neighbour_msg(carry, neighbour, &sw->from, false));
		add(PART_NEIGHBOUR, i, carry_neighbour_msg(carry, neighbour, &sw->to, true));
	}
}

static bool is_permanent(const struct xnm_carry *carry, unsigned int i)
{
	const struct ndmsg *info = nlmsg_data(carry_header(carry, &carry->neighbours[i]));

	return info->ndm_state & (NUD_PERMANENT | NUD_NOARP);
}

static void delete_all(const struct switching *sw)
{
	const struct xnm_carry *carry = sw->carry;

	for (int with_gateway = 1; with_gateway >= 0; with_gateway--) {
		for (unsigned int i = carry->n_routes; i-- > 0;) {
			const struct xnm_carried *route = &carry->routes[i];

			if (carry_has_gateway(carry, route) == with_gateway &&
			    !(sw->only_new && route->existed))
				add(PART_DELETE, i,
				    carry_route_msg(carry, route, &sw->from, RTM_DELROUTE, 0));
		}
	}
	for (unsigned int i = 0; i < carry->n_others; i++) {
		if (!(sw->only_new && carry->others[i].existed))
			add(PART_DELETE, i,
			    carry_other_msg(carry, &carry->others[i], &sw->from, false));
	}
}

/*
 * Whether the kernel refuses a route because its gateway or source address needs an
 * address that did not move.
 */
static bool is_of_others(int rc)
{
	return rc == -ENETUNREACH || rc == -EHOSTUNREACH || rc == -EINVAL;
}

/* Whether the answer rc to message i means that the switch has failed. */
static bool is_failure(void *arg, unsigned int i, int rc)
{
	const struct switching *sw = arg;

	switch (the_parts[i].part) {
	case PART_PORT:
		return rc != 0;
	case PART_ROUTE:
		return rc && rc != -EEXIST && !(sw->own_may_stay && is_of_others(rc));
	case PART_ADDRESS:
	case PART_OTHER:
		return rc && rc != -EEXIST;
	case PART_NEIGHBOUR:
		return rc && rc != -EEXIST && is_permanent(sw->carry, the_parts[i].item);
	case PART_DELETE:
		return rc && rc != -ESRCH && rc != -ENOENT && rc != -ENODEV;
	default:
		return false;
	}
}

/* Notes what existed before the switch. Returns the first failure, or 0. */
static int judge(struct switching *sw)
{
	struct xnm_carry *carry = sw->carry;
	bool cleared = false;
	int first = 0;

	for (unsigned int i = 0; i < batch->n; i++) {
		unsigned int item = the_parts[i].item;
		int rc = batch->rc[i];

		if (first == 0 && is_failure(sw, i, rc))
			first = rc;
		if (the_parts[i].part == PART_ROUTE)
			carry->routes[item].existed = rc != 0 || cleared;
		else if (the_parts[i].part == PART_OTHER)
			carry->others[item].existed = rc != 0;
		else if (the_parts[i].part == PART_NEIGHBOUR)
			carry->neighbours[item].existed = rc != 0;
		else if (the_parts[i].part == PART_ADDRESS)
			carry->addresses[item].existed = rc != 0;
		cleared = the_parts[i].part == PART_CLEAR && rc == 0;
	}
	return first;
}

static bool tell_nothing(void *arg, unsigned int i, int rc)
{
	(void)arg;
	(void)i;
	(void)rc;
	return false;
}

void xnm_carry_switch_back(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			   int ifindex, const struct xnm_carry_port *port)
{
	const struct switching back = { .carry = carry, .to = { carry->ifname, carry->ifindex } };
	const struct switching undo = {
		.carry = carry, .from = { ifname, ifindex }, .to = back.to, .only_new = true
	};

	batch = rtnl_batch_begin();
	add_port(port, port->old_master);
	add_all(&back);
	turn_neighbours(&undo);
	delete_all(&undo);
	(void)rtnl_batch_send(rtnl, batch, tell_nothing, NULL);
}

int xnm_carry_switch(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
		     int ifindex, const struct xnm_carry_port *port, bool own_may_stay)
{
	struct switching sw = { .carry = carry,
				.from = { carry->ifname, carry->ifindex },
				.to = { ifname, ifindex },
				.own_may_stay = own_may_stay };
	char reason[192];
	int rc, failed;

	batch = rtnl_batch_begin();
	add_port(port, port->master);
	add_all(&sw);
	turn_neighbours(&sw);
	delete_all(&sw);
	rc = rtnl_batch_send(rtnl, batch, is_failure, &sw);
	if (!batch->sent)
		return rc;
	failed = judge(&sw);
	rc = rc ? rc : failed;
	if (rc == 0)
		return 0;
	(void)snprintf(reason, sizeof(reason), "%s", xnm_rtnl_reason(rtnl));
	xnm_carry_switch_back(rtnl, carry, ifname, ifindex, port);
	return rtnl_fail(rtnl, rc, reason);
}
