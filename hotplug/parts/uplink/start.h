/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start.h - the command line by which a DHCP client does nothing but run our hook. */
#ifndef XNM_DHCP_START_H
#define XNM_DHCP_START_H

#include "hotplug/parts/uplink/client.h"

#define XNM_DHCP_ARGUMENTS 32
#define XNM_DHCP_PATH_LEN  256

/* A program, its arguments and environment, and the text that they point to. */
struct xnm_dhcp_program {
	char program[XNM_DHCP_PATH_LEN], hook[XNM_DHCP_PATH_LEN];
	char pid_file[XNM_DHCP_PATH_LEN], lease_file[XNM_DHCP_PATH_LEN];
	char run_dir[XNM_DHCP_PATH_LEN], config[XNM_DHCP_PATH_LEN]; /* NAME=VALUE */
	char uplink[XNM_NAME_LEN + 16]; /* the same */
	const char *argv[XNM_DHCP_ARGUMENTS];
	unsigned int argc;
};

/*
 * Finds a client, and its command line for an uplink on a device. Returns 0; -ENOENT if none is
 * installed; or another -errno with err filled, also if one could not be kept from configuring the
 * host itself.
 */
int xnm_dhcp_program(struct xnm_dhcp_program *out, const struct xnm_run_dir *dir,
		     const char *uplink, const char *device, struct xnm_err *err);

#endif
