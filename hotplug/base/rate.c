/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rate.c - compute the burst that a rate needs. */
#include "hotplug/base/rate.h"

#define BURST_US     10000u
#define BURST_FRAMES 5u

uint32_t xnm_rate_burst(uint64_t rate_bit_s, uint32_t frame_bytes)
{
	uint64_t bytes = xnm_rate_bytes(rate_bit_s, BURST_US);

	if (bytes < (uint64_t)BURST_FRAMES * frame_bytes)
		bytes = (uint64_t)BURST_FRAMES * frame_bytes;
	return xnm_at_most(bytes, XNM_MAX_BYTES);
}
