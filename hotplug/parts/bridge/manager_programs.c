/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_programs.c - find the network managers and DHCP clients that run, as /proc tells of them. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "hotplug/base/util.h"

struct process {
	const struct xnm_card *card;
	int pid;
	size_t len;
	char words[4096]; /* its command line, each word with its NUL */
};

static const char *next_word(const struct process *process, const char *word)
{
	const char *end = process->words + process->len;

	word = word ? word + strlen(word) + 1 : process->words;
	return word < end ? word : NULL;
}

static size_t read_some(const struct xnm_card *card, int pid, const char *name, char *text,
			size_t size)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64];
	size_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = xnm_manager_open(card, path);
	len = file ? fread(text, 1, size - 1, file) : 0;
	text[len] = '\0';
	return len;
}

/*
 * /proc/PID/net tells the network namespace, and is readable without privileges, which /proc/PID/ns
 * is not.
 */
static bool is_of_our_net(const struct xnm_card *card, int pid)
{
	char path[64], own[XNM_MANAGER_PATH], its[XNM_MANAGER_PATH];
	struct stat a, b;

	(void)snprintf(path, sizeof(path), "/proc/%d/net/dev", pid);
	xnm_manager_path(card, path, its);
	xnm_manager_path(card, "/proc/self/net/dev", own);
	return stat(own, &a) == 0 && stat(its, &b) == 0 && a.st_ino == b.st_ino;
}

static bool has_word(const struct process *process, const char *wanted)
{
	for (const char *word = next_word(process, NULL); word; word = next_word(process, word)) {
		if (strcmp(word, wanted) == 0)
			return true;
	}
	return false;
}

/* dhclient [OPTION [VALUE]]... [IFNAME]...: without a name it manages all interfaces. */
static bool is_dhclients(const struct process *process)
{
	static const char *const with_value[] = { "-p",	 "-s",	"-g",  "-e",  "-D",  "-C",
						  "-B",	 "-H",	"-F",  "-U",  "-R",  "-V",
						  "-cf", "-df", "-lf", "-pf", "-sf", "--timeout" };
	const char *word = next_word(process, NULL);
	bool has_names = false;

	if (has_word(process, process->card->name))
		return true;
	while (word && (word = next_word(process, word))) {
		has_names |= word[0] != '-' && word[0];
		for (size_t i = 0; word && i < XNM_N_ELEMENTS(with_value); i++) {
			if (strcmp(word, with_value[i]) == 0) {
				word = next_word(process, word);
				break;
			}
		}
	}
	return !has_names;
}

/* udhcpc -i IFNAME, also behind other letters; without a name it is eth0. */
static bool is_udhcpcs(const struct process *process)
{
	const char *name = "eth0";

	for (const char *word = next_word(process, NULL); word; word = next_word(process, word)) {
		size_t len = strlen(word);
		const char *letter = word[0] == '-' && word[1] != '-' ? strchr(word, 'i') : NULL;
		const char *next = next_word(process, word);

		if (strncmp(word, "--interface=", 12) == 0)
			name = word + 12;
		else if (strcmp(word, "--interface") == 0 ||
			 (letter && letter[1] == '\0' && len > 1))
			name = next ? next : "";
		else if (letter && letter == word + 1)
			name = letter + 1;
	}
	return strcmp(name, process->card->name) == 0;
}

/* It overwrites its command line: "dhcpcd: IFNAME [ip4]", or "[manager]" for all interfaces. */
static bool is_dhcpcds(const struct process *process, struct xnm_programs *programs)
{
	const char *title = process->words, *name = process->card->name;
	size_t len = strlen(name);

	if (strncmp(title, "dhcpcd: ", 8) != 0)
		return has_word(process, name);
	title += 8;
	if (strncmp(title, "[manager]", 9) == 0 || strncmp(title, "[master]", 8) == 0) {
		programs->dhcpcd_manager = true;
		programs->dhcpcd_pid = process->pid;
	}
	return strncmp(title, name, len) == 0 && (title[len] == '\0' || title[len] == ' ');
}

/* Clients whose command line has the interface's name, perhaps among others. */
static bool is_other_client(const char *comm)
{
	static const char *const names[] = { "odhcp6c", "dhcp6c", "pump" };

	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		if (strcmp(comm, names[i]) == 0)
			return true;
	}
	return false;
}

static enum xnm_manager_kind look_at(const struct process *process, const char *comm,
				     struct xnm_programs *programs)
{
	if (strcmp(comm, "dhclient") == 0 && is_dhclients(process))
		return XNM_MANAGER_DHCLIENT;
	if (strcmp(comm, "dhcpcd") == 0 && is_dhcpcds(process, programs))
		return XNM_MANAGER_DHCPCD;
	if ((strncmp(comm, "udhcpc", 6) == 0 ||
	     (strcmp(comm, "busybox") == 0 &&
	      (has_word(process, "udhcpc") || has_word(process, "udhcpc6")))) &&
	    is_udhcpcs(process))
		return XNM_MANAGER_UDHCPC;
	if (is_other_client(comm) && has_word(process, process->card->name))
		return XNM_MANAGER_CLIENT;
	/* the kernel keeps 15 letters of a name */
	programs->networkd |= strcmp(comm, "systemd-network") == 0;
	programs->nm |= strcmp(comm, "NetworkManager") == 0;
	programs->connmand |= strcmp(comm, "connmand") == 0;
	programs->wickedd |= strncmp(comm, "wickedd", 7) == 0;
	return XNM_MANAGER_NONE;
}

static bool may_manage(const char *comm)
{
	static const char *const names[] = {
		"dhclient",	   "dhcpcd",	"udhcpc",   "busybox",
		"systemd-network", "NetworkMa", "connmand", "wickedd"
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		if (strncmp(comm, names[i], strlen(names[i])) == 0)
			return true;
	}
	return is_other_client(comm);
}

void xnm_programs_read(const struct xnm_card *card, struct xnm_programs *programs)
{
	struct process process = { .card = card };
	char path[XNM_MANAGER_PATH], comm[32];
	enum xnm_manager_kind kind;
	struct dirent *entry;
	uint32_t pid;
	DIR *folder;

	memset(programs, 0, sizeof(*programs));
	xnm_manager_path(card, "/proc", path);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (xnm_parse_u32(entry->d_name, 1, INT_MAX, &pid))
			continue;
		process.pid = (int)pid;
		if (read_some(card, process.pid, "comm", comm, sizeof(comm)) == 0)
			continue;
		comm[strcspn(comm, "\n")] = '\0';
		if (!may_manage(comm) || !is_of_our_net(card, process.pid))
			continue;
		process.len = read_some(card, process.pid, "cmdline", process.words,
					sizeof(process.words));
		kind = look_at(&process, comm, programs);
		/* where there are helpers, the first process started them */
		if (kind == XNM_MANAGER_NONE ||
		    (programs->client.kind && process.pid > programs->client.pid))
			continue;
		programs->client = (struct xnm_manager){ .kind = kind, .pid = process.pid };
		memcpy(programs->client.what, comm, sizeof(comm));
	}
	if (folder)
		(void)closedir(folder);
}
