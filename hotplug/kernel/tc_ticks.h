/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_ticks.h - convert bytes, times and probabilities to the units of traffic control and back. */
#ifndef XNM_TC_TICKS_H
#define XNM_TC_TICKS_H

#include <stdint.h>

/*
 * The kernel counts times toward user space in ticks of 64 ns (include/net/pkt_sched.h,
 * PSCHED_SHIFT), and a burst as the time that it takes at the rate.
 */

/* The ticks that the kernel says a burst takes; as many as there is room for if it takes longer. */
uint32_t tc_bytes_to_ticks(uint64_t rate_bit_s, uint32_t bytes);

/* The largest burst that takes that long: tc_bytes_to_ticks() of it is ticks again. */
uint32_t tc_ticks_to_bytes(uint64_t rate_bit_s, uint32_t ticks);

/* A delay and its ticks, which are finer than a microsecond. */
uint32_t tc_us_to_ticks(uint32_t us);
uint32_t tc_ticks_to_us(uint32_t ticks);

/* A probability: the kernel compares it with a random number of 32 bits. */
uint32_t tc_ppm_to_chance(uint32_t ppm);
uint32_t tc_chance_to_ppm(uint32_t chance);

/* The bytes that the kernel lets a HTB class send in its turn if nobody says how many. */
uint32_t tc_default_quantum(uint64_t rate_bit_s);

#endif
