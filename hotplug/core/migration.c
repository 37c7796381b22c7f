/* SPDX-License-Identifier: GPL-2.0-or-later */
/* migration.c - find out whether xl has added a migration's suffix to a guest's name. */
#include "hotplug/core/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/core/identity.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/xen/store.h"
#include "policy/policy.h"

struct witness_search {
	const struct xnm_guest *guest;
	const char *name; /* without the suffix */
	struct xnm_store *store;
	const struct xnm_run_dir *dir;
	uint32_t domid;
	bool found;
};

/* Without a UUID from the toolstack, the name alone decides; otherwise both must match. */
static bool is_same_uuid(struct xnm_store *store, const char *domain, const char *uuid)
{
	char vm[64], theirs[XNM_UUID_TEXT_LEN] = "";
	int rc = xnm_store_read(store, domain, "vm", vm, sizeof(vm));

	if (rc)
		return rc == -ENOENT && !uuid[0];
	xnm_uuid_of_vm(vm, theirs);
	return uuid[0] && strcmp(theirs, uuid) == 0;
}

/* No two domains have one name: the domain with that name is this guest, which still runs there. */
static void look_at(void *arg, const char *entry)
{
	struct witness_search *search = arg;
	char path[64], name[sizeof(search->guest->domain_name)];
	uint32_t domid;

	if (search->found || xnm_parse_u32(entry, 0, XNM_DOMID_MAX, &domid) ||
	    domid == search->domid)
		return;
	(void)snprintf(path, sizeof(path), "/local/domain/%u", domid);
	search->found = xnm_store_read(search->store, path, "name", name, sizeof(name)) == 0 &&
			strcmp(name, search->name) == 0 &&
			is_same_uuid(search->store, path, search->guest->uuid);
}

/* An earlier event has found it out and noted it, for this domain or for the other one that xl
 * renamed. */
static int look_at_note(void *arg, uint32_t domid, uint32_t devid)
{
	const struct witness_search *search = arg;
	const struct xnm_guest *guest = search->guest;
	static struct xnm_vif_note state;

	if (xnm_vif_note_read(search->dir, domid, devid, &state) ||
	    strcmp(state.domain_name, search->name) != 0 || strcmp(state.uuid, guest->uuid) != 0)
		return 0;
	return guest->uuid[0] || xnm_mac_equal(&state.address.mac, &guest->mac);
}

/*
 * From another host: only xl knows of it here. xl is our parent when it runs the script
 * (xl_migrate.c, migrate_receive()), and gives such names for no other reason.
 */
static bool is_received(const char *text, size_t len)
{
	const char *program = memrchr(text, '/', strlen(text));

	program = program ? program + 1 : text;
	if (strcmp(program, "xl") != 0)
		return false;
	for (size_t i = strlen(text) + 1; i < len; i += strlen(text + i) + 1) {
		if (strcmp(text + i, "migrate-receive") == 0)
			return true;
	}
	return false;
}

static bool xl_receives(void)
{
	_cleanup_close_ int fd = -1;
	char path[32], text[1024];
	ssize_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (len <= 0)
		return false;
	text[len] = '\0';
	return is_received(text, (size_t)len);
}

static bool is_witnessed(struct witness_search *search, const struct xnm_policy *policy)
{
	if (xnm_vif_note_each(search->dir, look_at_note, search) > 0)
		return true;
	(void)xnm_store_list(search->store, "/local/domain", look_at, search);
	return search->found || xnm_policy_names_uuid(policy, search->name, search->guest->uuid) ||
	       xl_receives();
}

void xnm_facts_migration(struct xnm_guest *guest, struct xnm_store *store,
			 const struct xnm_run_dir *dir, const struct xnm_event *event,
			 const struct xnm_policy *policy)
{
	char name[sizeof(guest->domain_name)];
	struct witness_search search = { guest, name, store, dir, event->domid, false };

	memcpy(name, guest->domain_name, sizeof(name));
	if (xnm_strip_migration_suffix(name) && is_witnessed(&search, policy))
		memcpy(guest->domain_name, name, sizeof(name));
}
