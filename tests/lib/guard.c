/* SPDX-License-Identifier: GPL-2.0-only */
/* guard.c - ask the kernel module's guard, as a program, what it says of frames. */

/*
 * The module's own sources, with tests/fuzz/kernel.h in place of Linux. Each line on stdin is one
 * frame, with tabs between
 *
 *	NAME BYTES-IN-HEX [FLAGS GSO-TYPE GSO-SIZE CSUM-START CSUM-OFFSET MTU]
 *
 * and the answer is NAME, a tab, and "fast" or why not. Without the numbers, with blanks between
 * them, nothing is left to do of the frame. The argument is what dom0 has published of the sender.
 */
#include "kmod/guard.c"
#include "kmod/ident.c"
#include "kmod/offload.c"

#define LINE_MAX_LEN (4 * 70000)

void *xenbus_read(int transaction, const char *dir, const char *node, unsigned int *len)
{
	(void)transaction, (void)dir, (void)node, (void)len;
	return NULL;
}

/* The bytes, in memory of their own, so that a byte too far is seen; aligned behind Ethernet's. */
static u8 *bytes_of(const char *hex, unsigned int len)
{
	u8 *memory = malloc(NET_IP_ALIGN + len + 1);

	for (unsigned int i = 0; memory && i < len; i++) {
		unsigned int byte;

		if (sscanf(hex + (size_t)2 * i, "%2x", &byte) != 1)
			abort();
		memory[NET_IP_ALIGN + i] = (u8)byte;
	}
	return memory;
}

static enum xnm_verdict ask(const struct xnm_ident *from, const char *hex, const char *numbers)
{
	unsigned int flags = 0, type = 0, size = 0, start = 0, offset = 0, mtu = 1500;
	struct sk_buff skb = { .len = (unsigned int)strlen(hex) / 2 };
	struct virtio_net_hdr vnet = { .flags = 0 };
	struct xnm_headers headers;
	enum xnm_verdict verdict;
	u8 *memory = bytes_of(hex, skb.len);

	if (!memory || (numbers && sscanf(numbers, "%u %u %u %u %u %u", &flags, &type, &size,
					  &start, &offset, &mtu) != 6))
		abort();
	vnet.flags = (u8)flags;
	vnet.gso_type = (u8)type;
	vnet.gso_size = (__virtio16)size;
	vnet.csum_start = (__virtio16)start;
	vnet.csum_offset = (__virtio16)offset;
	skb.data = memory + NET_IP_ALIGN;
	verdict = xnm_guard_frame(&skb, from, &headers);
	if (verdict == XNM_V_FAST)
		verdict = xnm_offload_check(&skb, &headers, &vnet, mtu);
	free(memory);
	return verdict;
}

int main(int argc, char **argv)
{
	static char line[LINE_MAX_LEN];
	struct xnm_ident from = { .devid = 0 };

	if (argc != 2 || xnm_ident_parse(argv[1], &from)) {
		fputs("usage: guard 'mac=MAC net=NAME ip=ADDRESS...|*' <FRAMES\n", stderr);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		char *rest = line, *name, *hex;
		enum xnm_verdict verdict;

		line[strcspn(line, "\n")] = '\0';
		name = strsep(&rest, "\t");
		hex = strsep(&rest, "\t");
		if (!hex)
			return 2;
		verdict = ask(&from, hex, rest);
		printf("%s\t%s\n", name, verdict == XNM_V_FAST ? "fast" : xnm_guard_name(verdict));
	}
	return 0;
}
