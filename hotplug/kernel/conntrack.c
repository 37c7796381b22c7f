/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.c - find the connections of some addresses in one dump and delete them meanwhile. */
#include "hotplug/kernel/conntrack_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>

#include "hotplug/kernel/netlink.h"
#include "hotplug/kernel/sysctl.h"

/*
 * The kernel's own filter (CTA_FILTER, Linux 5.8) looks for one address in one
 * of the four places where it may be. A dump for each of them takes as long as
 * one of everything: with 50,000 entries 4 x 15 ms against 50 ms.
 */

#define MAX_ROUNDS    8
#define MAX_BATCH     64 /* deletions in one datagram: their answers must fit the socket's buffer */
#define MAX_MSG_BYTES 256 /* a deletion: the tuple of an IPv6 connection has about 100 */

struct purge {
	const struct xnm_cidr *addresses;
	unsigned int n;
	/* or, for xnm_conntrack_end() */
	bool (*fn)(void *arg, const struct xnm_connection *connection);
	void *arg;
	bool look;
	uint32_t seq;
	unsigned int n_deleted;
	int first_error; /* of this round's deletions */
	/* the deletions that are not sent yet */
	unsigned int n_batch;
	size_t batch_len;
	struct nlmsghdr *last;
};

/*
 * Closed by the end of the program: the kernel holds up whoever closes a socket
 * of this family while nftables has deletions to finish.
 */
static struct mnl_socket *dump_socket, *del_socket;

static char batch[MAX_BATCH * MAX_MSG_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
static char answer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));

/* The attributes of one entry of the dump. */
struct entry {
	const struct nlattr *tuple[2], *master, *status, *zone, *id;
};

static bool read_whole(const struct purge *p, uint8_t family, const struct entry *entry)
{
	struct xnm_connection connection = { .family = family };

	if (!entry->tuple[0] || !entry->tuple[1])
		return false;
	conntrack_read_tuple(entry->tuple[0], &connection.orig);
	conntrack_read_tuple(entry->tuple[1], &connection.reply);
	if (entry->status)
		connection.status = ntohl(mnl_attr_get_u32(entry->status));
	connection.has_master = entry->master;
	if (entry->master)
		conntrack_read_tuple(entry->master, &connection.master);
	return p->fn(p->arg, &connection) && !p->look;
}

static int receive(struct mnl_socket *sock, void *buf, size_t size)
{
	ssize_t len;

	do
		len = mnl_socket_recvfrom(sock, buf, size);
	while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : (int)len;
}

/*
 * Sends the deletions and reads their answers. Only the last one asks for an
 * acknowledgement, but each that fails gets an error; with -ENOENT its entry has gone by
 * itself.
 */
static int send_batch(struct purge *p)
{
	uint8_t buf[MAX_MSG_BYTES + 256] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *hdr = (const struct nlmsghdr *)(void *)buf;
	const struct nlmsgerr *err;
	uint32_t last_seq;
	int len;

	if (p->n_batch == 0)
		return 0;
	last_seq = p->last->nlmsg_seq;
	p->last->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(del_socket, batch, p->batch_len) < 0)
		return -errno;
	p->n_deleted += p->n_batch;
	p->n_batch = 0;
	p->batch_len = 0;
	do {
		len = receive(del_socket, buf, sizeof(buf));
		if (len < 0)
			return len;
		if (!mnl_nlmsg_ok(hdr, len) || hdr->nlmsg_type != NLMSG_ERROR ||
		    mnl_nlmsg_get_payload_len(hdr) < sizeof(*err))
			return -EPROTO;
		err = mnl_nlmsg_get_payload(hdr);
		if (err->error)
			p->n_deleted--;
		if (err->error && err->error != -ENOENT && !p->first_error)
			p->first_error = err->error;
	} while (hdr->nlmsg_seq != last_seq);
	return 0;
}

static struct nlmsghdr *put_header(struct purge *p, void *buf, int type, int flags, uint8_t family)
{
	struct nlmsghdr *hdr = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *info;

	hdr->nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type);
	hdr->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	hdr->nlmsg_seq = ++p->seq;
	info = mnl_nlmsg_put_extra_header(hdr, sizeof(*info));
	info->nfgen_family = family;
	info->version = NFNETLINK_V0;
	return hdr;
}

/* With CTA_ID, so that a later connection with the same addresses and ports stays. */
static bool put_deletion(struct purge *p, uint8_t family, const struct nlattr *orig,
			 const struct nlattr *zone, const struct nlattr *id)
{
	const struct nlattr *attrs[] = { orig, zone, id };
	struct nlmsghdr *hdr;

	hdr = put_header(p, batch + p->batch_len, IPCTNL_MSG_CT_DELETE, 0, family);
	for (unsigned int i = 0; i < 3; i++) {
		/* the type as it came, with its flags */
		if (attrs[i] && !mnl_attr_put_check(hdr, MAX_MSG_BYTES, attrs[i]->nla_type,
						    mnl_attr_get_payload_len(attrs[i]),
						    mnl_attr_get_payload(attrs[i])))
			return false;
	}
	p->last = hdr;
	p->batch_len += hdr->nlmsg_len;
	p->n_batch++;
	return true;
}

static const struct nlattr **place_of(struct entry *entry, uint16_t type)
{
	switch (type) {
	case CTA_TUPLE_ORIG:
		return &entry->tuple[0];
	case CTA_TUPLE_REPLY:
		return &entry->tuple[1];
	case CTA_TUPLE_MASTER:
		return &entry->master;
	case CTA_STATUS:
		return &entry->status;
	case CTA_ZONE:
		return &entry->zone;
	case CTA_ID:
		return &entry->id;
	default:
		return NULL;
	}
}

/* Fills entry. Returns whether it has one of the addresses, if these are asked for. */
static bool read_attrs(const struct purge *p, const struct nlmsghdr *hdr, struct entry *entry)
{
	bool matches = false;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		uint16_t type = mnl_attr_get_type(attr);
		const struct nlattr **place = place_of(entry, type);

		if (place)
			*place = attr;
		if (p->fn || (type != CTA_TUPLE_ORIG && type != CTA_TUPLE_REPLY))
			continue;
		matches = matches || conntrack_tuple_has(attr, p->addresses, p->n);
		/* a dozen other attributes follow */
		if (entry->tuple[0] && entry->tuple[1] && !matches)
			return false;
	}
	return matches;
}

/* One entry of the dump. */
static int read_entry(void *arg, struct nlmsghdr *hdr)
{
	const struct nfgenmsg *info = mnl_nlmsg_get_payload(hdr);
	struct entry entry = { .id = NULL };
	struct purge *p = arg;
	bool matches = read_attrs(p, hdr, &entry);

	if (p->fn)
		matches = read_whole(p, info->nfgen_family, &entry);
	/* a deletion without a tuple would flush the whole table */
	if (!matches || !entry.tuple[0])
		return 0;
	if (!put_deletion(p, info->nfgen_family, entry.tuple[0], entry.zone, entry.id))
		return -EMSGSIZE;
	return p->n_batch < MAX_BATCH ? 0 : send_batch(p);
}

/*
 * The family of all addresses, or AF_UNSPEC if they have both: the kernel lists entries of
 * that family only.
 */
static uint8_t common_family(const struct purge *p)
{
	if (p->n == 0)
		return AF_UNSPEC;
	for (unsigned int i = 1; i < p->n; i++) {
		if (p->addresses[i].family != p->addresses[0].family)
			return AF_UNSPEC;
	}
	return p->addresses[0].family;
}

static int read_error(void *arg, struct nlmsghdr *hdr)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(hdr);

	(void)arg;
	return mnl_nlmsg_get_payload_len(hdr) < sizeof(*err) ? -EPROTO : err->error;
}

/*
 * One dump. Entries may go while it is under way: the kernel goes through a
 * bucket of its table again when the one is missing where it had stopped
 * (net/netfilter/nf_conntrack_netlink.c, ctnetlink_dump_table), so that some
 * come twice, but none is left out.
 */
static int purge_round(struct purge *p)
{
	uint8_t request[64] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *hdr =
		put_header(p, request, IPCTNL_MSG_CT_GET, NLM_F_DUMP, common_family(p));
	const struct netlink_talk talk = {
		.fd = mnl_socket_get_fd(dump_socket),
		.request = hdr,
		.buf = answer,
		.buf_size = sizeof(answer),
		.fn = read_entry,
		.arg = p,
		.error = read_error,
	};
	int rc, sent;

	p->first_error = 0;
	if (mnl_socket_sendto(dump_socket, hdr, hdr->nlmsg_len) < 0)
		return -errno;
	rc = netlink_read(&talk);
	/* also if the dump was cut: the next round finds the rest */
	sent = send_batch(p);
	return rc ? rc : sent;
}

static void close_sockets(void)
{
	if (dump_socket)
		mnl_socket_close(dump_socket);
	if (del_socket)
		mnl_socket_close(del_socket);
	dump_socket = del_socket = NULL;
}

static int open_sockets(void)
{
	struct mnl_socket **socks[] = { &dump_socket, &del_socket };

	for (unsigned int i = 0; i < 2; i++) {
		if (*socks[i])
			continue;
		*socks[i] = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
		if (!*socks[i] || mnl_socket_bind(*socks[i], 0, MNL_SOCKET_AUTOPID))
			return -errno;
		netlink_limit_wait(mnl_socket_get_fd(*socks[i]));
	}
	return 0;
}

bool xnm_conntrack_has_entries(void)
{
	uint32_t count = 0;
	int rc = xnm_sysctl_get("netfilter/nf_conntrack_count", &count);

	/* without conntrack there is no such setting */
	return rc ? rc != -ENOENT : count > 0;
}

static int purge(struct purge *p)
{
	unsigned int before;
	int rc;

	if ((p->n == 0 && !p->fn) || !xnm_conntrack_has_entries())
		return 0;
	rc = open_sockets();
	if (rc)
		return rc;
	for (unsigned int i = 0; i < MAX_ROUNDS; i++) {
		before = p->n_deleted;
		rc = purge_round(p);
		if (netlink_again(rc, i))
			continue;
		if (rc)
			return rc;
		if (p->n_deleted == before || !xnm_conntrack_has_entries())
			return p->first_error;
	}
	return -EAGAIN;
}

/*
 * Closes both sockets after a failure: unread answers would be taken for those of the next
 * request.
 */
static int closed_if_failed(int rc)
{
	if (rc)
		close_sockets();
	return rc;
}

int xnm_conntrack_end(bool (*fn)(void *arg, const struct xnm_connection *connection), void *arg,
		      bool look)
{
	struct purge p = { .fn = fn, .arg = arg, .look = look };

	return closed_if_failed(purge(&p));
}

int xnm_conntrack_purge(const struct xnm_cidr *addresses, unsigned int n, unsigned int *n_deleted)
{
	struct purge p = { .addresses = addresses, .n = n };
	int rc = closed_if_failed(purge(&p));

	if (n_deleted)
		*n_deleted = p.n_deleted;
	return rc;
}
