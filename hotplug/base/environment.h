/* SPDX-License-Identifier: GPL-2.0-or-later */
/* environment.h - the environment variables that name files and folders. */
#ifndef XNM_ENVIRONMENT_H
#define XNM_ENVIRONMENT_H

#include "hotplug/base/log.h"

/*
 * Refuses a relative path in XNM_CONFIG, XNM_RUN_DIR or XNM_STATE_DIR: the folder that a program was
 * started in must not decide which notes and which policy it reads. An empty variable is none.
 * Returns 0, or -EINVAL with err filled.
 */
int xnm_environment_check(struct xnm_err *err);

#endif
