/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft.c - one conversation with nftables: collect a batch, send it, read what the kernel says. */
#include "hotplug/kernel/nft_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "hotplug/kernel/netlink.h"

int xnm_nft_open(struct xnm_nft **nft)
{
	static struct xnm_nft the_nft;
	const int on = 1;
	int fd;

	*nft = NULL;
	the_nft.has_deleted = false;
	the_nft.sock = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!the_nft.sock)
		return errno == EPROTONOSUPPORT ? -EPROTONOSUPPORT : -errno;
	if (mnl_socket_bind(the_nft.sock, 0, MNL_SOCKET_AUTOPID)) {
		mnl_socket_close(the_nft.sock);
		return -errno;
	}
	the_nft.portid = mnl_socket_get_portid(the_nft.sock);
	fd = mnl_socket_get_fd(the_nft.sock);
	/* a kernel without these options gives shorter reasons */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	netlink_limit_wait(fd);
	*nft = &the_nft;
	return 0;
}

void xnm_nft_close(struct xnm_nft *nft)
{
	if (!nft || !nft->sock)
		return;
	(void)mnl_socket_close(nft->sock);
	nft->sock = NULL;
}

bool xnm_nft_has_deleted(const struct xnm_nft *nft)
{
	return nft->has_deleted;
}

const char *xnm_nft_reason(const struct xnm_nft *nft)
{
	return nft->reason;
}

static int keep_text(const struct nlattr *attr, void *arg)
{
	struct xnm_nft *nft = arg;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		(void)snprintf(nft->reason, sizeof(nft->reason), "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

int nft_read_error(struct xnm_nft *nft, const struct nlmsghdr *hdr)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(hdr);
	size_t skip = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(hdr) < sizeof(*err))
		return -EPROTO;
	if (err->error == 0)
		return 0;
	(void)snprintf(nft->reason, sizeof(nft->reason), "%s", strerror(-err->error));
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += MNL_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS && skip < mnl_nlmsg_get_payload_len(hdr))
		(void)mnl_attr_parse(hdr, (unsigned int)skip, keep_text, nft);
	return err->error;
}

struct request {
	mnl_cb_t fn;
	void *arg;
};

static int hand_over(void *arg, struct nlmsghdr *hdr)
{
	const struct request *request = arg;

	if (request->fn)
		(void)request->fn(hdr, request->arg);
	return 0;
}

static int keep_error(void *arg, struct nlmsghdr *hdr)
{
	return nft_read_error(arg, hdr);
}

int nft_request(struct xnm_nft *nft, struct nlmsghdr *request, mnl_cb_t fn, void *arg)
{
	static uint8_t answer[64 * 1024] __attribute__((aligned(8)));
	struct request reader = { fn, arg };
	const struct netlink_talk talk = {
		.fd = mnl_socket_get_fd(nft->sock),
		.request = request,
		.buf = answer,
		.buf_size = sizeof(answer),
		.fn = hand_over,
		.arg = &reader,
		.error = keep_error,
		.error_arg = nft,
	};

	nft->reason[0] = '\0';
	if (mnl_socket_sendto(nft->sock, request, request->nlmsg_len) < 0)
		return -errno;
	return netlink_read(&talk);
}

static int read_generation(const struct nlmsghdr *hdr, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == NFTA_GEN_ID)
			*(uint32_t *)arg = ntohl(mnl_attr_get_u32(attr));
	}
	return MNL_CB_OK;
}

int xnm_nft_generation(struct xnm_nft *nft, uint32_t *generation)
{
	uint8_t buf[64] __attribute__((aligned(8)));
	struct nlmsghdr *hdr =
		nftnl_nlmsg_build_hdr((char *)buf, NFT_MSG_GETGEN, AF_UNSPEC, 0, ++nft->seq);

	*generation = 0;
	return nft_request(nft, hdr, read_generation, generation);
}

/* The message that opens or closes a batch. */
static struct nlmsghdr *put_batch(struct xnm_nft *nft, uint16_t type)
{
	struct nlmsghdr *hdr = mnl_nlmsg_put_header(nft->batch + nft->len);
	struct nfgenmsg *nfg;

	hdr->nlmsg_type = type;
	hdr->nlmsg_flags = NLM_F_REQUEST;
	hdr->nlmsg_seq = ++nft->seq;
	nfg = mnl_nlmsg_put_extra_header(hdr, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(NFNL_SUBSYS_NFTABLES);
	return hdr;
}

void xnm_nft_begin(struct xnm_nft *nft, uint32_t only_if)
{
	struct nlmsghdr *hdr;

	nft->rc = 0;
	nft->len = 0;
	nft->set_id = 0;
	nft->n_rules = 0;
	nft->n_needs = 0;
	nft->last = NULL;
	nft->new_generation = 0;
	nft->reason[0] = '\0';
	hdr = put_batch(nft, NFNL_MSG_BATCH_BEGIN);
	if (only_if)
		mnl_attr_put_u32(hdr, NFNL_BATCH_GENID, htonl(only_if));
	nft->len += hdr->nlmsg_len;
}

void xnm_nft_mark(const struct xnm_nft *nft, struct xnm_nft_mark *mark)
{
	*mark = (struct xnm_nft_mark){ .last = nft->last,
				       .len = nft->len,
				       .seq = nft->seq,
				       .set_id = nft->set_id,
				       .n_rules = nft->n_rules };
}

uint32_t xnm_nft_rewind(struct xnm_nft *nft, const struct xnm_nft_mark *mark)
{
	uint32_t n_rules = nft->n_rules - mark->n_rules;

	nft->last = mark->last;
	nft->len = mark->len;
	nft->seq = mark->seq;
	nft->set_id = mark->set_id;
	nft->n_rules = mark->n_rules;
	return n_rules;
}

void xnm_nft_needs(struct xnm_nft *nft, const char *option)
{
	if (nft->n_needs == NFT_MAX_NEEDS)
		return;
	nft->needs[nft->n_needs].seq = nft->seq + 1;
	nft->needs[nft->n_needs++].option = option;
}

/* Says which option of the kernel is missing, when message seq was refused as unknown. */
static void explain(struct xnm_nft *nft, uint32_t seq, int rc)
{
	const char *option = NULL;
	size_t len = strlen(nft->reason);

	if (rc != -ENOENT && rc != -EOPNOTSUPP && rc != -EAFNOSUPPORT && rc != -ENOPROTOOPT &&
	    rc != -EPROTONOSUPPORT)
		return;
	for (unsigned int i = 0; i < nft->n_needs && nft->needs[i].seq <= seq; i++)
		option = nft->needs[i].option;
	if (option)
		(void)snprintf(nft->reason + len, sizeof(nft->reason) - len,
			       "; the kernel lacks %s", option);
}

struct nlmsghdr *nft_put_message(struct xnm_nft *nft, uint16_t type, uint8_t family, uint16_t flags)
{
	if (nft->rc == 0 && nft->len + 2 * NFT_MESSAGE_MAX > sizeof(nft->batch))
		nft->rc = -E2BIG;
	if (nft->rc)
		return NULL;
	nft->has_deleted |=
		type == NFT_MSG_DELTABLE || type == NFT_MSG_DELRULE || type == NFT_MSG_DELSETELEM;
	return nftnl_nlmsg_build_hdr((char *)nft->batch + nft->len, type, family, flags,
				     ++nft->seq);
}

void nft_end_message(struct xnm_nft *nft, struct nlmsghdr *hdr)
{
	nft->last = hdr;
	nft->len += MNL_ALIGN(hdr->nlmsg_len);
}

/* The kernel carries out the batch within send(): all answers are in the socket by now. */
static int read_answers(struct xnm_nft *nft)
{
	static uint8_t answer[16 * 1024] __attribute__((aligned(8)));
	int rc = -EPROTO;

	for (;;) {
		ssize_t got =
			recv(mnl_socket_get_fd(nft->sock), answer, sizeof(answer), MSG_DONTWAIT);
		int left = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? rc : -errno;
		for (const struct nlmsghdr *hdr = (void *)answer; mnl_nlmsg_ok(hdr, left);
		     hdr = mnl_nlmsg_next(hdr, &left)) {
			if (hdr->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN))
				(void)read_generation(hdr, &nft->new_generation);
			if (hdr->nlmsg_type != NLMSG_ERROR)
				continue;
			rc = nft_read_error(nft, hdr);
			/* the first error is the cause; the kernel has undone the whole batch */
			if (rc) {
				explain(nft, hdr->nlmsg_seq, rc);
				while (recv(mnl_socket_get_fd(nft->sock), answer, sizeof(answer),
					    MSG_DONTWAIT) > 0)
					;
				return rc == -ERESTART ? -ESTALE : rc;
			}
		}
	}
}

uint32_t xnm_nft_new_generation(const struct xnm_nft *nft)
{
	return nft->new_generation;
}

int xnm_nft_commit(struct xnm_nft *nft)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *first, *end;
	int fd = mnl_socket_get_fd(nft->sock);
	int size = (int)sizeof(nft->batch) * 2;

	if (nft->rc || !nft->last)
		return nft->rc;
	nft->last->nlmsg_flags |= NLM_F_ACK;
	end = put_batch(nft, NFNL_MSG_BATCH_END);
	/*
	 * NLM_F_ECHO of the first message makes the kernel tell the number of the new
	 * generation (nf_tables_gen_notify(), called by nfnetlink_rcv_batch())
	 */
	first = (void *)(nft->batch +
			 MNL_ALIGN(((struct nlmsghdr *)(void *)nft->batch)->nlmsg_len));
	first->nlmsg_flags |= NLM_F_ECHO;
	nft->len += end->nlmsg_len;
	if (nft->len > 64 * 1024)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (sendto(fd, nft->batch, nft->len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return read_answers(nft);
}
