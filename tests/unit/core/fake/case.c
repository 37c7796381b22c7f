/* SPDX-License-Identifier: GPL-2.0-or-later */
/* case.c - begin and end a test of what carries plans out; plan operations, and note what others have. */
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/stages.h"
#include "hotplug/parts/dnsmasq/stages.h"
#include "hotplug/parts/filter/stages.h"
#include "hotplug/parts/foreign/stages.h"
#include "hotplug/parts/network/stages.h"
#include "tests/unit/core/fake/case.h"

struct xnm_ctx ctx;
struct xnm_plan plan;
static struct xnm_event event;
static char run_dir[] = "/tmp/xnm-test-apply.XXXXXX";

/* Those of their stages that operations call. */
static const struct xnm_part network = { .released = network_released };
static const struct xnm_part filter = { .release = filter_release, .released = filter_released };
static const struct xnm_part foreign = { .release = foreign_release };
static const struct xnm_part dnsmasq = { .before_bridge_goes = dnsmasq_before_bridge_goes };
static const struct xnm_part conntrack = { .released = conntrack_released,
					   .rebuild = conntrack_rebuild };
static const struct xnm_part *const parts[] = { &network, &filter,    &foreign,
						&dnsmasq, &conntrack, NULL };

int begin(void **state)
{
	(void)state;
	fake_clear();
	memset(&plan, 0, sizeof(plan));
	plan.domid = plan.note.domid = 1;
	plan.note.address.mac.b[5] = 1;
	COPY_NAME(plan.network.name, "lan");
	COPY_NAME(plan.network.old_name, "lan");
	COPY_NAME(plan.address.scope, "br0");
	COPY_NAME(plan.address.old_scope, "br0");
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	memset(&ctx, 0, sizeof(ctx));
	ctx.rtnl = (struct xnm_rtnl *)&ctx;
	ctx.parts = parts;
	ctx.event = &event;
	ctx.frontend = "/fe";
	return xnm_run_dir_open(&ctx.dir, run_dir, false);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level ? remove(path) : 0;
}

int end(void **state)
{
	(void)state;
	xnm_run_dir_close(&ctx.dir);
	return nftw(run_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

bool make_run_dir(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return mkdtemp(run_dir) != NULL;
}

int remove_run_dir(int failed)
{
	return rmdir(run_dir) ? 1 : failed;
}

struct xnm_op *op(const struct xnm_op_type *type, const char *dev, int ifindex)
{
	struct xnm_op *new = &plan.op[plan.n++];

	new->type = type;
	new->phase = XNM_PHASE_DEVICE;
	new->ifindex = ifindex;
	COPY_NAME(new->dev, dev);
	return new;
}

struct xnm_op *shared_op(const struct xnm_op_type *type, const char *dev, int ifindex)
{
	struct xnm_op *new = op(type, dev, ifindex);

	new->phase = XNM_PHASE_BRIDGE;
	return new;
}

int apply(const struct xnm_op_type *type, const char *dev)
{
	fake.calls[0] = ctx.err.text[0] = '\0';
	plan.n = 0;
	(void)op(type, dev, 10);
	return xnm_apply_online(&ctx, &plan);
}

void check_failing(void **state, const struct failing *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc;

		if (i) {
			end(state);
			assert_int_equal(begin(state), 0);
		}
		will_fail(rows[i].call, rows[i].rc);
		rc = apply(rows[i].type, "vif1.0");
		if (rc != rows[i].wanted)
			fail_msg("row %zu: %d", i, rc);
		assert_int_equal(ctx.err.text[0] == '\0', rc == 0);
		assert_int_equal(fake.n_failures, 0);
	}
}

struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

struct xnm_element named(enum xnm_set_id set, const char *name)
{
	struct xnm_elements elements = { 0 };
	struct xnm_element *element = xnm_elements_add(&elements, set);

	xnm_key_ifname(element, 0, name);
	return *element;
}

void note_vif(uint32_t domid, const char *ifname)
{
	static struct xnm_vif_note noted;

	xnm_vif_note_clear(&noted);
	noted.domid = domid;
	noted.address.mac.b[5] = (uint8_t)domid;
	COPY_NAME(noted.device.ifname, ifname);
	noted.filter.elements[0].n = 1;
	noted.filter.elements[0].list[0] = named(XNM_SET_BRIDGE_GUARD, ifname);
	noted.filter.elements[1].n = 1;
	noted.filter.elements[1].list[0] = named(XNM_SET_INET_GUARD, ifname);
	assert_int_equal(xnm_vif_note_write(&ctx.dir, &noted), 0);
}

void note_network(const char *name, const char *bridge)
{
	struct xnm_network_note *note = &plan.network.note;

	COPY_NAME(note->bridge, bridge);
	note->elements.n = 1;
	note->elements.list[0] = named(XNM_SET_INSIDE, bridge);
	assert_int_equal(xnm_network_note_write(&ctx.dir, name, note), 0);
}

void add_setting(const char *path, uint32_t value, bool from_one)
{
	struct xnm_setting *setting = &plan.network.sysctls[plan.network.n_sysctls++];

	COPY_NAME(setting->path, path);
	setting->value = value;
	setting->from_one = from_one;
	COPY_NAME(plan.network.note.settings[plan.network.note.n_settings], path);
	plan.network.note.n_settings++;
}
