/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnm_uapi.h - what domain 0 and the guests' kernel modules say to each other in xenstore. */
#ifndef XNM_UAPI_H
#define XNM_UAPI_H

/*
 * The programs of domain 0, xnm-guest and the module include this file, and spell nothing of it
 * themselves. It includes nothing.
 *
 * Each guest that has a published vif has this below /local/domain/DOMID/xnm, which domain 0 owns
 * and which the guest may read; the guest itself may leave out /local/domain/DOMID/:
 *
 *   v                     "1"
 *   inc                   the guest's incarnation: 16 lower-case hexadecimal digits, new for each
 *                         life of the guest
 *   gen                   a counter that is written last: what is read between two equal values of
 *                         it is whole
 *   vif/DEVID/fastpath    a vif of the guest that is published, in the words below
 *   peer/DOMID/inc        the incarnation of another guest that this one may talk to
 *   peer/DOMID/role       what this guest is to the other one: "s", the server, with the lower
 *                         domain number; "c", the client
 *   peer/DOMID/vif/DEVID  a vif of the other guest that shares a segment with one of this one's, in
 *                         the same words
 *   chan/DOMID            the handshake: what this guest says to the other one. Domain 0 makes it
 *                         empty before gen changes, and anew when an inc does; the guest owns it,
 *                         the other guest may read it
 */
#define XNM_FP_VERSION	       1
#define XNM_FP_VERSION_TEXT    XNM_FP_TEXT_OF(XNM_FP_VERSION)
#define XNM_FP_TEXT_OF(number) XNM_FP_TEXT_OF_(number)
#define XNM_FP_TEXT_OF_(text)  #text

#define XNM_FP_HOME	 "xnm"
#define XNM_FP_HOME_PATH "/local/domain/%u/" XNM_FP_HOME

#define XNM_FP_NODE_VERSION	 "v"
#define XNM_FP_NODE_INC		 "inc"
#define XNM_FP_NODE_GEN		 "gen"
#define XNM_FP_NODE_ROLE	 "role"
#define XNM_FP_NODE_FASTPATH	 "fastpath"
#define XNM_FP_NODE_VIFS	 "vif"
#define XNM_FP_NODE_VIF		 XNM_FP_NODE_VIFS "/%u"
#define XNM_FP_NODE_VIF_FASTPATH XNM_FP_NODE_VIF "/" XNM_FP_NODE_FASTPATH
#define XNM_FP_NODE_PEERS	 "peer"
#define XNM_FP_NODE_PEER	 XNM_FP_NODE_PEERS "/%u"
#define XNM_FP_NODE_PEER_INC	 XNM_FP_NODE_PEER "/" XNM_FP_NODE_INC
#define XNM_FP_NODE_PEER_ROLE	 XNM_FP_NODE_PEER "/" XNM_FP_NODE_ROLE
#define XNM_FP_NODE_PEER_VIFS	 XNM_FP_NODE_PEER "/" XNM_FP_NODE_VIFS
#define XNM_FP_NODE_PEER_VIF	 XNM_FP_NODE_PEER "/" XNM_FP_NODE_VIF
#define XNM_FP_NODE_CHANS	 "chan"
#define XNM_FP_NODE_CHAN	 XNM_FP_NODE_CHANS "/%u"

#define XNM_FP_ROLE_SERVER "s"
#define XNM_FP_ROLE_CLIENT "c"

/*
 * A vif: "mac=MAC net=SEGMENT ip=ADDRESS ADDRESS..", the addresses with or without the length of a
 * prefix. "ip=*": nobody knows its addresses, and what it sends goes by domain 0.
 */
#define XNM_FP_KEY_MAC "mac="
#define XNM_FP_KEY_NET "net="
#define XNM_FP_KEY_IP  "ip="
#define XNM_FP_ANY_IP  "*"

/*
 * The handshake, with one blank between the words:
 *
 *   1 STATE CTRL-GREF PORT OWN-INC PEER-INC FEATURES SERIAL
 *
 * One text, so that one write changes all of it and makes one watch event. The state "closed" says
 * that the module is there; an empty node, that it is not. A "conn" repeats the serial of the offer
 * that it accepts, as does the "closed" of a client that cannot; wants and offers count their own,
 * so that an old one is never taken for a new one.
 */
enum xnm_fp_field {
	XNM_FP_FIELD_VERSION, /* XNM_FP_VERSION */
	XNM_FP_FIELD_STATE,
	XNM_FP_FIELD_GREF, /* grant of the writer's control page, or 0 */
	XNM_FP_FIELD_PORT, /* its event channel, or 0 */
	XNM_FP_FIELD_OWN_INC, /* incarnation of the writer */
	XNM_FP_FIELD_PEER_INC, /* of the reader */
	XNM_FP_FIELD_FEATURES, /* 0: none are defined; hexadecimal */
	XNM_FP_FIELD_SERIAL,
	XNM_FP_N_FIELDS
};

#define XNM_FP_INC_FORMAT   "%016llx"
#define XNM_FP_HELLO_FORMAT "%u %s %u %u " XNM_FP_INC_FORMAT " " XNM_FP_INC_FORMAT " %x %u"
#define XNM_FP_HELLO_SCAN   "%u %7s %u %u %llx %llx %x %u%c" /* %c: nothing may follow */

#define XNM_FP_STATE_CLOSED "closed"
#define XNM_FP_STATE_WANT   "want"
#define XNM_FP_STATE_OFFER  "offer"
#define XNM_FP_STATE_CONN   "conn"

/* lengths, with the NUL at the end */
#define XNM_SEGMENT_LEN	 64 /* name of a network, with ".VLAN" behind it if the vif has one */
#define XNM_FP_HOME_LEN	 40 /* "/local/domain/32751/xnm" */
#define XNM_FP_NODE_LEN	 32 /* "peer/32751/vif/65535" */
#define XNM_FP_INC_LEN	 17
#define XNM_FP_TEXT_LEN	 1024 /* a vif */
#define XNM_FP_HELLO_LEN 160
#define XNM_FP_STATE_LEN 8

/* domain 0 publishes no more than that, and a module reads no more */
#define XNM_FP_MAX_PEERS 96 /* of one guest: each costs a xenstore watch, of which it has 128 */
#define XNM_FP_MAX_VIFS	 16 /* of one guest */
#define XNM_FP_MAX_IPS	 16 /* of one vif */

#endif
