/* SPDX-License-Identifier: GPL-2.0-or-later */
/* services.c - read ports, protocols and the names of services. */
#include "policy/types/types.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"

#define MANY_SERVICES "is one service too many: at most 16 are possible"

static_assert(XNM_MAX_SERVICES == 16, "MANY_SERVICES names the number");

int xnm_parse_ports(const char *text, void *out, size_t size, const char **reason)
{
	const char *dash = strchr(text, '-');
	size_t len = dash ? (size_t)(dash - text) : strlen(text);
	uint32_t first, last;
	char word[8];

	(void)size;
	if (len >= sizeof(word))
		return -EINVAL;
	memcpy(word, text, len);
	word[len] = '\0';
	if (xnm_parse_u32(word, 1, UINT16_MAX, &first))
		return -EINVAL;
	last = first;
	if (dash && xnm_parse_u32(dash + 1, 1, UINT16_MAX, &last))
		return -EINVAL;
	if (last < first) {
		*reason = "ends before it begins";
		return -EINVAL;
	}
	*(struct xnm_port_range *)out = (struct xnm_port_range){ (uint16_t)first, (uint16_t)last };
	return 0;
}

int xnm_parse_protocol(const char *text, void *out, size_t size, const char **reason)
{
	uint16_t *protocols = out;

	(void)size;
	(void)reason;
	if (strcmp(text, "tcp") == 0)
		*protocols |= XNM_PROTOCOL_TCP;
	else if (strcmp(text, "udp") == 0)
		*protocols |= XNM_PROTOCOL_UDP;
	else
		return -EINVAL;
	return 0;
}

/* Adds ports; what overlaps them becomes one range with them, so that no port is listed twice. */
static int add_service(struct xnm_host_services *services, uint8_t protocol, uint16_t first,
		       uint16_t last)
{
	for (unsigned int i = 0; i < services->n;) {
		const struct xnm_service *other = &services->list[i];

		if (other->protocol != protocol || other->ports.last < first ||
		    other->ports.first > last) {
			i++;
			continue;
		}
		if (other->ports.first < first)
			first = other->ports.first;
		if (other->ports.last > last)
			last = other->ports.last;
		services->list[i] = services->list[--services->n];
		i = 0; /* the range has grown: it may touch one that it did not before */
	}
	if (services->n == XNM_MAX_SERVICES)
		return -E2BIG;
	services->list[services->n++] =
		(struct xnm_service){ .protocol = protocol, .ports = { first, last } };
	return 0;
}

static const struct {
	const char *name;
	uint8_t protocol;
	uint16_t port;
} named_services[] = {
	{ "dhcp", IPPROTO_UDP, 67 }, { "dhcp", IPPROTO_UDP, 547 },  { "dns", IPPROTO_UDP, 53 },
	{ "dns", IPPROTO_TCP, 53 },  { "ssh", IPPROTO_TCP, 22 },    { "ntp", IPPROTO_UDP, 123 },
	{ "http", IPPROTO_TCP, 80 }, { "https", IPPROTO_TCP, 443 },
};

/* Adds what has that name: one or two services. */
static int add_named(struct xnm_host_services *services, const char *name, const char **reason)
{
	bool found = false;

	for (size_t i = 0; i < XNM_N_ELEMENTS(named_services); i++) {
		if (strcmp(named_services[i].name, name) != 0)
			continue;
		found = true;
		if (add_service(services, named_services[i].protocol, named_services[i].port,
				named_services[i].port)) {
			*reason = MANY_SERVICES;
			return -EINVAL;
		}
	}
	return found ? 0 : -EINVAL;
}

/* tcp/PORT[-PORT] or udp/PORT[-PORT] */
static int add_numbered(struct xnm_host_services *services, const char *text, const char **reason)
{
	uint8_t protocol = text[0] == 't' ? IPPROTO_TCP : IPPROTO_UDP;
	struct xnm_port_range ports;

	if (xnm_parse_ports(text + 4, &ports, sizeof(ports), reason))
		return -EINVAL;
	if (add_service(services, protocol, ports.first, ports.last)) {
		*reason = MANY_SERVICES;
		return -EINVAL;
	}
	return 0;
}

int xnm_parse_service(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_host_services *services = out;
	int rc = 0;

	(void)size;
	if (strcmp(text, "none") == 0)
		memset(services, 0, sizeof(*services)); /* also what earlier files have said */
	else if (strcmp(text, "all") == 0)
		services->all = true;
	else if (strcmp(text, "ping") == 0)
		services->ping = true;
	else if (strncmp(text, "tcp/", 4) == 0 || strncmp(text, "udp/", 4) == 0)
		rc = add_numbered(services, text, reason);
	else
		rc = add_named(services, text, reason);
	if (rc == 0)
		services->set = true;
	return rc;
}
