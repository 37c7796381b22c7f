/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rate.h - how many bytes a rate is, and which burst it needs. */
#ifndef XNM_RATE_H
#define XNM_RATE_H

#include <stdint.h>

#define XNM_ETHERNET_BYTES 14u /* what a rate counts of each packet beside its MTU */
#define XNM_MAX_BYTES	   0x7FFFFFFFu /* of a burst or a limit */

static inline uint32_t xnm_at_most(uint64_t value, uint32_t max)
{
	return value > max ? max : (uint32_t)value;
}

/* The bytes of a rate in bit/s that pass in a time. */
static inline uint64_t xnm_rate_bytes(uint64_t rate_bit_s, uint64_t time_us)
{
	return rate_bit_s / 8 * time_us / 1000000;
}

/*
 * The burst in bytes for a rate of frames of so many bytes. It is what the kernel sends at once
 * when its timer is late: with less than 10 ms of the rate in it a fast link never gets its rate;
 * with less than some frames a slow one does not.
 */
uint32_t xnm_rate_burst(uint64_t rate_bit_s, uint32_t frame_bytes);

#endif
