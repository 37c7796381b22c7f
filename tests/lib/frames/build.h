/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build.h - one frame in the making: the words of its recipe, and what later words fill in. */
#ifndef XNM_TESTS_FRAMES_BUILD_H
#define XNM_TESTS_FRAMES_BUILD_H

#include "frames.h"

#define NOWHERE ((size_t)-1)
#define TYPE_AT 12 /* of the EtherType in a frame without tags */

/* One word of a recipe, "name(arg,arg,...)". */
struct word {
	char text[128];
	char *args[8];
	unsigned int n_args;
};

struct build {
	const struct frame *frame;
	struct built *out;
	bool dst_set; /* the word eth() named the destination */
	size_t type_at; /* the EtherType that the next layer fills in */
	size_t next_at; /* the IPv4 protocol or IPv6 next header that the next layer fills in */
	size_t llc_at; /* where the payload begins whose length stands in the place of the type */

	int ip_version; /* 0: not yet */
	size_t ip_at;
	int ip_len_extra; /* how wrong the length in the IP header shall be */
	bool ip_len_zero;
	bool hop_limit_set;

	/* of what can be fragmented, bytes from..to are sent */
	size_t cut_at, from, to;
	size_t frag_at; /* the IPv6 fragment header */

	size_t l4_at, check_at;
	uint8_t l4_protocol;
	size_t udp_at;

	size_t short_len; /* the frame ends here, whatever the headers say */
	size_t pad_len;
};

/* Appends n zero bytes and returns them. */
uint8_t *put(struct build *b, size_t n);
void put8(struct build *b, unsigned int value);
void put16(struct build *b, unsigned int value);
void put32(struct build *b, uint32_t value);
void put_mac(struct build *b, const char *name);
void put_bytes(struct build *b, const void *bytes, size_t n);
void set16(struct build *b, size_t at, unsigned int value);
void put_token(struct build *b);

/* The value of NAME=VALUE among the arguments, or NULL. */
const char *arg(const struct word *word, const char *name);
bool flag(const struct word *word, const char *name);
/* The number of NAME=VALUE, or otherwise. */
unsigned int arg_number(const struct word *word, const char *name, unsigned int otherwise);

/* The two sides of the first argument, "LEFT>RIGHT"; either may be empty, which gives otherwise. */
void pair(const struct word *word, char *left, char *right, size_t size);

/* What names in recipes stand for. */
void mac_of(const struct build *b, const char *name, uint8_t *mac);
struct in_addr ip4_of(const struct build *b, const char *name);
struct in6_addr ip6_of(const struct build *b, const char *name);

/* Fills in what the layer before left open. */
void link_type(struct build *b, unsigned int ethertype);
void next_protocol(struct build *b, uint8_t protocol);
void link_destination(struct build *b, const uint8_t *mac);
void set_hop_limit(struct build *b, uint8_t hops);

/* Fills in lengths and checksums, cuts a fragment out, and puts the frame into a tag, if it is to have one. */
void finish(struct build *b, unsigned int tag);

/* A word of recipes: what it appends. */
struct layer {
	const char *name;
	void (*put)(struct build *b, const struct word *word);
};

extern const struct layer link_layers[], ip_layers[], upper_layers[], icmp6_layers[];

#endif
