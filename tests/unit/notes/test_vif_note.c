/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vif_note.c - each key in the notes on a vif is written, read, compared, copied and cleared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>

#include <cmocka.h>

#include "hotplug/notes/vif.h"
#include "hotplug/notes/vif.c"
#include "tests/unit/run_dir.h"

/* A value of each type that is another than none. */
static const char *const samples[XNM_N_NOTE_TYPES] = {
	[XNM_NOTE_TEXT] = "some text",	[XNM_NOTE_IFNAME] = "eth0",
	[XNM_NOTE_FILE] = "br0.10",	[XNM_NOTE_MAC] = "00:16:3e:00:00:01",
	[XNM_NOTE_DOMID] = "7",		[XNM_NOTE_MTU] = "9000",
	[XNM_NOTE_MTU_FROM] = "bridge", [XNM_NOTE_NUMBER] = "4294967295",
	[XNM_NOTE_FLAGS] = "1023",	[XNM_NOTE_BOOL] = "yes",
	[XNM_NOTE_VIF] = "3.4",		[XNM_NOTE_ADDRESS] = "10.0.0.5/32",
	[XNM_NOTE_TOLD_LEN] = "24",	[XNM_NOTE_ELEMENTS] = NULL, /* made below */
};

static const char *sample(const struct row *row)
{
	static char text[XNM_ELEMENT_TEXT_LEN];
	struct xnm_elements elements = { 0 };

	if (samples[row->type])
		return samples[row->type];
	xnm_key_ifname(xnm_elements_add(&elements, XNM_SET_BRIDGE_GUARD), 0, "vif1.0");
	xnm_element_format(&elements.list[0], text);
	return text;
}

/* The notes of a vif with a MAC address, as each has, and one value more. */
static void fill(struct xnm_vif_note *state, const struct row *row)
{
	xnm_vif_note_clear(state);
	state->domid = 1;
	assert_int_equal(xnm_parse_mac("00:16:3e:ff:ff:ff", &state->address.mac), 0);
	if (!row)
		return;
	if (xnm_note_types[row->type].of_last)
		assert_true(read_key(state, "address", "10.0.0.5"));
	assert_true(read_key(state, row->key, sample(row)));
}

static void test_each_key(void **unused)
{
	static struct xnm_vif_note with, without, other;

	(void)unused;
	fill(&without, NULL);
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		fill(&with, &rows[i]);
		if (xnm_vif_note_equal(&with, &without))
			fail_msg("%s is not compared", rows[i].key);
		assert_int_equal(xnm_vif_note_write(&dir, &with), 0);
		assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &other), 0);
		/* who has no mac-scope gets that of older notes */
		memcpy(other.address.mac_scope, with.address.mac_scope,
		       sizeof(with.address.mac_scope));
		if (!xnm_vif_note_equal(&with, &other))
			fail_msg("%s is not read as it was written", rows[i].key);
		memset(&other, 0xa5, sizeof(other));
		xnm_vif_note_copy(&other, &with);
		if (!xnm_vif_note_equal(&with, &other))
			fail_msg("%s is not copied", rows[i].key);
		xnm_vif_note_clear(&other);
		memcpy(&other.address.mac, &without.address.mac, sizeof(other.address.mac));
		other.domid = 1;
		if (!xnm_vif_note_equal(&other, &without))
			fail_msg("%s is not cleared", rows[i].key);
	}
}

/* Two values of a list differ in one entry, or in how many they are. */
static void test_each_list(void **unused)
{
	static struct xnm_vif_note one, two;

	(void)unused;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		if (!rows[i].max || xnm_note_types[rows[i].type].of_last)
			continue;
		fill(&one, &rows[i]);
		fill(&two, &rows[i]);
		assert_true(read_row(&two, &rows[i], sample(&rows[i])));
		assert_int_equal(number(&two, &rows[i]), 2);
		assert_false(xnm_vif_note_equal(&one, &two));
		assert_false(xnm_vif_note_equal(&two, &one));
		while (number(&two, &rows[i]) < rows[i].max)
			assert_true(read_row(&two, &rows[i], sample(&rows[i])));
		assert_false(read_row(&two, &rows[i], sample(&rows[i])));
	}
}

/* A member of which the table knows nothing would keep what the vif before had. */
static void test_each_member(void **unused)
{
	static uint8_t covered[sizeof(struct xnm_vif_note)];
	size_t gap = 0;

	(void)unused;
	memset(covered + offsetof(struct xnm_vif_note, domid), 1, 4);
	memset(covered + offsetof(struct xnm_vif_note, devid), 1, 4);
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];

		memset(covered + row->offset, 1, row->size * (row->max ? row->max : 1));
		if (row->max)
			memset(covered + row->count, 1, sizeof(unsigned int));
		if (row->has_flag)
			covered[row->flag] = 1;
	}
	/* what is left is padding: to the alignment of what follows, which is four at most */
	for (size_t i = 0; i < sizeof(covered); i++) {
		gap = covered[i] ? 0 : gap + 1;
		if (gap > 3)
			fail_msg("byte %zu of struct xnm_vif_note is in no row of vif.def", i);
	}
}

/* Guests run while xnm is replaced by an older one, too. */
static void test_newer(void **unused)
{
	static struct xnm_vif_note state;

	(void)unused;
	put_file("vif/1.0", "[vif]\nmac=00:16:3e:00:00:01\ncolour=red\nmtu=1400\n");
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &state), 0);
	assert_int_equal(state.device.mtu_bytes, 1400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_key, open_run, remove_run),
		cmocka_unit_test_setup_teardown(test_each_list, open_run, remove_run),
		cmocka_unit_test_setup_teardown(test_each_member, open_run, remove_run),
		cmocka_unit_test_setup_teardown(test_newer, open_run, remove_run),
	};

	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("vif_note", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
