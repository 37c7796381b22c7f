/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_msg.c - make requests about traffic control, and read the head of the answers. */
#include "hotplug/kernel/tc_core.h"

#include <stdarg.h>
#include <string.h>

struct nl_msg *tc_msg(int type, int flags, int ifindex, uint32_t parent, uint32_t handle)
{
	struct tcmsg info = {
		.tcm_ifindex = ifindex,
		.tcm_parent = parent,
		.tcm_handle = handle,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

const struct tcmsg *tc_parse(struct nlmsghdr *hdr, int ifindex, struct nlattr **tb)
{
	const struct tcmsg *info = nlmsg_data(hdr);

	if (nlmsg_parse(hdr, sizeof(*info), tb, TCA_MAX, NULL) || info->tcm_ifindex != ifindex ||
	    !tb[TCA_KIND])
		return NULL;
	return info;
}

int tc_fail(struct xnm_rtnl *rtnl, int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(rtnl->reason, sizeof(rtnl->reason), format, args);
	va_end(args);
	return rc;
}

uint64_t tc_get_rate(const struct tc_ratespec *spec, const struct nlattr *rate64)
{
	uint64_t rate_byte_s = spec->rate;

	if (rate64 && nla_len(rate64) >= (int)sizeof(rate_byte_s))
		rate_byte_s = nla_get_u64(rate64);
	return rate_byte_s * 8;
}

int tc_put_rate(struct nl_msg *msg, struct tc_ratespec *spec, int rate64, uint64_t rate_bit_s)
{
	uint64_t rate_byte_s = rate_bit_s / 8;

	/* else the kernel guesses the link layer from a table of times, which we do not send */
	spec->linklayer = TC_LINKLAYER_ETHERNET;
	spec->rate = rate_byte_s > UINT32_MAX ? UINT32_MAX : (uint32_t)rate_byte_s;
	return rate_byte_s > UINT32_MAX ? nla_put_u64(msg, rate64, rate_byte_s) : 0;
}

bool tc_copy(void *out, size_t size, const struct nlattr *attr)
{
	if (!attr || nla_len(attr) < (int)size)
		return false;
	memcpy(out, nla_data(attr), size);
	return true;
}
