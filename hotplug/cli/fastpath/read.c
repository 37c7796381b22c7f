/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - find out who is listed to whom, and what they say to each other. */
#include <errno.h>
#include <string.h>

#include "hotplug/cli/fastpath/fastpath.h"
#include "hotplug/run/run.h"
#include "hotplug/xen/store.h"

#define PATH_LEN (XNM_FP_HOME_LEN + XNM_FP_NODE_LEN)

struct reader {
	struct xnm_fp_listing *listing;
	struct xnm_store *store;
	const struct xnm_fp_guest *guest; /* whose tree is read */
};

void xnm_fp_listing_free(struct xnm_fp_listing *listing)
{
	free(listing->guests);
	free(listing->pairs);
	free(listing->out);
}

static void read_text(struct reader *reader, const char *dir, const char *node, char *out,
		      size_t out_size)
{
	int rc = xnm_store_read(reader->store, dir, node, out, out_size);

	if (rc == -EINVAL || rc == -E2BIG)
		(void)snprintf(out, out_size, "?");
	else if (rc)
		out[0] = '\0';
}

static void read_inc(struct reader *reader, struct xnm_fp_guest *guest)
{
	char home[XNM_FP_HOME_LEN];

	xnm_fp_home(guest->domid, home);
	read_text(reader, home, XNM_FP_NODE_INC, guest->inc, sizeof(guest->inc));
}

static void read_hello(struct reader *reader, struct xnm_fp_hello *hello,
		       const struct xnm_fp_guest *own, const struct xnm_fp_guest *peer)
{
	char home[XNM_FP_HOME_LEN], node[XNM_FP_NODE_LEN], text[XNM_FP_HELLO_LEN];

	xnm_fp_home(own->domid, home);
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_CHAN, peer->domid);
	read_text(reader, home, node, text, sizeof(text));
	xnm_fp_hello_parse(hello, text, own->inc, peer->inc);
}

struct segments {
	struct reader *reader;
	const char *dir;
	char *out;
	size_t out_size;
};

/* Adds the segment of one vif, unless the list has it already. */
static void add_segment(void *arg, const char *name)
{
	struct segments *segments = arg;
	char text[XNM_FP_TEXT_LEN], word[XNM_SEGMENT_LEN], *net, *known;
	size_t len = strlen(segments->out), size;

	read_text(segments->reader, segments->dir, name, text, sizeof(text));
	net = strstr(text, " " XNM_FP_KEY_NET);
	if (net)
		net += strlen(" " XNM_FP_KEY_NET);
	size = net ? strcspn(net, " ") : 0;
	if (size == 0 || size >= sizeof(word))
		return;
	memcpy(word, net, size);
	word[size] = '\0';
	for (known = segments->out; (known = strstr(known, word)); known += size) {
		if ((known == segments->out || known[-1] == ',') &&
		    (known[size] == ',' || known[size] == '\0'))
			return;
	}
	(void)snprintf(segments->out + len, segments->out_size - len, "%s%s", len ? "," : "", word);
}

static void read_segments(struct reader *reader, struct xnm_fp_pair *pair, uint32_t domid,
			  uint32_t peer)
{
	char home[XNM_FP_HOME_LEN], dir[PATH_LEN];
	struct segments segments = {
		.reader = reader,
		.dir = dir,
		.out = pair->segments,
		.out_size = sizeof(pair->segments),
	};

	xnm_fp_home(domid, home);
	(void)snprintf(dir, sizeof(dir), "%s/" XNM_FP_NODE_PEER_VIFS, home, peer);
	(void)xnm_store_list(reader->store, dir, add_segment, &segments);
}

static bool is_listed(struct reader *reader, uint32_t domid, uint32_t peer)
{
	char home[XNM_FP_HOME_LEN], node[XNM_FP_NODE_LEN], text[XNM_FP_INC_LEN];

	xnm_fp_home(domid, home);
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_INC, peer);
	read_text(reader, home, node, text, sizeof(text));
	return text[0];
}

static void fill_pair(struct reader *reader, struct xnm_fp_pair *pair, uint32_t peer)
{
	bool server = reader->guest->domid < peer;
	struct xnm_fp_guest *other = server ? &pair->client : &pair->server;

	*pair = (struct xnm_fp_pair){ .server = *reader->guest, .client = *reader->guest };
	*other = (struct xnm_fp_guest){ .domid = peer };
	for (unsigned int i = 0; i < reader->listing->n_guests; i++) {
		if (reader->listing->guests[i].domid == peer)
			*other = reader->listing->guests[i];
	}
	pair->half = !is_listed(reader, peer, reader->guest->domid);
	read_inc(reader, &pair->server);
	read_inc(reader, &pair->client);
	read_segments(reader, pair, reader->guest->domid, peer);
	read_hello(reader, &pair->server_says, &pair->server, &pair->client);
	read_hello(reader, &pair->client_says, &pair->client, &pair->server);
}

static bool has_pair(const struct xnm_fp_listing *listing, uint32_t a, uint32_t b)
{
	for (unsigned int i = 0; i < listing->n_pairs; i++) {
		const struct xnm_fp_pair *pair = &listing->pairs[i];

		if (pair->server.domid == (a < b ? a : b) && pair->client.domid == (a < b ? b : a))
			return true;
	}
	return false;
}

static bool is_asked(const struct xnm_fp_listing *listing, const struct xnm_fp_guest *guest)
{
	return guest->domid == listing->domid || xnm_fp_is_guest(guest, listing->word);
}

static void note_peer(void *arg, const char *name)
{
	struct reader *reader = arg;
	struct xnm_fp_listing *listing = reader->listing;
	struct xnm_fp_pair *pair;
	uint32_t peer;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &peer) ||
	    has_pair(listing, reader->guest->domid, peer))
		return;
	pair = reallocarray(listing->pairs, listing->n_pairs + 1, sizeof(*pair));
	if (!pair)
		return;
	listing->pairs = pair;
	pair += listing->n_pairs++;
	fill_pair(reader, pair, peer);
	if (listing->word && !is_asked(listing, &pair->server) && !is_asked(listing, &pair->client))
		listing->n_pairs--;
}

static int by_number(const void *a, const void *b)
{
	const struct xnm_fp_pair *x = a, *y = b;

	if (x->server.domid != y->server.domid)
		return x->server.domid < y->server.domid ? -1 : 1;
	return x->client.domid < y->client.domid ? -1 : x->client.domid > y->client.domid;
}

static int read_pairs(struct reader *reader)
{
	struct xnm_fp_listing *listing = reader->listing;
	char home[XNM_FP_HOME_LEN], dir[PATH_LEN];
	int rc = xnm_store_open(&reader->store, XNM_STORE_TIMEOUT_S);

	if (rc) {
		fprintf(stderr, "xnm: cannot reach xenstored: %s\n", strerror(-rc));
		return rc;
	}
	for (unsigned int i = 0; i < listing->n_guests; i++) {
		reader->guest = &listing->guests[i];
		xnm_fp_home(reader->guest->domid, home);
		(void)snprintf(dir, sizeof(dir), "%s/" XNM_FP_NODE_PEERS, home);
		(void)xnm_store_list(reader->store, dir, note_peer, reader);
	}
	xnm_store_close(reader->store);
	if (listing->n_pairs)
		qsort(listing->pairs, listing->n_pairs, sizeof(*listing->pairs), by_number);
	return 0;
}

int xnm_fp_listing_read(struct xnm_fp_listing *listing, const char *word)
{
	struct reader reader = { .listing = listing };
	int rc;

	listing->word = word;
	rc = xnm_fp_listing_read_vifs(listing);
	if (rc == 0)
		rc = read_pairs(&reader);
	/* the last step: planning gives rights away */
	if (rc == 0)
		xnm_fp_listing_read_reasons(listing);
	return rc;
}
