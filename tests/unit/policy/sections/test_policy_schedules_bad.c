/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_schedules_bad.c - mistakes in the steps of a [schedule]. */
#include "tests/unit/policy/bad_policies.h"

#define TIME "the time must be a whole number with its unit ms, s, min, h or d, as in 120s\n"
#define PAIRS                                                                                 \
	"behind the vif must come KEY=VALUE..., as in rate=1Mbit; of a list, repeat the key " \
	"for each word\n"
#define VIF	"the first word behind set and reset must be a vif, as in web1/0 or vif1.0\n"
#define NAMES	"behind the vif must come nothing, or names of keys, as in rate\n"
#define PROFILE "profile must be followed by the name of one, and nothing else\n"

/* One step that cannot be read. */
#define FORM(step, message)                                                                    \
	{                                                                                      \
		"step=" step, "[schedule x]\nstep=" step "\n", "2: step=" step ": " message, 0 \
	}
/* Steps behind a policy of ten lines. */
#define S(steps)                                                                   \
	"[profile slow]\n[profile fast]\n[network lan]\n[vif web*]\nnetwork=lan\n" \
	"delay=20ms\n[vif db/1]\nmatch-bridge=x\n[vif *]\n[schedule x]\n" steps "\n"
#define KEYS(step, message)                                            \
	{                                                              \
		step, S("step=0s " step), "11: step: " message "\n", 0 \
	}

static const struct bad forms[] = {
	FORM("10 end", TIME),
	FORM("x end", TIME),
	FORM("-1s end", TIME),
	FORM("01s end", TIME),
	FORM("1.5s end", TIME),
	FORM("1sec end", TIME),
	FORM("s end", TIME),
	FORM("31d end", "the time is more than 30 days\n"),
	FORM("2592000001ms end", "the time is more than 30 days\n"),
	FORM("4294967296s end", "the time is more than 30 days\n"),
	FORM("1s", "behind the time must come profile, set, reset or end\n"),
	FORM("1s stop", "behind the time must come profile, set, reset or end\n"),
	FORM("1s end now", "nothing may come behind end\n"),
	FORM("1s profile", PROFILE),
	FORM("1s profile a b", PROFILE),
	FORM("1s profile --default", PROFILE),
	FORM("1s set", VIF),
	FORM("1s set rate=1Mbit", VIF),
	FORM("1s reset", VIF),
	FORM("1s reset --all", VIF),
	FORM("1s set web1/0", PAIRS),
	FORM("1s set web1/0 rate", PAIRS),
	FORM("1s set web1/0 address=10.0.0.1 10.0.0.2", PAIRS),
	FORM("1s set web1/0 =1", PAIRS),
	FORM("1s reset web1/0 rate=", NAMES),
	{ "a time of many digits", "[schedule x]\nstep=000000000000000000000000001s end\n",
	  "2: step=000000000000000000000000001s end: must be TIME profile NAME, TIME set VIF "
	  "KEY=VALUE..., TIME reset VIF [KEY...] or TIME end, as in 120s set web1/0 rate=1Mbit\n",
	  0 },
};

static const struct bad keys[] = {
	KEYS("set web1 rat=1Mbit", "unknown key 'rat' in [vif web1/0]; did you mean 'rate'?"),
	KEYS("reset web1 rat", "unknown key 'rat' in [vif web1/0]; did you mean 'rate'?"),
	KEYS("set web1/0 rate=1", "rate=1: needs a unit, as in 10Mbit"),
	KEYS("set vif1.0 mtu=67", "mtu=67: must be a number of bytes from 68 to 65535"),
	KEYS("set vif1.0 match-mac=x",
	     "match-mac= cannot be set for a vif that runs: it tells which vifs a section is for, "
	     "and this is for one vif alone"),
	KEYS("set vif1.0 profile=slow",
	     "profile= cannot be set for a vif that runs: it tells when a section exists"),
	KEYS("reset vif1.0 network",
	     "network= cannot be set for a vif that runs: pools, uplinks and other sections rely "
	     "on the network that the policy gives to a vif; change it there, and run 'xnm-vif "
	     "reapply'"),
	KEYS("set web1 mtu=1400 mtu=1400", "mtu is given twice"),
	KEYS("reset web1 address address", "address is given twice"),
	KEYS("set db jitter=5ms",
	     "jitter= needs delay=, from which the time that a packet takes varies"),
	KEYS("set web1/0 delay=5ms jitter=5ms", "jitter=5ms: must be less than delay=5ms"),
	KEYS("set web1/0 acl=nix", "acl=nix: there is no [acl nix]"),
	KEYS("profile slwo", "there is no [profile slwo]; did you mean 'slow'?"),
	KEYS("profile nothing", "there is no [profile nothing]"),
};

static const struct bad orders[] = {
	{ "without a step", "[schedule x]\ndescription=y\n", "1: [schedule x]: has no step=\n", 0 },
	{ "an earlier step",
	  S("step=2s profile slow\nstep=1999ms profile fast\nstep=2s profile slow"),
	  "12: step: is before the step in t:11; write them in the order of their times\n", 0 },
	{ "behind the end", S("step=2s end\nstep=3s profile fast"),
	  "12: step: comes behind the end, in t:11\n", 0 },
	{ "what two steps make of a vif",
	  S("step=0s set web1 jitter=5ms\nstep=1s set web1/0 delay=5ms"),
	  "12: step: jitter=5ms: must be less than delay=5ms\n", 0 },
	{ "after a reset of a part",
	  S("step=0s set db delay=9ms jitter=5ms\nstep=1s reset db/0 delay"),
	  "12: step: jitter= needs delay=, from which the time that a packet takes varies\n", 0 },
	{ "what is wrong is said once", S("step=0s set web1 mtu=6\nstep=1s set web1 rate=1Mbit"),
	  "11: step: mtu=6: must be a number of bytes from 68 to 65535\n", 0 },
};

int main(void)
{
	add_tests(forms, XNM_N_ELEMENTS(forms));
	add_tests(keys, XNM_N_ELEMENTS(keys));
	add_tests(orders, XNM_N_ELEMENTS(orders));
	return run_bad_policies();
}
