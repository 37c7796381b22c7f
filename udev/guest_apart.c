/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_apart.c - find a guest's uplinks, and the interfaces that must not forward to each other
 * while it shares. */
#include "udev/guest_run.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/file.h"
#include "hotplug/base/util.h"
#include "hotplug/core/elements/apart.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"

#define NOTE	      "apart"
#define NOTE_TEXT_MAX (2 * 2 * GUEST_MAX_LINKS * (IFNAMSIZ + 20))

static const int families[2] = { AF_INET, AF_INET6 };

static struct guest_link *add(struct guest_links *links, const char *name, int ifindex)
{
	struct guest_link *link = &links->list[links->n];

	if (links->n == GUEST_MAX_LINKS)
		return NULL;
	memset(link, 0, sizeof(*link));
	xnm_copy(link->name, sizeof(link->name), name);
	link->ifindex = ifindex;
	links->n++;
	return link;
}

/* ------------------------------------------------------------------- notes */

/* "ipv4=eth5 7": must not forward, and its ifindex; "own4=eth5 7": its own forwarding setting was
 * on */
static bool read_line(void *arg, const char *key, const char *value)
{
	struct guest_host *host = arg;
	unsigned int ip = key[0] && key[strlen(key) - 1] == '6';
	bool own = strncmp(key, "own", 3) == 0;
	const char *blank = strchr(value, ' ');
	char name[IFNAMSIZ];
	uint32_t ifindex;

	if (!blank || (size_t)(blank - value) >= sizeof(name) ||
	    xnm_parse_u32(blank + 1, 1, INT32_MAX, &ifindex))
		return false;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(blank - value), value);
	return add(own ? &host->apart[ip].old_own : &host->apart[ip].old, name, (int)ifindex) !=
	       NULL;
}

static int read_note(struct guest_run *run, struct guest_host *host)
{
	static char text[NOTE_TEXT_MAX];
	int rc;

	for (int ip = 0; ip < 2; ip++)
		host->apart[ip].old.n = host->apart[ip].old_own.n = 0;
	rc = xnm_file_read(run->dir.run_fd, NOTE, text, sizeof(text));
	if (rc == 0 && !xnm_file_lines(text, "[apart]", read_line, host))
		rc = -EINVAL;
	return rc == 0 || rc == -ENOENT ? 0
					: xnm_fail(&run->err, rc,
						   "cannot read which interfaces must not forward "
						   "to each other: %s/" NOTE ": %s",
						   run->dir.path, strerror(-rc));
}

static size_t put_lines(char *text, size_t len, const char *key, unsigned int ip,
			const struct guest_links *links)
{
	for (unsigned int i = 0; i < links->n && len < NOTE_TEXT_MAX; i++)
		len += (size_t)snprintf(text + len, NOTE_TEXT_MAX - len, "%s%c=%s %d\n", key,
					ip ? '6' : '4', links->list[i].name,
					links->list[i].ifindex);
	return len;
}

int guest_apart_write(const struct guest_dir *dir, const struct guest_host *host)
{
	static char text[NOTE_TEXT_MAX];
	size_t len = (size_t)snprintf(text, sizeof(text), "[apart]\n"), empty = len;

	for (unsigned int ip = 0; ip < 2; ip++) {
		len = put_lines(text, len, "ipv", ip, &host->apart[ip].apart);
		len = put_lines(text, len, "own", ip, &host->apart[ip].own);
	}
	if (len == empty)
		return xnm_file_remove(dir->run_fd, NOTE);
	return len < sizeof(text) ? xnm_file_replace(dir->run_fd, NOTE, text, len) : -ENOSPC;
}

/* --------------------------------------------------------------- ways out */

static const struct guest_note *note_of(const struct guest_host *host, const char *ifname)
{
	for (unsigned int i = 0; i < host->n_notes; i++) {
		if (strcmp(host->notes[i]->ifname, ifname) == 0)
			return host->notes[i];
	}
	return NULL;
}

static const struct xnm_host_link *only_one(struct guest_run *run, const struct guest_host *host,
					    const struct xnm_host_links *links, bool that_is_up)
{
	const struct xnm_host_link *found = NULL;

	for (unsigned int i = 0; i < links->n; i++) {
		const struct xnm_host_link *one = &links->list[i];
		struct xnm_link link;

		if (note_of(host, one->name) || xnm_link_get(run->rtnl, one->name, &link) ||
		    (that_is_up ? !link.up : one->role != XNM_LINK_CARD))
			continue;
		if (found)
			return NULL;
		found = one;
	}
	return found;
}

/*
 * Without a default route, a single interface beside the vifs that is up, or a single card, is the
 * uplink: Wi-Fi often connects later than we run. A bridge is not: it leads to guests or containers
 * inside.
 */
static void find_only_way(struct guest_run *run, const struct guest_host *host,
			  const struct xnm_host_links *links, struct guest_links *ways)
{
	const struct xnm_host_link *found = only_one(run, host, links, true);

	if (!found)
		found = only_one(run, host, links, false);
	if (found && found->role != XNM_LINK_BRIDGE)
		(void)add(ways, found->name, found->ifindex);
}

/* Whether it is an uplink of any vif that shares. */
static bool is_wanted(const struct guest_host *host, const struct guest_link *way, unsigned int ip)
{
	for (unsigned int i = 0; i < host->n_notes; i++) {
		if (host->notes[i]->share[ip] && guest_shares_by(host->notes[i], way))
			return true;
	}
	return false;
}

/* With share-to, default routes do not matter. */
static void drop_unwanted(const struct guest_host *host, struct guest_links *ways, unsigned int ip)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < ways->n; i++) {
		if (is_wanted(host, &ways->list[i], ip))
			ways->list[n++] = ways->list[i];
	}
	ways->n = n;
}

static void add_told(const struct guest_host *host, const struct xnm_host_links *links,
		     struct guest_links *ways, unsigned int ip)
{
	for (unsigned int i = 0; i < links->n; i++) {
		struct guest_link way = { .ifindex = links->list[i].ifindex, .only_told = true };
		struct guest_link *added;

		xnm_copy(way.name, sizeof(way.name), links->list[i].name);
		if (!is_wanted(host, &way, ip) || guest_is_shared(host, way.name) ||
		    guest_links_have(ways, way.name))
			continue;
		added = add(ways, way.name, way.ifindex);
		if (added)
			added->only_told = true;
	}
}

static int read_ways(struct guest_run *run, struct guest_host *host,
		     const struct xnm_host_links *links, unsigned int ip)
{
	struct guest_links *ways = &host->apart[ip].ways;
	int list[XNM_MAX_WAYS_OUT];
	unsigned int n = 0;
	int rc = xnm_ways_list(run->rtnl, families[ip], list, &n);

	if (rc)
		return rc;
	for (unsigned int i = 0; i < links->n; i++) {
		const struct xnm_host_link *link = &links->list[i];
		bool leads_out = false;

		for (unsigned int k = 0; k < n; k++)
			leads_out |= list[k] == link->ifindex;
		if (leads_out && !guest_is_shared(host, link->name))
			(void)add(ways, link->name, link->ifindex);
	}
	if (ways->n == 0)
		find_only_way(run, host, links, ways);
	drop_unwanted(host, ways, ip);
	add_told(host, links, ways, ip);
	return 0;
}

/* ------------------------------------------------------------------- apart */

static bool is_on(unsigned int ip, const char *ifname, const char *name)
{
	uint32_t value;

	return xnm_sysctl_conf_get(families[ip], ifname, name, &value) == 0 && value == 1;
}

/* Interfaces whose own forwarding setting was on before stay so: the guest has configured that. */
static int read_own(struct guest_apart *apart, struct xnm_host_links *links, unsigned int ip)
{
	for (unsigned int i = 0; i < links->n; i++) {
		struct xnm_host_link *link = &links->list[i];
		bool own = apart->begins ? is_on(ip, link->name, "forwarding")
					 : guest_links_have(&apart->old_own, link->name);

		if (own && !add(&apart->own, link->name, link->ifindex))
			return -E2BIG;
		/* IPv6 ignores the interface's own setting, except for force_forwarding since Linux
		 * 6.17 */
		link->forwards[ip] = ip ? is_on(ip, link->name, "force_forwarding") : own;
	}
	return 0;
}

/* Decided by the same code as on a host. */
static int find_apart(struct guest_apart *apart, const struct xnm_host_links *links,
		      unsigned int ip)
{
	static struct xnm_elements old, new;
	enum xnm_set_id set = ip ? XNM_SET_APART6 : XNM_SET_APART4;
	struct guest_link *link;
	int rc;

	old.n = 0;
	old.full = false;
	for (unsigned int i = 0; i < apart->old.n; i++) {
		struct xnm_element *element = xnm_elements_add(&old, set);

		xnm_key_ifname(element, 0, apart->old.list[i].name);
		xnm_data_ifindex(element, apart->old.list[i].ifindex);
	}
	rc = xnm_filter_apart(&new, links, ip, &old, apart->begins);
	for (unsigned int i = 0; i < new.n &&rc == 0; i++) {
		const struct xnm_element *element = &new.list[i];

		/* a bridge is listed twice in a row, the second time in another set */
		if (element->set != set) {
			apart->apart.list[apart->apart.n - 1].is_bridge = true;
			continue;
		}
		link = add(&apart->apart, (const char *)element->key, xnm_element_ifindex(element));
		if (!link)
			return -E2BIG;
		link->forwards = is_on(0, link->name, "forwarding");
	}
	return rc;
}

static int note_closed(void *arg, const char *ifname)
{
	struct guest_links *links = arg;

	if (!guest_links_have(links, ifname))
		(void)add(links, ifname, 0);
	return 0;
}

static const struct guest_setting *setting_of(const struct guest_host *host, const char *path)
{
	for (unsigned int i = 0; i < host->n_settings; i++) {
		if (strcmp(host->settings[i].path, path) == 0)
			return &host->settings[i];
	}
	return NULL;
}

static int read_family(struct guest_run *run, struct guest_host *host, struct xnm_host_links *links,
		       unsigned int ip)
{
	const struct guest_setting *setting = setting_of(host, guest_forwarding[ip]);
	struct guest_apart *apart = &host->apart[ip];
	bool wanted = false;
	int rc = 0;

	for (unsigned int i = 0; i < host->n_notes; i++)
		wanted |= host->notes[i]->share[ip];
	apart->begins = wanted && setting && !setting->noted && setting->now != setting->ours;
	apart->is_ours = apart->begins || (wanted && setting && setting->noted);
	if (wanted)
		rc = read_ways(run, host, links, ip);
	if (rc == 0 && apart->is_ours)
		rc = read_own(apart, links, ip);
	if (rc == 0 && apart->is_ours)
		rc = find_apart(apart, links, ip);
	return rc;
}

int guest_read_apart(struct guest_run *run, struct guest_host *host)
{
	static struct xnm_host_links links;
	int rc = read_note(run, host);

	if (rc)
		return rc;
	rc = xnm_host_links(run->rtnl, links.list, GUEST_MAX_LINKS, &links.n);
	for (unsigned int ip = 0; ip < 2 && rc == 0; ip++) {
		struct guest_apart *apart = &host->apart[ip];

		apart->ways.n = apart->apart.n = apart->own.n = apart->closed_now.n = 0;
		rc = read_family(run, host, &links, ip);
	}
	if (rc == 0)
		rc = xnm_closed_each(run->rtnl, note_closed, &host->apart[1].closed_now);
	if (rc == -E2BIG)
		return xnm_fail(&run->err, rc,
				"cannot share: this guest has more than %d interfaces or uplinks",
				GUEST_MAX_LINKS);
	return rc ? xnm_fail(&run->err, rc, "cannot read which interfaces there are: %s",
			     xnm_rtnl_reason(run->rtnl))
		  : 0;
}
