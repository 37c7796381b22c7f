// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cutdump.c - what a program hears of the kernel's lists when they change or fail while it reads them.
 *
 * Preloaded. CUTDUMP is "TYPE HOW TIMES": lists whose entries are of that type
 * (of nlmsg_type, such as 16, RTM_NEWLINK) come to their end before the first
 * entry, so many times. HOW says what the end tells: "changed" (NLM_F_DUMP_INTR)
 * or an errno.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static ssize_t (*real_recv)(int fd, void *buf, size_t size, int flags);
static unsigned int type, times;
static int error_number; /* 0: the list has changed meanwhile */

__attribute__((constructor)) static void init(void)
{
	const char *text = getenv("CUTDUMP");
	char *end;

	real_recv = (ssize_t(*)(int, void *, size_t, int))dlsym(RTLD_NEXT, "recv");
	if (!text)
		return;
	type = (unsigned int)strtoul(text, &end, 10);
	/* a word that is no number is 0 */
	error_number = (int)strtol(end, &end, 10);
	end = strrchr(text, ' ');
	times = end ? (unsigned int)strtoul(end, NULL, 10) : 0;
}

/* Whether the list ends in this datagram. */
static int is_last(const char *data, ssize_t len)
{
	const struct nlmsghdr *hdr = (const void *)data;
	int left = (int)len;

	for (; NLMSG_OK(hdr, left); hdr = NLMSG_NEXT(hdr, left)) {
		if (hdr->nlmsg_type == NLMSG_DONE || hdr->nlmsg_type == NLMSG_ERROR)
			return 1;
	}
	return len <= 0;
}

ssize_t recv(int fd, void *buf, size_t size, int flags)
{
	static char rest[65536] __attribute__((aligned(8)));
	ssize_t len = real_recv(fd, buf, size, flags);
	struct nlmsghdr *hdr = buf;
	int error = 0;

	if (times == 0 || len < (ssize_t)sizeof(*hdr) || size < NLMSG_SPACE(sizeof(error)) ||
	    hdr->nlmsg_type != type || !(hdr->nlmsg_flags & NLM_F_MULTI))
		return len;
	times--;
	memcpy(rest, buf, (size_t)len < sizeof(rest) ? (size_t)len : sizeof(rest));
	while (!is_last(rest, len))
		len = real_recv(fd, rest, sizeof(rest), 0);
	error = -error_number;
	hdr->nlmsg_type = NLMSG_DONE;
	hdr->nlmsg_flags = NLM_F_MULTI | (error ? 0 : NLM_F_DUMP_INTR);
	hdr->nlmsg_len = NLMSG_LENGTH(sizeof(error));
	memcpy(NLMSG_DATA(hdr), &error, sizeof(error));
	return NLMSG_SPACE(sizeof(error));
}
