/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_dir.c - make a folder with files of /proc, /run and /etc, and look there. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/bridge/manager.h"
#include "tests/unit/parts/bridge/manager_dir.h"

char top[] = "/tmp/xnm-test-manager.XXXXXX";
struct xnm_manager found;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level > 0 ? remove(path) : 0;
}

void write_file(const char *name, const char *bytes, size_t len)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s%s", top, name);
	for (char *slash = strchr(path + strlen(top) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void put(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

void put_process(int pid, const char *comm, const char *line, bool ours)
{
	char path[64], own[128], its[128], words[256];
	size_t len = strlen(line) + 1;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	put(path, comm);
	memcpy(words, line, len);
	for (size_t i = 0; strncmp(line, "dhcpcd:", 7) != 0 && i < len; i++)
		words[i] = words[i] == ' ' ? '\0' : words[i];
	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	write_file(path, words, len);
	(void)snprintf(path, sizeof(path), "/proc/%d/net/dev", pid);
	put(path, "");
	if (!ours)
		return;
	(void)snprintf(own, sizeof(own), "%s/proc/self/net/dev", top);
	(void)snprintf(its, sizeof(its), "%s%s", top, path);
	assert_int_equal(unlink(its), 0);
	assert_int_equal(link(own, its), 0);
}

int fresh(void **state)
{
	(void)state;
	(void)nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	put("/proc/self/net/dev", "");
	put("/proc/sys/kernel", "");
	return 0;
}

enum xnm_manager_kind find(void)
{
	const struct xnm_card card = { .root = top,
				       .name = "eth0",
				       .bridge = "br0",
				       .ifindex = CARD,
				       .mac = { { 0x00, 0x16, 0x3e, 0, 0, 1 } } };

	xnm_manager_find(&card, &found);
	return found.kind;
}

void mask(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/etc/systemd/system/%s.service", top, name);
	assert_int_equal(symlink("/dev/null", path), 0);
}

void enable(const char *name, unsigned int way)
{
	static const struct {
		const char *init, *folder, *end;
	} ways[] = {
		{ "/run/systemd/system/x", "/etc/systemd/system/multi-user.target.wants/",
		  ".service" },
		{ "/run/systemd/system/x", "/run/systemd/generator/multi-user.target.wants/",
		  ".service" },
		{ "/run/openrc/x", "/etc/runlevels/default/", "" },
		{ "/run/initctl", "/etc/rc2.d/S02", "" },
	};
	char path[128];

	put(ways[way].init, "");
	(void)snprintf(path, sizeof(path), "%s%s%s", ways[way].folder, name, ways[way].end);
	put(path, "");
}

bool make_top(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return mkdtemp(top) != NULL;
}

int remove_top(int failed)
{
	(void)nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	(void)rmdir(top);
	return failed;
}
