/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.h - the devices of the model: a vif or tap, and what else an operation may be about. */
#ifndef XNM_TESTS_WORLD_DEVICE_H
#define XNM_TESTS_WORLD_DEVICE_H

#include "hotplug/core/facts.h"

/* The device, interface or bridge that an operation is about. */
struct xnm_link *world_link(struct xnm_facts *facts, const char *dev);

/* Takes the device's addresses of a family away. */
void world_drop_family(struct xnm_facts *facts, uint8_t family);

#endif
