/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_nft_tags.c - which kernels can change a VLAN tag by nftables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft_rule.h"

static void test_releases(void **state)
{
	static const struct {
		const char *release, *version;
		bool can;
	} cases[] = {
		{ "6.18.44", "#1 SMP", true },
		{ "6.10.0-rc7", "#1", true },
		{ "7.0.1", "#1", true },
		{ "6.9.3", "#1", false },
		{ "6.9.4-200.fc40.x86_64", "#1", true },
		{ "6.8.12", "#1", false },
		{ "6.6.32", "#1", false },
		{ "6.6.33", "#1", true },
		{ "6.1.93", "#1", true },
		{ "6.1.0", "#1", false },
		{ "6.1.0-56-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-11-02)", true },
		{ "6.1.0-9-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.27-1 (2023-05-08)", false },
		{ "6.12.9+bpo-amd64", "#1 SMP Debian 6.12.9-1~bpo12+1 (2025-01-19)", true },
		{ "5.15.200", "#1", false },
		{ "unknown", "", false },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++)
		assert_int_equal(xnm_nft_release_sets_tags(cases[i].release, cases[i].version),
				 cases[i].can);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_releases) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nft-tags", tests, NULL, NULL);
}
