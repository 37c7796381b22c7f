/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_links_bad.c - mistakes in what a policy says of links. */
#include "tests/unit/policy/bad_policies.h"

#define ENDS                                                                                  \
	"must be two ends, each DOMAIN/NUMBER of a vif, net:NETWORK, a prefix or any, as in " \
	"[link web1/0 net:lan]\n"
#define PATTERNS                                                                                  \
	"patterns are not possible here: name one vif as DOMAIN/NUMBER, a net:NETWORK, a prefix " \
	"or any\n"
#define X20  "xxxxxxxxxxxxxxxxxxxx"
#define SAME "both ends are the same; only a net:NETWORK may be both\n"
#define NETS                                                                                 \
	"[network x]\naddress=10.0.0.1/24\nforward=none\n[network y]\naddress=10.1.0.1/24\n" \
	"forward=none\n"

#define ENDS_CASE(ends, message)                                                                   \
	{                                                                                          \
		"[link " ends "]", "[link " ends "]\nloss=1%\n", "1: [link " ends "]: " message, 0 \
	}
/* A link, and what is wrong with its keys. */
#define L(keys) "[link a/0 b/0]\n" keys "\n"

static const struct bad ends[] = {
	ENDS_CASE("a/0", ENDS),
	ENDS_CASE("a/0 b/0 c/0", ENDS),
	ENDS_CASE("a b", ENDS),
	ENDS_CASE("a/0 b", ENDS),
	ENDS_CASE("a/0 b/", ENDS),
	ENDS_CASE("a/0 /0", ENDS),
	ENDS_CASE("a/0 b/x", ENDS),
	ENDS_CASE("a/65536 b/0", ENDS),
	ENDS_CASE("a/0 10.0.0.0/33", "an address has a length that no prefix of its family has\n"),
	ENDS_CASE("fd00::/x a/0", "an address has a length that no prefix of its family has\n"),
	ENDS_CASE("a*/0 b/0", PATTERNS),
	ENDS_CASE("a/0 *", PATTERNS),
	ENDS_CASE("net: a/0", "net: must be followed by the name of a [network]\n"),
	ENDS_CASE("net:a/b a/0", "net: must be followed by the name of a [network]\n"),
	ENDS_CASE("10.0.0.1/24 any",
		  "a prefix has bits set behind its length, where 192.168.10.0/24 has none\n"),
	ENDS_CASE("a/0 0.0.0.0/0", "a prefix of length 0 is all of its family; write any\n"),
	ENDS_CASE("a/0 a/0", SAME),
	ENDS_CASE("any any", SAME),
	ENDS_CASE("10.0.0.0/8 10.0.0.0/8", SAME),
	{ "no ends", "[link]\n", "1: [link] needs a name, as in [link A B]\n", 0 },
	{ "ends that are too long", "[link " X20 "/0 " X20 "x/0]\n",
	  "1: the section's name is longer than 49 bytes\n", 0 },
	{ "an unknown network", "[network lan]\n[link net:lam a/0]\nloss=1%\n",
	  "2: [link net:lam a/0]: there is no [network lam]; did you mean 'lan'?\n", 0 },
	{ "no such network at all", "[link net:wan a/0]\nloss=1%\n",
	  "1: [link net:wan a/0]: there is no [network wan]\n", 0 },
	{ "networks without a way between them",
	  NETS "[vif a/0]\nnetwork=x\n[vif b/*]\nnetwork=y\n[link a/0 b/0]\nloss=1%\n"
	       "[link net:x net:y]\nloss=1%\n[link a/0 net:y]\nloss=1%\n",
	  "11: [link a/0 b/0]: there is no way between [network x] with forward=none and "
	  "[network y] with forward=none\n"
	  "13: [link net:x net:y]: there is no way between [network x] with forward=none and "
	  "[network y] with forward=none\n"
	  "15: [link a/0 net:y]: there is no way between [network x] with forward=none and "
	  "[network y] with forward=none\n",
	  0 },
	{ "isolated guests",
	  "[network x]\nisolated=yes\n[vif a/0]\nnetwork=x\n[vif b/0]\nnetwork=x\nisolated=yes\n"
	  "[vif c/0]\nnetwork=x\nisolated=no\n[link a/0 c/0]\nloss=1%\n[link a/0 b/0]\nloss=1%\n",
	  "13: [link a/0 b/0]: both ends have isolated=yes, so that they do not reach each other\n",
	  0 },
};

static const struct bad pairs[] = {
	{ "twice in one file", L("loss=1%") L("loss=1%"),
	  "3: [link a/0 b/0] is given twice; first in line 1\n", 0 },
	{ "twice with more blanks", L("loss=1%") "[link a/0   b/0]\nloss=1%\n",
	  "3: [link a/0   b/0] is given twice; first in line 1\n", 0 },
	{ "the other way round", L("loss=1%") "[link b/0 a/0]\nloss=1%\n",
	  "3: [link b/0 a/0]: is [link a/0 b/0], t:1, again; write the keys of both there\n", 0 },
	{ "the same host", "[link 10.0.0.1 a/0]\nloss=1%\n[link a/0 10.0.0.1/32]\nloss=1%\n",
	  "3: [link a/0 10.0.0.1/32]: is [link 10.0.0.1 a/0], t:1, again; write the keys of both "
	  "there\n",
	  0 },
	{ "two guests and any", "[link a/0 any]\nloss=1%\n[link b/0 any]\nloss=2%\n",
	  "3: [link b/0 any]: contradicts [link a/0 any], t:1, and neither is narrower; say by "
	  "[link a/0 b/0] what holds there\n",
	  0 },
	{ "ways that differ", "[link a/0 any]\na-to-b-loss=1%\n[link b/0 any]\na-to-b-loss=1%\n",
	  "3: [link b/0 any]: contradicts [link a/0 any], t:1, and neither is narrower; say by "
	  "[link a/0 b/0] what holds there\n",
	  0 },
	{ "two guests and their networks",
	  "[network x]\n[network y]\n[vif a/0]\nnetwork=x\n[vif b/0]\nnetwork=y\n"
	  "[link a/0 net:y]\nloss=1%\n[link net:x b/0]\nloss=2%\n",
	  "9: [link net:x b/0]: contradicts [link a/0 net:y], t:7, and neither is narrower; say by "
	  "[link a/0 b/0] what holds there\n",
	  0 },
	{ "a guest whose address is in the prefix",
	  "[vif a/0]\naddress=10.0.0.1\n[vif b/0]\naddress=11.0.0.1\n"
	  "[link a/0 11.0.0.0/8]\nloss=1%\n[link b/0 10.0.0.0/8]\nloss=2%\n",
	  "7: [link b/0 10.0.0.0/8]: contradicts [link a/0 11.0.0.0/8], t:5, and neither is "
	  "narrower; say by [link a/0 b/0] what holds there\n",
	  0 },
	{ "two networks and any",
	  "[network x]\n[network y]\n[link net:x any]\nloss=1%\n[link any net:y]\nloss=2%\n",
	  "5: [link any net:y]: contradicts [link net:x any], t:3, and neither is narrower; say by "
	  "[link net:x net:y] what holds there\n",
	  0 },
	{ "two prefixes and any",
	  "[link 10.0.0.0/8 any]\nloss=1%\n[link 11.0.0.0/8 any]\nloss=2%\n",
	  "3: [link 11.0.0.0/8 any]: contradicts [link 10.0.0.0/8 any], t:1, and neither is "
	  "narrower; say by [link 10.0.0.0/8 11.0.0.0/8] what holds there\n",
	  0 },
};

static const struct bad keys[] = {
	{ "nothing is said", "[link a/0 b/0]\n[link a/0 c/0]\nqueue=1ms\n",
	  "1: [link a/0 b/0]: says nothing of its packets; add rate=, delay=, loss= or the like\n"
	  "2: [link a/0 c/0]: says nothing of its packets; add rate=, delay=, loss= or the like\n",
	  0 },
	{ "what was said is refused", L("rate=10"), "2: rate=10: needs a unit, as in 10Mbit\n", 0 },
	{ "rtt and delay", L("rtt=40ms\ndelay=20ms"),
	  "2: rtt= contradicts delay=: it is a delay of half of it each way; remove one of the "
	  "two\n",
	  0 },
	{ "rtt and delay of one way", L("b-to-a-delay=20ms\nrtt=40ms"),
	  "3: rtt= contradicts b-to-a-delay=: it is a delay of half of it each way; remove one of "
	  "the two\n",
	  0 },
	{ "an rtt that has no half", L("rtt=1us\nloss=1%"),
	  "2: rtt=1us: half of it is no time; write 2us or more\n", 0 },
	{ "jitter of both ways", L("jitter=1ms"),
	  "2: jitter= needs delay=, from which the time that a packet takes varies\n", 0 },
	{ "more jitter than netem knows", L("delay=10s\njitter=2001ms"),
	  "3: jitter=2001ms: must be at most 2s, as netem knows no more\n", 0 },
	{ "jitter of the other way", L("a-to-b-delay=2ms\njitter=1ms"),
	  "3: jitter= needs delay=, from which the time that a packet takes varies\n", 0 },
	{ "jitter against the delay of one way", L("delay=2ms\njitter=1ms\nb-to-a-delay=1ms"),
	  "3: jitter=1ms: must be less than b-to-a-delay=1ms\n", 0 },
	{ "jitter of one way", L("rtt=4ms\na-to-b-jitter=2ms"),
	  "3: a-to-b-jitter=2ms: must be less than delay=2ms\n", 0 },
	{ "reorder without delay", L("b-to-a-reorder=1%\na-to-b-delay=1ms"),
	  "2: b-to-a-reorder= needs delay=: a packet overtakes others while they wait\n", 0 },
	{ "two kinds of losses", L("gemodel=1%\nloss=1%\na-to-b-loss=2%"),
	  "2: gemodel= contradicts loss=: both say which packets are lost; remove one of the two\n",
	  0 },
	{ "two kinds of losses of one way", L("a-to-b-gemodel=1%\na-to-b-loss=1%"),
	  "2: a-to-b-gemodel= contradicts a-to-b-loss=: both say which packets are lost; remove "
	  "one of the two\n",
	  0 },
	{ "only a seed", L("seed=1"),
	  "1: [link a/0 b/0]: says nothing of its packets; add rate=, delay=, loss= or the like\n",
	  0 },
	{ "a refused delay is not missed", L("delay=1\njitter=1ms"),
	  "2: delay=1: needs a unit, as in 20ms\n", 0 },
	{ "rates below a frame", L("rate=1Kbit\na-to-b-rate=2Kbit\nb-to-a-rate=12111bit"),
	  "2: rate=1Kbit: is less than one frame in a second, of 1514 bytes with mtu=1500; write "
	  "12112bit or more, or a smaller mtu=\n"
	  "3: a-to-b-rate=2Kbit: is less than one frame in a second, of 1514 bytes with mtu=1500; "
	  "write 12112bit or more, or a smaller mtu=\n"
	  "4: b-to-a-rate=12111bit: is less than one frame in a second, of 1514 bytes with "
	  "mtu=1500; write 12112bit or more, or a smaller mtu=\n",
	  0 },
	{ "a burst below a frame", L("rate=1M\nburst=1K"),
	  "3: burst=1024: is less than one frame, of 1514 bytes with mtu=1500: every packet would "
	  "be dropped; write 1514 or more, or leave it out\n",
	  0 },
	{ "a burst for cake", L("rate=1M\nburst=2K\nqdisc=cake"),
	  "3: burst= has no effect with qdisc=cake, which has none; remove one of the two\n", 0 },
	{ "one way of a network to itself",
	  "[network x]\n[link net:x net:x]\nrate=1M\na-to-b-rate=2M\nb-to-a-loss=1%\n",
	  "4: a-to-b-rate= means nothing where both ends are the same\n"
	  "5: b-to-a-loss= means nothing where both ends are the same\n",
	  0 },
	{ "keys of others", L("inbound-rate=1M\nloss=1%\na-to-b-los=1%"),
	  "2: unknown key 'inbound-rate' in [link a/0 b/0]; it belongs in [vif MATCH]\n"
	  "4: unknown key 'a-to-b-los' in [link a/0 b/0]; did you mean 'a-to-b-loss'?\n",
	  0 },
};

int main(void)
{
	add_tests(ends, XNM_N_ELEMENTS(ends));
	add_tests(pairs, XNM_N_ELEMENTS(pairs));
	add_tests(keys, XNM_N_ELEMENTS(keys));
	return run_bad_policies();
}
