/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fastpath.c - which vifs are published, what is told of them, what changes, what guests may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/parts/fastpath/decide.c"
#include "hotplug/parts/fastpath/fastpath.h"
#include "hotplug/run/parts.h"
#include "tests/unit/parts/filter/filter_case.h"

#define INC1 "00000000000000a1"
#define INC2 "00000000000000b2"
#define INC3 "00000000000000c3"

static struct xnm_fp_view view;
static struct xnm_fp_change change;
static char text[65536];

/* ------------------------------------------------------------ which vifs */

#define YES "[network lan]\nfastpath=yes\n"

static void test_reasons(void **state)
{
	static const struct {
		const char *policy, *addresses;
		bool rate;
		const char *reason, *segment;
	} rows[] = {
		{ YES, "10.0.0.1", false, NULL, "lan" },
		{ YES, "", false, NULL, "lan" },
		{ YES "vlan=10p/20\n", "", false, NULL, "lan.10" },
		{ "[network lan]\n", "", false, "its network does not have fastpath=yes", "" },
		{ "", "", false, "its bridge belongs to no [network] of the policy", "" },
		{ YES "[vif *]\nfastpath=no\n", "", false, "fastpath=no in its [vif] section", "" },
		{ YES "[vif *]\nfastpath=yes\n", "", false, NULL, "lan" },
		/* only the event knows which network it is */
		{ "[network lan]\n[vif *]\nfastpath=yes\n", "", false,
		  "its network does not have fastpath=yes", "" },
		{ YES "[global]\non-unknown=disable\n", "", false, "the policy does not attach it",
		  "" },
		{ YES "backend=route\naddress=10.0.0.9/24\nforward=open\n", "10.0.0.1", false,
		  "backend=route", "" },
		{ YES "locking-mode=unlocked\n", "", false, "locking-mode=unlocked", "" },
		{ YES "[vif *]\nlocking-mode=unlocked\n", "10.0.0.1", false,
		  "locking-mode=unlocked", "" },
		{ YES "address=10.0.0.9/24\nacl=a\n[acl a]\nrule=allow egress\n", "10.0.0.1", false,
		  "acl=", "" },
		{ YES "address=10.0.0.9/24\n[vif *]\nacl=a\n[acl a]\nrule=allow egress\n",
		  "10.0.0.1", false, "acl=", "" },
		{ YES "isolated=yes\n", "", false, "isolated=yes", "" },
		{ YES "isolated=yes\n[vif *]\nisolated=no\n", "", false, NULL, "lan" },
		{ YES "[vif *]\nrate=1Mbit\n", "10.0.0.1", false,
		  "its [vif] section has a rate=", "" },
		{ YES "[vif *]\noutbound-loss=1%\n", "10.0.0.1", false,
		  "its [vif] section has a rate=", "" },
		{ YES "[link net:lan any]\ndelay=1ms\n", "10.0.0.1", false, "a [link] says", "" },
		{ YES "[link 10.0.0.0/24 any]\ndelay=1ms\n", "10.0.0.1", false, "a [link] says",
		  "" },
		{ YES "[link 10.0.1.0/24 any]\ndelay=1ms\n", "10.0.0.1", false, NULL, "lan" },
		{ YES "[vif *]\nqueue=20ms\n", "10.0.0.1", false, NULL, "lan" },
		{ YES, "10.0.0.1", true, "the guest's configuration has a rate=", "" },
		{ YES, "10.0.0.0/28", false, "it has prefixes only", "" },
		{ YES, "10.0.0.0/28 10.0.0.77", false, NULL, "lan" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		char segment[XNM_SEGMENT_LEN] = "";
		const char *reason;

		load(rows[i].policy);
		make_guest(rows[i].addresses);
		guest.has_rate = rows[i].rate;
		xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
		if (xnm_want(&want, &event, &guest, &policy, false, &err))
			fail_msg("row %zu: %s", i, err.text);
		/* behind the end of its list */
		assert_int_equal(xnm_parse_cidr("10.0.0.99", &want.address.list[want.address.n]),
				 0);
		reason = xnm_fastpath_reason(&want, &guest);
		if (!reason)
			xnm_fastpath_segment(&want, segment);
		if (!reason != !rows[i].reason || (reason && !strstr(reason, rows[i].reason)))
			fail_msg("row %zu: %s", i, reason ? reason : "published");
		assert_string_equal(segment, rows[i].segment);
	}
}

static void test_tagged_only(void **state)
{
	(void)state;
	load(YES);
	make_guest("");
	(void)snprintf(guest.bridge, sizeof(guest.bridge), "lan:10:20");
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	assert_int_equal(xnm_want(&want, &event, &guest, &policy, false, &err), 0);
	assert_string_equal(xnm_fastpath_reason(&want, &guest), "it has tagged VLANs only");
}

/* The longest name that a section may have, with the longest VLAN. */
static void test_long_name(void **state)
{
	static const char name[] = "n12345678901234567890123456789012345678x";
	char longest[128], segment[XNM_SEGMENT_LEN];

	(void)state;
	(void)snprintf(longest, sizeof(longest), "[network %s]\nbridge=lan\nfastpath=yes\n", name);
	load(longest);
	make_guest("");
	guest.has_vlan = true;
	guest.vlan.pvid = 4094;
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	assert_int_equal(xnm_want(&want, &event, &guest, &policy, false, &err), 0);
	assert_null(xnm_fastpath_reason(&want, &guest));
	xnm_fastpath_segment(&want, segment);
	assert_string_equal(segment + strlen(name), ".4094");
}

static void test_text(void **state)
{
	static struct xnm_vif_note notes;
	char out[XNM_FP_TEXT_LEN];

	(void)state;
	notes.address.mac = (struct xnm_mac){ { 0x00, 0x16, 0x3e, 0, 0, 1 } };
	(void)snprintf(notes.fastpath.segment, sizeof(notes.fastpath.segment), "lan.10");
	assert_int_equal(xnm_parse_cidr("10.0.0.99", &notes.address.list[0]), 0);
	xnm_fastpath_text(&notes, out);
	assert_string_equal(out, "mac=00:16:3e:00:00:01 net=lan.10 ip=*");
	make_guest("10.0.0.1 10.9.0.0/28 2001:db8::1 10.0.0.2/24");
	notes.address.n = guest.n_addresses;
	memcpy(notes.address.list, guest.addresses, sizeof(notes.address.list));
	assert_int_equal(xnm_parse_cidr("10.0.0.99", &notes.address.list[notes.address.n]), 0);
	xnm_fastpath_text(&notes, out);
	assert_string_equal(out,
			    "mac=00:16:3e:00:00:01 net=lan.10 ip=10.0.0.1 2001:db8::1 10.0.0.2");
	/* the most that there can be */
	for (notes.address.n = 0; notes.address.n < XNM_MAX_ADDRESSES; notes.address.n++)
		assert_int_equal(xnm_parse_cidr("2001:db8:1111:2222:3333:4444:5555:6666",
						&notes.address.list[notes.address.n]),
				 0);
	memset(notes.fastpath.segment, 'x', sizeof(notes.fastpath.segment) - 1);
	xnm_fastpath_text(&notes, out);
	assert_true(strlen(out) < 1000);
	assert_string_equal(out + strlen(out) - 5, ":6666");
}

static void test_inc(void **state)
{
	(void)state;
	assert_true(xnm_fp_inc_ok(INC1));
	assert_false(xnm_fp_inc_ok(""));
	assert_false(xnm_fp_inc_ok(INC1 "0"));
	assert_false(xnm_fp_inc_ok(INC1 "x"));
	assert_false(xnm_fp_inc_ok("00000000000000A1"));
}

/* ------------------------------------------------------------ what changes */

static void begin(uint32_t domid)
{
	memset(&view, 0, sizeof(view));
	view.domid = domid;
	(void)snprintf(view.fresh_inc, sizeof(view.fresh_inc), INC1);
}

static struct xnm_fp_vif *vif(uint32_t domid, uint32_t devid, const char *segment)
{
	struct xnm_fp_vif *new = &view.vifs[view.n_vifs++];

	new->id = (struct xnm_owner){ domid, devid };
	new->published = true;
	new->mac.b[4] = (uint8_t)domid;
	new->mac.b[5] = (uint8_t)devid;
	(void)snprintf(new->segment, sizeof(new->segment), "%s", segment);
	(void)snprintf(new->text, sizeof(new->text), "text %u.%u", domid, devid);
	return new;
}

static struct xnm_fp_peer *peer(uint32_t domid, const char *inc)
{
	struct xnm_fp_peer *new = &view.peers[view.n_peers++];

	new->domid = domid;
	(void)snprintf(new->inc, sizeof(new->inc), "%s", inc);
	return new;
}

static void list(struct xnm_fp_side *side, const char *inc, const char *role, const char *vif_text)
{
	side->listed = side->has_chan = true;
	(void)snprintf(side->inc, sizeof(side->inc), "%s", inc);
	(void)snprintf(side->role, sizeof(side->role), "%s", role);
	(void)snprintf(side->vifs[side->n++].text, XNM_FP_TEXT_LEN, "%s", vif_text);
}

/* The domain and its own vif 0 as they should be. */
static void registered(void)
{
	(void)snprintf(view.version, sizeof(view.version), "1");
	(void)snprintf(view.inc, sizeof(view.inc), INC1);
	(void)snprintf(view.own[view.n_own++].text, XNM_FP_TEXT_LEN, "text %u.0", view.domid);
}

/* What is behind the end of each list: a vif of that domain, nodes as they should be, and a peer. */
static void litter(uint32_t domid)
{
	struct xnm_fp_vif left = { .id = { domid, 7 }, .published = true };
	struct xnm_fp_entry own = { .devid = 0 };

	(void)snprintf(left.segment, sizeof(left.segment), "lan");
	(void)snprintf(left.text, sizeof(left.text), "left");
	(void)snprintf(own.text, sizeof(own.text), "text %u.0", view.domid);
	view.vifs[view.n_vifs] = left;
	view.own[view.n_own] = own;
	view.peers[view.n_peers] = (struct xnm_fp_peer){ .domid = 2, .inc = INC2 };
	view.peers[view.n_peers].here.listed = true;
}

static const char *decide_with(uint32_t left)
{
	size_t len = 0;

	litter(left);
	xnm_fp_decide(&change, &view);
	text[0] = '\0';
	for (unsigned int i = 0; i < change.n; i++) {
		const struct xnm_fp_step *step = &change.steps[i];

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u %s", step->domid,
					step->node);
		if (step->action == XNM_FP_WRITE)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "=%s", step->value);
		else if (step->action == XNM_FP_CHANNEL)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " to %u",
						step->reader);
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %s",
						step->action == XNM_FP_FOLDER ? "made" : "gone");
		len += (size_t)snprintf(text + len, sizeof(text) - len, "\n");
	}
	return text;
}

static const char *decide(void)
{
	static char first[sizeof(text)];

	memcpy(first, decide_with(2), sizeof(first));
	assert_string_equal(decide_with(view.domid), first);
	return text;
}

static void test_first(void **state)
{
	(void)state;
	begin(1);
	assert_string_equal(decide(), "");
	(void)vif(1, 0, "lan");
	assert_string_equal(decide(), "1  made\n1 vif made\n1 v=1\n1 inc=" INC1 "\n"
				      "1 vif/0/fastpath=text 1.0\n");
	registered();
	assert_string_equal(decide(), "");
	view.vifs[0].published = false;
	assert_string_equal(decide(), "1 v gone\n1 peer gone\n1 chan gone\n1 inc gone\n"
				      "1 vif/0/fastpath gone\n");
}

static void test_pair(void **state)
{
	struct xnm_fp_peer *two;

	(void)state;
	begin(1);
	registered();
	(void)vif(1, 0, "lan");
	(void)vif(2, 0, "lan");
	(void)vif(2, 1, "dmz");
	two = peer(2, INC2);
	assert_string_equal(decide(), "1 chan/2 to 2\n2 chan/1 to 1\n"
				      "1 peer/2/inc=" INC2 "\n1 peer/2/role=s\n"
				      "1 peer/2/vif/0=text 2.0\n"
				      "2 peer/1/inc=" INC1 "\n2 peer/1/role=c\n"
				      "2 peer/1/vif/0=text 1.0\n");
	list(&two->here, INC2, "s", "text 2.0");
	list(&two->there, INC1, "c", "text 1.0");
	assert_string_equal(decide(), "");
	/* another text of the peer's, as when an address is added: the channel stays */
	(void)snprintf(view.vifs[1].text, XNM_FP_TEXT_LEN, "new 2.0");
	assert_string_equal(decide(), "1 peer/2/vif/0=new 2.0\n");
	(void)snprintf(view.vifs[1].text, XNM_FP_TEXT_LEN, "text 2.0");
	/* one life later: both begin anew */
	(void)snprintf(two->inc, sizeof(two->inc), INC3);
	assert_string_equal(decide(), "1 chan/2 to 2\n2 chan/1 to 1\n1 peer/2/inc=" INC3 "\n");
	(void)snprintf(two->inc, sizeof(two->inc), INC2);
	two->there.has_chan = false;
	assert_string_equal(decide(), "1 chan/2 to 2\n2 chan/1 to 1\n");
	two->there.has_chan = true;
	/* it leaves the segment */
	view.vifs[1].published = false;
	assert_string_equal(decide(),
			    "1 peer/2 gone\n1 chan/2 gone\n2 peer/1 gone\n2 chan/1 gone\n");
	/* the domain has left itself: all its folders go at once */
	view.vifs[0].published = false;
	assert_string_equal(decide(), "1 v gone\n1 peer gone\n1 chan gone\n1 inc gone\n"
				      "1 vif/0/fastpath gone\n2 peer/1 gone\n2 chan/1 gone\n");
	view.vifs[0].published = true;
	/* it is dead: nothing of its own is there */
	memset(&two->there, 0, sizeof(two->there));
	two->inc[0] = '\0';
	assert_string_equal(decide(), "1 peer/2 gone\n1 chan/2 gone\n");
}

/* A role goes by the numbers, not by who was there first. */
static void test_role(void **state)
{
	struct xnm_fp_peer *nine;

	(void)state;
	begin(10);
	registered();
	(void)vif(9, 0, "lan");
	(void)vif(10, 0, "lan");
	nine = peer(9, INC2);
	list(&nine->here, INC2, "s", "text 9.0");
	list(&nine->there, INC1, "c", "text 10.0");
	assert_string_equal(decide(), "10 peer/9/role=c\n9 peer/10/role=s\n");
}

static void test_two_segments(void **state)
{
	struct xnm_fp_peer *two;

	(void)state;
	begin(1);
	registered();
	(void)vif(1, 0, "lan");
	(void)vif(1, 1, "dmz");
	(void)vif(2, 0, "lan");
	(void)vif(2, 1, "dmz");
	two = peer(2, INC2);
	list(&two->here, INC2, "s", "text 2.0");
	list(&two->there, INC1, "c", "text 1.0");
	assert_string_equal(decide(), "1 vif/1/fastpath=text 1.1\n1 peer/2/vif/1=text 2.1\n"
				      "2 peer/1/vif/1=text 1.1\n");
	/* only that vif goes, and nobody is cut off */
	view.n_own = 2;
	view.own[1] = (struct xnm_fp_entry){ .devid = 1, .text = "text 1.1" };
	two->here.vifs[two->here.n++] = (struct xnm_fp_entry){ .devid = 1, .text = "text 2.1" };
	two->there.vifs[two->there.n++] = (struct xnm_fp_entry){ .devid = 1, .text = "text 1.1" };
	assert_string_equal(decide(), "");
	view.vifs[1].published = false;
	assert_string_equal(decide(), "1 vif/1/fastpath gone\n1 peer/2/vif/1 gone\n"
				      "2 peer/1/vif/1 gone\n");
	/* or the first one of each list */
	view.vifs[1].published = true;
	view.vifs[0].published = false;
	assert_string_equal(decide(), "1 vif/0/fastpath gone\n1 peer/2/vif/0 gone\n"
				      "2 peer/1/vif/0 gone\n");
}

/* A change that has no room is not carried out by halves. */
static void test_full(void **state)
{
	struct decision d = { .change = &change, .view = &view };

	(void)state;
	begin(1);
	(void)decide();
	assert_false(change.full);
	for (unsigned int i = 1; i < XNM_FP_MAX_STEPS; i++)
		(void)add(&d, XNM_FP_REMOVE, 1, NULL, XNM_FP_NODE_INC);
	assert_false(change.full);
	assert_int_equal(change.n, XNM_FP_MAX_STEPS - 1);
	(void)add(&d, XNM_FP_REMOVE, 1, NULL, XNM_FP_NODE_INC);
	assert_true(change.full);
	assert_int_equal(change.n, XNM_FP_MAX_STEPS - 1);
	(void)decide();
	assert_false(change.full);
	assert_int_equal(change.n, 0);
}

static void test_too_many(void **state)
{
	unsigned int n = 0;

	(void)state;
	begin(1);
	registered();
	(void)vif(1, 0, "lan");
	for (uint32_t domid = 2; domid < 2 + XNM_FP_MAX_PEERS + 5; domid++) {
		struct xnm_fp_peer *other = peer(domid, INC2);

		(void)vif(domid, 0, "lan");
		/* the last of them is listed already */
		if (domid != 2 + XNM_FP_MAX_PEERS + 4)
			continue;
		list(&other->here, INC2, "s", view.vifs[view.n_vifs - 1].text);
		list(&other->there, INC1, "c", "text 1.0");
	}
	(void)decide();
	for (unsigned int i = 0; i < change.n; i++)
		n += change.steps[i].action == XNM_FP_CHANNEL && change.steps[i].domid == 1;
	assert_int_equal(n, XNM_FP_MAX_PEERS - 1);
	assert_null(strstr(text, "gone"));
	assert_false(change.full);
}

static void test_namesake(void **state)
{
	const struct xnm_owner one = { 1, 0 }, two = { 2, 0 };

	(void)state;
	begin(1);
	(void)vif(1, 0, "lan");
	(void)vif(2, 0, "lan");
	assert_null(xnm_fp_namesake(&view, &one, true));
	view.vifs[1].mac = view.vifs[0].mac;
	assert_ptr_equal(xnm_fp_namesake(&view, &one, true), &view.vifs[1]);
	assert_ptr_equal(xnm_fp_namesake(&view, &two, true), &view.vifs[0]);
	assert_null(xnm_fp_namesake(&view, &one, false));
	view.vifs[1].published = false;
	assert_null(xnm_fp_namesake(&view, &one, true));
	assert_ptr_equal(xnm_fp_namesake(&view, &one, false), &view.vifs[1]);
	/* behind the end of the list is no vif */
	view.n_vifs = 1;
	assert_null(xnm_fp_namesake(&view, &one, false));
	assert_null(xnm_fp_namesake(&view, &two, true));
	assert_null(xnm_fp_find(&view, &two));
	assert_ptr_equal(xnm_fp_find(&view, &one), &view.vifs[0]);
	view.n_vifs = 2;
	/* the same address elsewhere is no conflict */
	view.vifs[1].segment[0] = 'x';
	assert_null(xnm_fp_namesake(&view, &one, false));
}

/* ------------------------------------------------------------ what guests say */

static void test_hello(void **state)
{
	static const struct {
		const char *text;
		enum xnm_fp_word word;
	} rows[] = {
		{ "", XNM_FP_SILENT },
		{ "1 closed 0 0 " INC1 " " INC2 " 0 7", XNM_FP_CLOSED },
		{ "1 want 0 0 " INC1 " " INC2 " 0 7", XNM_FP_WANT },
		{ "1 offer 12 34 " INC1 " " INC2 " 0 7", XNM_FP_OFFER },
		{ "1 conn 4294967295 4294967295 " INC1 " " INC2 " ffffffff 4294967295",
		  XNM_FP_CONN },
		{ "1 conn 4294967296 1 " INC1 " " INC2 " 0 7", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC1 " " INC2 " 0 4294967296", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC1 " " INC2 " 100000000 7", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC1 " " INC2 " -1 7", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC1 " " INC2 "  7", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC1 " " INC2 " 0", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC1 " " INC2 " 0 7 ", XNM_FP_NONSENSE },
		{ " 1 conn 1 1 " INC1 " " INC2 " 0 7", XNM_FP_NONSENSE },
		{ "1 conn +1 1 " INC1 " " INC2 " 0 7", XNM_FP_NONSENSE },
		{ "2 conn 1 1 " INC1 " " INC2 " 0 7", XNM_FP_NONSENSE },
		{ "1 CONN 1 1 " INC1 " " INC2 " 0 7", XNM_FP_NONSENSE },
		/* of another life, or from a mirror */
		{ "1 conn 1 1 " INC3 " " INC2 " 0 7", XNM_FP_NONSENSE },
		{ "1 conn 1 1 " INC2 " " INC1 " 0 7", XNM_FP_NONSENSE },
		{ "?", XNM_FP_NONSENSE },
		{ " ", XNM_FP_NONSENSE },
	};
	struct xnm_fp_hello hello;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		xnm_fp_hello_parse(&hello, rows[i].text, INC1, INC2);
		if (hello.word != rows[i].word)
			fail_msg("'%s': %d", rows[i].text, hello.word);
	}
	memset(text, '1', 4000);
	text[4000] = '\0';
	xnm_fp_hello_parse(&hello, text, INC1, INC2);
	assert_int_equal(hello.word, XNM_FP_NONSENSE);
	/* who is not registered has said nothing that counts */
	xnm_fp_hello_parse(&hello, "1 conn 1 1   0 7", "", "");
	assert_int_equal(hello.word, XNM_FP_NONSENSE);
}

static void test_states(void **state)
{
	static const struct {
		enum xnm_fp_word server, client;
		uint32_t serial; /* the client's; the server's is 7 */
		enum xnm_fp_state state;
	} rows[] = {
		{ XNM_FP_SILENT, XNM_FP_SILENT, 7, XNM_FP_NO_MODULE },
		{ XNM_FP_OFFER, XNM_FP_SILENT, 7, XNM_FP_NO_MODULE },
		{ XNM_FP_SILENT, XNM_FP_NONSENSE, 7, XNM_FP_GARBLED },
		{ XNM_FP_CLOSED, XNM_FP_CLOSED, 9, XNM_FP_IDLE },
		{ XNM_FP_CLOSED, XNM_FP_WANT, 9, XNM_FP_CONNECTING },
		{ XNM_FP_OFFER, XNM_FP_WANT, 7, XNM_FP_CONNECTING },
		{ XNM_FP_OFFER, XNM_FP_CONN, 7, XNM_FP_CONNECTED },
		{ XNM_FP_OFFER, XNM_FP_CONN, 6, XNM_FP_CONNECTING },
		/* each can only play its own part */
		{ XNM_FP_CONN, XNM_FP_OFFER, 7, XNM_FP_CONNECTING },
		{ XNM_FP_CONN, XNM_FP_CONN, 7, XNM_FP_CONNECTING },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		const struct xnm_fp_hello server = { rows[i].server, 7 };
		const struct xnm_fp_hello client = { rows[i].client, rows[i].serial };

		if (xnm_fp_state_of(&server, &client) != rows[i].state)
			fail_msg("row %zu: %d", i, xnm_fp_state_of(&server, &client));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),	  cmocka_unit_test(test_tagged_only),
		cmocka_unit_test(test_long_name), cmocka_unit_test(test_text),
		cmocka_unit_test(test_first),	  cmocka_unit_test(test_pair),
		cmocka_unit_test(test_role),	  cmocka_unit_test(test_two_segments),
		cmocka_unit_test(test_too_many),  cmocka_unit_test(test_namesake),
		cmocka_unit_test(test_inc),	  cmocka_unit_test(test_full),
		cmocka_unit_test(test_hello),	  cmocka_unit_test(test_states),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
