/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_shape_bad.c - mistakes in what a policy says of rates, delays and losses. */
#include "tests/unit/policy/bad_policies.h"

#define RATE	    "must be a rate, as in 10Mbit or 1.5Mbit, or, in bytes, 250KB/s\n"
#define UNIT	    "needs a unit, as in 10Mbit\n"
#define BPS	    "bps means bytes per second in tc(8) and bits elsewhere: write 10Mbit or 10MB/s\n"
#define NO_RATE	    "is no rate; for no limit, leave the key out or empty\n"
#define FAST	    "is more than 1Tbit; for no limit, leave the key out or empty\n"
#define DIGITS	    "has too many digits: at most 15 are possible\n"
#define TIME	    "must be a time in s, ms or us, as in 20ms or 1.5ms\n"
#define SIZE	    "must be a size in bytes, as in 9000 or 64K\n"
#define PROBABILITY "must be a probability, as in 1% or 0.05%\n"
#define GEMODEL	    "must be one to four probabilities, P [R [BAD-LOSS [GOOD-LOSS]]], as in 1% 20%\n"
#define SLOT	    "must be one or two times, as in 10ms or 5ms 20ms\n"
#define SEED	    "must be a number from 1 to 18446744073709551615\n"
#define GOOD_AGAIN                                                                         \
	"never turns the line good again: the second probability, which is 100% less the " \
	"first unless it is given, must be more than 0%\n"
#define V(text) "[vif *]\n" text "\n"

#define RATE_CASE(value, message)                                                 \
	{                                                                         \
		"rate=" value, V("rate=" value), "2: rate=" value ": " message, 0 \
	}
#define DELAY_CASE(value, message)                                                   \
	{                                                                            \
		"delay=" value, V("delay=" value), "2: delay=" value ": " message, 0 \
	}
#define LOSS_CASE(value, message)                                                 \
	{                                                                         \
		"loss=" value, V("loss=" value), "2: loss=" value ": " message, 0 \
	}
#define BURST_CASE(value, message)                                                   \
	{                                                                            \
		"burst=" value, V("burst=" value), "2: burst=" value ": " message, 0 \
	}

#define LINE_CASE(key, value, message)                                               \
	{                                                                            \
		key "=" value, V(key "=" value), "2: " key "=" value ": " message, 0 \
	}

static const struct bad values[] = {
	RATE_CASE("10", UNIT),
	RATE_CASE("1.5", UNIT),
	RATE_CASE("0", UNIT),
	RATE_CASE("10Mbps", BPS),
	RATE_CASE("10mbps", BPS),
	RATE_CASE("10MBps", BPS),
	RATE_CASE("100bps", BPS),
	RATE_CASE("0Mbit", NO_RATE),
	RATE_CASE("0.000bit", NO_RATE),
	RATE_CASE("1.5bit", "is no whole number of bits in a second\n"),
	RATE_CASE("0.0001Kbit", "is no whole number of bits in a second\n"),
	RATE_CASE("1.000000000001Tbit", FAST),
	RATE_CASE("1000001Mbit", FAST),
	RATE_CASE("999999999999999Tbit", FAST),
	RATE_CASE("126GB/s", FAST),
	RATE_CASE("1000000000000000bit", DIGITS),
	RATE_CASE("0.0000000000000001Tbit", DIGITS),
	RATE_CASE("10MB", RATE),
	RATE_CASE("10Mibit", RATE),
	RATE_CASE("10Mbits", RATE),
	RATE_CASE("10 Mbit", RATE),
	RATE_CASE("10MBIT", RATE),
	RATE_CASE("1,5Mbit", RATE),
	RATE_CASE("1.Mbit", RATE),
	RATE_CASE(".5Mbit", RATE),
	RATE_CASE("1.2.3Mbit", RATE),
	RATE_CASE("-10Mbit", RATE),
	RATE_CASE("+10Mbit", RATE),
	RATE_CASE("0x10Mbit", RATE),
	RATE_CASE("10%", RATE),
	RATE_CASE("fast", RATE),
	RATE_CASE("bps", RATE),
	RATE_CASE("10Mb/s@20ms", RATE),
	DELAY_CASE("20", "needs a unit, as in 20ms\n"),
	DELAY_CASE("0ms", "is no time; for none, leave the key out or empty\n"),
	DELAY_CASE("0.5us", "is no whole number of microseconds\n"),
	DELAY_CASE("60.000001s", "is more than 60s\n"),
	DELAY_CASE("999999999999999s", "is more than 60s\n"),
	DELAY_CASE("9999999999999999s", DIGITS),
	DELAY_CASE("20Ms", TIME),
	DELAY_CASE("1min", TIME),
	DELAY_CASE("20ms 10ms", TIME),
	DELAY_CASE("-1ms", TIME),
	LOSS_CASE("1", "needs its unit, as in 1%\n"),
	LOSS_CASE("0%", "is never; leave the key out or empty\n"),
	LOSS_CASE("101%", "is more than 100%\n"),
	LOSS_CASE("100.0001%", "is more than 100%\n"),
	LOSS_CASE("0.00001%", "is finer than 0.0001%\n"),
	LOSS_CASE("1%%", PROBABILITY),
	LOSS_CASE("one%", PROBABILITY),
	BURST_CASE("0", "is no size; to have it computed, leave the key out or empty\n"),
	BURST_CASE("1.5", "is no whole number of bytes\n"),
	BURST_CASE("1025M", "is more than 1024M\n"),
	BURST_CASE("10KB", SIZE),
	BURST_CASE("1G", SIZE),
	BURST_CASE("auto", SIZE),
	LINE_CASE("gemodel", "1", "needs its unit, as in 1%\n"),
	LINE_CASE("gemodel", "1% 20", "needs its unit, as in 1%\n"),
	LINE_CASE("gemodel", "1% 20% 101%", "is more than 100%\n"),
	LINE_CASE("gemodel", "1% 2% 3% 4% 5%", GEMODEL),
	LINE_CASE("gemodel", "1%, 20%", GEMODEL),
	LINE_CASE("gemodel", "bad", GEMODEL),
	LINE_CASE("gemodel", "1% 0000000000000000000000000000000000001%", GEMODEL),
	LINE_CASE("gemodel", "0%",
		  "never turns the line bad: the first probability must be more than 0%\n"),
	LINE_CASE("gemodel", "1% 0%", GOOD_AGAIN),
	LINE_CASE("gemodel", "100%", GOOD_AGAIN),
	LINE_CASE("gemodel", "1% 20% 0%",
		  "loses nothing: the third probability must be more than 0%\n"),
	LINE_CASE("slot", "5", "needs a unit, as in 20ms\n"),
	LINE_CASE("slot", "0ms", "is no time; for none, leave the key out or empty\n"),
	LINE_CASE("slot", "5ms 4ms", "must have the shorter time first\n"),
	LINE_CASE("slot", "5ms 61s", "is more than 60s\n"),
	LINE_CASE("slot", "5ms 6ms 7ms", SLOT),
	LINE_CASE("seed", "0", SEED),
	LINE_CASE("seed", "-1", SEED),
	LINE_CASE("seed", "0x10", SEED),
	LINE_CASE("seed", "1 2", SEED),
	LINE_CASE("seed", "18446744073709551616", SEED),
	LINE_CASE("seed", "99999999999999999999999", SEED),
	{ "qdisc", V("qdisc=htb"), "2: qdisc=htb: must be fq_codel, pfifo or cake\n", 0 },
	{ "each key of a time or probability",
	  V("jitter=1\nqueue=1\nduplicate=1\ncorrupt=1\nreorder=1\noutbound-delay=1\n"
	    "outbound-jitter=1\noutbound-loss=1\noutbound-duplicate=1\noutbound-corrupt=1\n"
	    "outbound-reorder=1\ninbound-rate=1\noutbound-rate=1"),
	  "2: jitter=1: needs a unit, as in 20ms\n3: queue=1: needs a unit, as in 20ms\n"
	  "4: duplicate=1: needs its unit, as in 1%\n5: corrupt=1: needs its unit, as in 1%\n"
	  "6: reorder=1: needs its unit, as in 1%\n7: outbound-delay=1: needs a unit, as in 20ms\n"
	  "8: outbound-jitter=1: needs a unit, as in 20ms\n"
	  "9: outbound-loss=1: needs its unit, as in 1%\n"
	  "10: outbound-duplicate=1: needs its unit, as in 1%\n"
	  "11: outbound-corrupt=1: needs its unit, as in 1%\n"
	  "12: outbound-reorder=1: needs its unit, as in 1%\n"
	  "13: inbound-rate=1: needs a unit, as in 10Mbit\n"
	  "14: outbound-rate=1: needs a unit, as in 10Mbit\n",
	  0 },
};

#define FRAME(key, rate, bytes, mtu, least)                                                        \
	key "=" rate ": is less than one frame in a second, of " bytes " bytes with mtu=" mtu "; " \
	    "write " least " or more, or a smaller mtu=\n"
#define SMALL(burst, bytes, mtu)                                                               \
	"burst=" burst ": is less than one frame, of " bytes " bytes with mtu=" mtu ": every " \
	"packet would be dropped; write " bytes " or more, or leave it out\n"

static const struct bad sections[] = {
	{ "a rate below one frame", V("rate=12111bit"),
	  "2: " FRAME("rate", "12111bit", "1514", "1500", "12112bit"), 0 },
	{ "a rate below one frame of the network's",
	  "[network a]\nmtu=9000\n[vif *]\nnetwork=a\ninbound-rate=72Kbit\noutbound-rate=1Kbit\n",
	  "5: " FRAME("inbound-rate", "72Kbit", "9014", "9000",
		      "72112bit") "6: " FRAME("outbound-rate", "1Kbit", "9014", "9000", "72112bit"),
	  0 },
	{ "a rate below one frame of the vif's own",
	  "[network a]\nmtu=68\n[vif *]\nnetwork=a\nmtu=1000\nrate=8111bit\n",
	  "6: " FRAME("rate", "8111bit", "1014", "1000", "8112bit"), 0 },
	{ "a burst below one frame", V("rate=1M\nburst=1513"), "3: " SMALL("1513", "1514", "1500"),
	  0 },
	{ "a burst below one frame of the network's",
	  "[network a]\nmtu=9000\n[vif *]\nnetwork=a\nburst=2K\nrate=1M\n",
	  "5: " SMALL("2048", "9014", "9000"), 0 },
	{ "a burst for cake", V("rate=1M\nqdisc=cake\nburst=1K"),
	  "4: burst= has no effect with qdisc=cake, which has none; remove one of the two\n", 0 },
	{ "jitter without delay", V("jitter=1ms\noutbound-delay=2ms"),
	  "2: jitter= needs delay=, from which the time that a packet takes varies\n", 0 },
	{ "outbound jitter without delay", V("outbound-jitter=1ms\ndelay=2ms"),
	  "2: outbound-jitter= needs outbound-delay=, from which the time that a packet takes "
	  "varies\n",
	  0 },
	{ "jitter not less than delay", V("delay=10ms\njitter=10ms"),
	  "3: jitter=10ms: must be less than delay=10ms\n", 0 },
	{ "outbound jitter not less than delay", V("outbound-jitter=10.5ms\noutbound-delay=10ms"),
	  "2: outbound-jitter=10500us: must be less than outbound-delay=10ms\n", 0 },
	{ "reorder without delay", V("reorder=1%\noutbound-reorder=1%"),
	  "2: reorder= needs delay=: a packet overtakes others while they wait\n"
	  "3: outbound-reorder= needs outbound-delay=: a packet overtakes others while they wait\n",
	  0 },
	{ "two kinds of losses", V("loss=1%\ngemodel=1%\noutbound-gemodel=1%\noutbound-loss=1%"),
	  "3: gemodel= contradicts loss=: both say which packets are lost; remove one of the two\n"
	  "4: outbound-gemodel= contradicts outbound-loss=: both say which packets are lost; "
	  "remove "
	  "one of the two\n",
	  0 },
	{ "a refused delay is not missed", V("delay=20\njitter=1ms\nreorder=1%"),
	  "2: delay=20: needs a unit, as in 20ms\n", 0 },
	{ "shaping keys twice and misspelt", V("rate=1M\nrate=2M\nlos=1%\noutbound-dealy=1ms"),
	  "3: rate= is given twice in [vif *]; first in line 2\n"
	  "4: unknown key 'los' in [vif *]; did you mean 'loss'?\n"
	  "5: unknown key 'outbound-dealy' in [vif *]; did you mean 'outbound-delay'?\n",
	  0 },
	{ "shaping keys elsewhere", "[network a]\njitter=1ms\n",
	  "2: unknown key 'jitter' in [network a]; it belongs in [vif MATCH]\n", 0 },
};

int main(void)
{
	add_tests(values, XNM_N_ELEMENTS(values));
	add_tests(sections, XNM_N_ELEMENTS(sections));
	return run_bad_policies();
}
