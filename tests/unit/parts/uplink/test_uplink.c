/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_uplink.c - what probes mean, how uplinks are noted, and what the policy says of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hotplug/parts/uplink/uplink.h"
#include "tests/unit/run_dir.h"

static const struct xnm_quality limits = {
	.down = 3,
	.up = 2,
	.failure_loss_percent = 40,
	.recovery_loss_percent = 10,
	.failure_latency_ms = 1000,
	.recovery_latency_ms = 500,
};

/* One probe of ten pings. */
static bool probe(struct xnm_health *health, uint32_t received, uint32_t latency_ms)
{
	const struct xnm_quality_found found = { 10, received, latency_ms * 1000 };

	return xnm_health_update(health, &limits, &found);
}

static void test_loss(void **state)
{
	struct xnm_health health = { 0 };

	(void)state;
	/* the limit itself is bad, just below it is not */
	assert_false(probe(&health, 7, 1));
	assert_int_equal(health.bad, 0);
	assert_int_equal(health.loss_percent, 30);
	assert_false(probe(&health, 6, 1));
	assert_int_equal(health.bad, 1);
	assert_int_equal(health.loss_percent, 40);
	/* one that is good begins anew */
	assert_false(probe(&health, 10, 1));
	assert_int_equal(health.bad, 0);
	assert_false(probe(&health, 0, 0));
	assert_false(probe(&health, 0, 0));
	assert_false(health.down);
	assert_true(probe(&health, 0, 0));
	assert_true(health.down);
	assert_int_equal(health.latency_us, 0);
}

static void test_recovery(void **state)
{
	struct xnm_health health = { .known = true, .down = true };

	(void)state;
	/* better than what made it go down is not yet good */
	assert_false(probe(&health, 8, 1));
	assert_int_equal(health.good, 0);
	assert_false(probe(&health, 9, 1));
	assert_int_equal(health.good, 1);
	assert_false(probe(&health, 10, 501));
	assert_int_equal(health.good, 0);
	assert_false(probe(&health, 10, 500));
	assert_true(probe(&health, 9, 1));
	assert_false(health.down);
	assert_int_equal(health.good, 0);
}

static void test_latency(void **state)
{
	struct xnm_health health = { 0 };

	(void)state;
	assert_false(probe(&health, 10, 999));
	assert_int_equal(health.bad, 0);
	for (int i = 0; i < 2; i++)
		assert_false(probe(&health, 10, 1000));
	assert_true(probe(&health, 10, 2000));
	assert_true(health.down);
	assert_int_equal(health.latency_us, 2000000);
}

/* A probe that could not send anything is as bad as one without answers; no loss rounds to none. */
static void test_extremes(void **state)
{
	const struct xnm_quality_found nothing = { 0, 0, 0 }, one = { 1000, 999, 1 };
	struct xnm_quality strict = limits;
	struct xnm_health health = { 0 };

	(void)state;
	strict.down = 1;
	strict.failure_loss_percent = 1;
	assert_true(xnm_health_update(&health, &strict, &nothing));
	assert_int_equal(health.loss_percent, 100);
	health = (struct xnm_health){ 0 };
	assert_true(xnm_health_update(&health, &strict, &one));
	assert_int_equal(health.loss_percent, 1);
	/* all that is lost is never good, whatever the limits say */
	strict.failure_loss_percent = strict.recovery_loss_percent = 100;
	health = (struct xnm_health){ .down = true };
	assert_false(xnm_health_update(&health, &strict, &nothing));
	assert_int_equal(health.good, 0);
}

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static void fill(struct xnm_uplink_note *note)
{
	xnm_uplink_note_clear(note, "wired");
	strcpy(note->device, "eth0");
	note->has_owner = true;
	note->owner = (struct xnm_owner){ 7, 1 };
	note->n_routes = 2;
	for (int i = 0; i < 2; i++)
		note->routes[i] =
			(struct xnm_default){ .gateway = cidr(i ? "2001:db8::1" : "192.0.2.1"),
					      .has_gateway = true,
					      .metric = 100,
					      .protocol = XNM_RTPROT };
	strcpy(note->left_device, "eth1");
	note->n_left = 1;
	note->left[0] = note->routes[1];
	note->left[0].metric = 300;
	note->dhcp_pid = 1234;
	note->dhcp_started = 5000000000;
	note->leased = cidr("192.0.2.9/24");
	note->router = cidr("192.0.2.1");
	note->health = (struct xnm_health){ true, true, 0, 1, 30, 12345, 6000000000 };
}

static void test_note(void **state)
{
	struct xnm_uplink_note wrote, read;

	(void)state;
	fill(&wrote);
	assert_int_equal(xnm_uplink_note_read(&dir, "wired", &read), -ENOENT);
	assert_int_equal(xnm_uplink_note_remove(&dir, "wired"), 0);
	assert_int_equal(xnm_uplink_note_write(&dir, &wrote), 0);
	assert_int_equal(xnm_uplink_note_read(&dir, "wired", &read), 0);
	assert_memory_equal(&read, &wrote, sizeof(read));
	assert_true(xnm_uplink_note_equal(&read, &wrote));
	read.routes[1].metric++;
	assert_false(xnm_uplink_note_equal(&read, &wrote));
	assert_int_equal(xnm_uplink_note_remove(&dir, "wired"), 0);
	assert_int_equal(xnm_uplink_note_read(&dir, "wired", &read), -ENOENT);
}

/* What somebody else has written there names no device and no route. */
/* one more than fits */
static const char five_routes[] = "[uplink]\n"
				  "route=192.0.2.1 1\nroute=192.0.2.2 1\n"
				  "route=192.0.2.3 1\nroute=192.0.2.4 1\n"
				  "route=192.0.2.5 1\n";

static void test_damaged(void **state)
{
	static const char *const bad[] = {
		"device=eth0\n",
		"[uplink]\ndevice=../x\n",
		"[uplink]\nroute=192.0.2.1\n",
		"[uplink]\nroute=nowhere 100\n",
		"[uplink]\nroute=192.0.2.1 -1\n",
		"[uplink]\nvif=x\n",
		"[uplink]\ndhcp-pid=0\n",
		"[uplink]\ndhcp-pid=-1\n",
		five_routes,
	};
	struct xnm_uplink_note note;

	(void)state;
	fill(&note);
	assert_int_equal(xnm_uplink_note_write(&dir, &note), 0);
	for (size_t i = 0; i < XNM_N_ELEMENTS(bad); i++) {
		put_file("uplink/wired", bad[i]);
		assert_int_equal(xnm_uplink_note_read(&dir, "wired", &note), -EINVAL);
		assert_int_equal(note.n_routes, 0);
		assert_string_equal(note.device, "");
	}
	assert_int_equal(xnm_uplink_note_remove(&dir, "wired"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_recovery),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test_setup_teardown(test_note, open_run, remove_run),
		cmocka_unit_test_setup_teardown(test_damaged, open_run, remove_run),
	};

	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("uplink", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
