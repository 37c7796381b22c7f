/* SPDX-License-Identifier: GPL-2.0-or-later */
/* io.c - frames to and from packet sockets, and to a file. */
#include "frames.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#define MAX_SOCKETS  64
#define TOKEN_PREFIX (sizeof(FRAME_TOKEN) - 1)
#define SOURCE_AT    6
#define TYPE_AT	     12

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static struct sockaddr_ll address_of(const char *ifname, unsigned int protocol)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons((uint16_t)protocol) };

	address.sll_ifindex = (int)if_nametoindex(ifname);
	if (address.sll_ifindex == 0)
		frames_die("%s: %s", ifname, strerror(errno));
	return address;
}

int frames_send(const char *ifname, const bool *chosen)
{
	struct sockaddr_ll address = address_of(ifname, 0);
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		frames_die("packet socket: %s", strerror(errno));
	for (size_t i = 0; i < n_frames; i++) {
		if (!chosen[i])
			continue;
		if (sendto(fd, built[i].data, built[i].len, 0, (struct sockaddr *)&address,
			   sizeof(address)) != (ssize_t)built[i].len)
			frames_die("%s: cannot send %s: %s", ifname, frames[i].name,
				   strerror(errno));
	}
	close(fd);
	return 0;
}

/* -------------------------------------------------------------- watch */

static int open_watch(const char *ifname, unsigned int protocol)
{
	struct sockaddr_ll address = address_of(ifname, protocol);
	struct packet_mreq promisc = { .mr_ifindex = address.sll_ifindex,
				       .mr_type = PACKET_MR_PROMISC };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int size = 8 << 20, on = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		frames_die("%s: packet socket: %s", ifname, strerror(errno));
	/* root may have more than the limit */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)))
		frames_die("%s: PACKET_AUXDATA: %s", ifname, strerror(errno));
	/* what a bridge port hands up must not change because somebody watches */
	if (protocol == ETH_P_ALL &&
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)))
		frames_die("%s: PACKET_MR_PROMISC: %s", ifname, strerror(errno));
	return fd;
}

/* The protocol by which the kernel hands the frame on, which has taken the first tag off. */
static unsigned int protocol_of(const struct built *frame)
{
	size_t at = TYPE_AT;
	unsigned int type = (unsigned int)frame->data[at] << 8 | frame->data[at + 1];

	if (type == ETH_P_8021Q || type == ETH_P_8021AD) {
		at += 4;
		type = (unsigned int)frame->data[at] << 8 | frame->data[at + 1];
	}
	if (type >= ETH_P_802_3_MIN)
		return type;
	return frame->data[at + 2] == 0xff && frame->data[at + 3] == 0xff ? ETH_P_802_3
									  : ETH_P_802_2;
}

/* One socket for each protocol: these get what no bridge has taken away before. */
static size_t open_stack(const char *ifname, struct pollfd *fds)
{
	unsigned int seen[MAX_SOCKETS];
	size_t n = 0;

	for (size_t i = 0; i < n_frames; i++) {
		unsigned int protocol = protocol_of(&built[i]);
		size_t k = 0;

		while (k < n && seen[k] != protocol)
			k++;
		if (k < n)
			continue;
		if (n == MAX_SOCKETS)
			frames_die("more than %d protocols", MAX_SOCKETS);
		seen[n] = protocol;
		fds[n++] = (struct pollfd){ .fd = open_watch(ifname, protocol), .events = POLLIN };
	}
	return n;
}

/* Puts the tag back that the kernel took off, if there was one. */
static void restore_tag(struct built *got, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		struct tpacket_auxdata aux;
		unsigned int tpid = ETH_P_8021Q;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || got->len + 4 > FRAME_MAX ||
		    got->len < TYPE_AT)
			continue;
		if (aux.tp_status & TP_STATUS_VLAN_TPID_VALID)
			tpid = aux.tp_vlan_tpid;
		memmove(got->data + TYPE_AT + 4, got->data + TYPE_AT, got->len - TYPE_AT);
		got->data[TYPE_AT] = (uint8_t)(tpid >> 8);
		got->data[TYPE_AT + 1] = (uint8_t)tpid;
		got->data[TYPE_AT + 2] = (uint8_t)(aux.tp_vlan_tci >> 8);
		got->data[TYPE_AT + 3] = (uint8_t)aux.tp_vlan_tci;
		got->len += 4;
	}
}

/* False if there is nothing (any more). Leaves len 0 for what this host itself sends. */
static bool receive(int fd, struct built *got)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct sockaddr_ll from = { 0 };
	struct iovec iov = { .iov_base = got->data, .iov_len = FRAME_MAX };
	struct msghdr message = { .msg_name = &from,
				  .msg_namelen = sizeof(from),
				  .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &message, 0);

	if (n < 0)
		return false;
	got->len = (size_t)n;
	if (from.sll_pkttype == PACKET_OUTGOING)
		got->len = 0;
	else
		restore_tag(got, &message);
	return true;
}

static bool all_zero(const uint8_t *data, size_t len)
{
	while (len > 0 && data[len - 1] == 0)
		len--;
	return len == 0;
}

/* The frame that this is, byte by byte, or n_frames. Short ones may have been padded. */
static size_t find_exact(const struct built *got)
{
	size_t found = n_frames;

	for (size_t i = 0; i < n_frames; i++) {
		size_t len = built[i].len;

		if (got->len < len || memcmp(got->data, built[i].data, len) != 0)
			continue;
		if (got->len == len)
			return i;
		if (got->len <= ETH_ZLEN + 4 && all_zero(got->data + len, got->len - len))
			found = i;
	}
	return found;
}

/* The frame whose token is in it, whatever became of the rest; but no answer to it by another host. */
static size_t find_token(const struct built *got)
{
	const char *token = memmem(got->data, got->len, FRAME_TOKEN, TOKEN_PREFIX);
	int high, low;
	size_t i;

	if (!token || token + TOKEN_PREFIX + 4 > (const char *)got->data + got->len)
		return n_frames;
	high = hex_byte(token + TOKEN_PREFIX);
	low = hex_byte(token + TOKEN_PREFIX + 2);
	i = (size_t)high << 8 | (size_t)low;
	if (high < 0 || low < 0 || i >= n_frames ||
	    memcmp(got->data + SOURCE_AT, built[i].data + SOURCE_AT, 6) != 0)
		return n_frames;
	return i;
}

static void note(const struct built *got)
{
	static bool seen[FRAMES_MAX];
	size_t exact = find_exact(got), i = exact < n_frames ? exact : find_token(got);

	if (i == n_frames || seen[i])
		return;
	seen[i] = true;
	printf("%s%s\n", frames[i].name, exact < n_frames ? "" : "\tchanged");
}

static void read_all(const struct pollfd *fds, size_t n)
{
	static struct built got;

	for (size_t i = 0; i < n; i++) {
		while (receive(fds[i].fd, &got)) {
			if (got.len > 0)
				note(&got);
		}
	}
}

static void on_signals(sigset_t *while_waiting)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigprocmask(SIG_BLOCK, &ours, while_waiting);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

int frames_watch(const char *ifname, bool stack, unsigned int seconds)
{
	struct pollfd fds[MAX_SOCKETS];
	struct timespec limit = { .tv_sec = 1 };
	time_t end = time(NULL) + (time_t)seconds;
	sigset_t while_waiting;
	size_t n = 1;

	on_signals(&while_waiting);
	if (stack)
		n = open_stack(ifname, fds);
	else
		fds[0] = (struct pollfd){ .fd = open_watch(ifname, ETH_P_ALL), .events = POLLIN };
	puts("# listening");
	fflush(stdout);
	while (!stopped && (seconds == 0 || time(NULL) < end)) {
		(void)ppoll(fds, n, &limit, &while_waiting);
		read_all(fds, n);
	}
	read_all(fds, n);
	for (size_t i = 0; i < n; i++)
		close(fds[i].fd);
	return fflush(stdout) ? 1 : 0;
}

/* --------------------------------------------------------------- file */

/* https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html */
int frames_pcap(const char *path)
{
	const uint32_t head[] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1 };
	FILE *file = fopen(path, "we");

	if (!file)
		frames_die("%s: %s", path, strerror(errno));
	fwrite(head, sizeof(head), 1, file);
	for (size_t i = 0; i < n_frames; i++) {
		uint32_t len = (uint32_t)built[i].len;
		const uint32_t record[] = { (uint32_t)i, 0, len, len };

		fwrite(record, sizeof(record), 1, file);
		fwrite(built[i].data, len, 1, file);
	}
	return fclose(file) ? 1 : 0;
}

void frames_dump(void)
{
	for (size_t i = 0; i < n_frames; i++) {
		printf("%s\t", frames[i].name);
		for (size_t k = 0; k < built[i].len; k++)
			printf("%02x", built[i].data[k]);
		putchar('\n');
	}
}
