/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - a xenstore of domains without anything in them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/xen/store.h"
#include "tests/unit/core/fake/fake.h"

int xnm_store_write(struct xnm_store *store, const char *dir, const char *key, const char *value)
{
	(void)store;
	return fake_call("write %s/%s=%s", dir, key, value);
}

int xnm_store_remove_all(struct xnm_store *store, const char *path)
{
	(void)store;
	return fake_call("remove all %s", path);
}

int xnm_store_begin(struct xnm_store *store)
{
	(void)store;
	return fake_call("begin");
}

int xnm_store_end(struct xnm_store *store, bool commit)
{
	(void)store;
	return fake_call(commit ? "commit" : "abort");
}

void xnm_store_look_begin(struct xnm_store *store, const struct xnm_store_nodes *nodes)
{
	(void)store;
	(void)nodes;
}

bool xnm_store_look_end(struct xnm_store *store)
{
	(void)store;
	return false;
}

bool xnm_store_find_busy(struct xnm_store *store, const struct xnm_store_nodes *nodes,
			 bool busy[XNM_STORE_MAX_NODES])
{
	(void)store;
	(void)nodes;
	(void)busy;
	return false;
}

int xnm_store_make_for(struct xnm_store *store, const char *path, unsigned int domid)
{
	(void)store;
	return fake_call("make %s for %u", path, domid);
}

int xnm_store_remove(struct xnm_store *store, const char *dir, const char *key)
{
	(void)store;
	return fake_call("remove %s/%s", dir, key);
}

int xnm_store_make_between(struct xnm_store *store, const char *path, unsigned int owner,
			   unsigned int reader)
{
	(void)store;
	return fake_call("make %s for %u and %u", path, owner, reader);
}

/* A xenstore of domains without anything in them. */
int xnm_store_read(struct xnm_store *store, const char *dir, const char *key, char *out,
		   size_t out_size)
{
	(void)store;
	(void)key;
	(void)out_size;
	out[0] = '\0';
	return strcmp(dir, "/local/domain") == 0 ? 0 : -ENOENT;
}

int xnm_store_list(struct xnm_store *store, const char *path,
		   void (*fn)(void *arg, const char *name), void *arg)
{
	(void)store;
	(void)path;
	(void)fn;
	(void)arg;
	return fake.list_rc;
}
