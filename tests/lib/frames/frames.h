/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames.h - what the files of the program frames share: hosts, modes, recipes of frames and what becomes of them. */
#ifndef XNM_TESTS_FRAMES_H
#define XNM_TESTS_FRAMES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX   1600
#define FRAMES_MAX  4096
#define HOST_COUNT  7
#define FRAME_TOKEN "xnm:" /* and four hex digits: the frame's place in the table */

/* Who may be named in a recipe; second and inside are further addresses of own. */
struct host {
	const char *name;
	uint8_t mac[6];
	struct in_addr ip4;
	struct in6_addr ip6;
	struct in6_addr linklocal; /* of the MAC, if nothing else is said */
};

extern struct host hosts[HOST_COUNT];

struct host *host_find(const char *name, size_t len);

enum mode {
	MODE_LOCKED, /* MAC and addresses are known */
	MODE_MAC_ONLY, /* locked, but no address is known */
	MODE_DHCP_SERVER, /* locked, allow=dhcp-server */
	MODE_ROUTER, /* locked, allow=router */
	MODE_UNLOCKED,
	MODE_TRUNK, /* locked, VLAN 10 beside the untagged one */
	MODE_TAGGED, /* the same vif; all frames are sent in VLAN 10 */
	MODE_ANY, /* locked, may use any address that is nobody's; lan is the declared gateway */
	MODE_PREFIX, /* locked, may use 10.0.0.0/8 and 2001:db8::/32 but for what is somebody's */
	N_MODES,
};

/* In which other modes a frame passes that a locked vif may not send. */
#define PASS_UNDECLARED	     (1u << MODE_MAC_ONLY) /* wrong is nothing but the gateway's address */
#define PASS_WITHOUT_ADDRESS (PASS_UNDECLARED | 1u << MODE_ANY) /* ... an address of nobody */
#define PASS_UNOWNED	     (PASS_WITHOUT_ADDRESS | 1u << MODE_PREFIX) /* ... of the network */
#define PASS_DHCP_SERVER     (1u << MODE_DHCP_SERVER)
#define PASS_ROUTER	     (1u << MODE_ROUTER)
#define PASS_TRUNK	     (1u << MODE_TRUNK) /* wrong is nothing but the VLAN tag */
#define ONLY_TRUNK	     (1u << 16) /* has no meaning in the other modes */
#define NOT_ROUTER	     (1u << 17) /* a router may or may not send it */

struct frame {
	const char *name;
	const char *recipe; /* see recipe.c */
	/*
	 * NULL: a locked vif may send it. Else why it is dropped: the names of
	 * one or several reasons with '|' between them, when the frame is wrong
	 * in more than one way. "bridge" is no reason of ours: a Linux bridge
	 * itself does not forward it, and no rule may get to see it.
	 */
	const char *reason;
	unsigned int flags;
	const char *standard;
};

/* The table, or what frames_load() has put in its place. */
extern const struct frame *frames;
extern size_t n_frames;

/* Frames of a file with lines "NAME RECIPE" (a tab between them), of which nothing is expected. */
void frames_load(const char *path);

/* Leaves one of them out; false for the table's own frames, which are to stay. */
bool frames_drop(size_t i);

const char *mode_name(enum mode mode);

/* The name's mode, or N_MODES. */
enum mode mode_find(const char *name);

/* Whether the frame is part of the battery for this mode. */
bool frame_is_in(const struct frame *frame, enum mode mode);

bool frame_passes(const struct frame *frame, enum mode mode);

/* Why it is dropped in this mode, reasons with '|' between them; text holds size bytes. */
void frame_reason(const struct frame *frame, enum mode mode, char *text, size_t size);

/* What a frame is made of, and the frame itself when it is done. */
struct built {
	uint8_t data[FRAME_MAX];
	size_t len;
};

/* Builds the frame's recipe, in an 802.1Q tag if tag is not 0. A wrong recipe ends the program. */
void frame_build(const struct frame *frame, unsigned int tag, struct built *out);

/* Where it must be seen if it passes: "all" (it is flooded) or the host it is addressed to. */
const char *frame_place(const struct built *frame);

/* All frames, built; the table's order. */
extern struct built built[FRAMES_MAX];
void frames_build_all(unsigned int tag);

int frames_send(const char *ifname, const bool *chosen);
int frames_watch(const char *ifname, bool stack, unsigned int seconds);
int frames_pcap(const char *path);

/* Prints each frame, "NAME BYTES" with a tab between them and the bytes in hex. */
void frames_dump(void);

/* The number that the two hex digits at text make, or -1. */
int hex_byte(const char *text);

void frames_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
