/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util.h - the few macros every file of xnm uses: cleanup attributes and array sizes. */
#ifndef XNM_UTIL_H
#define XNM_UTIL_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* the Makefile says which */
#ifndef XNM_VERSION
#define XNM_VERSION "unknown"
#endif

#define XNM_N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

#define XNM_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Closes *fd when its scope ends; -1 means there is nothing to close. */
static inline void xnm_cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void xnm_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void xnm_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define _cleanup_close_	 __attribute__((cleanup(xnm_cleanup_close)))
#define _cleanup_free_	 __attribute__((cleanup(xnm_cleanup_free)))
#define _cleanup_fclose_ __attribute__((cleanup(xnm_cleanup_fclose)))

/* Hands a descriptor over: the caller owns it, the variable no longer does. */
static inline int xnm_steal_fd(int *fd)
{
	int ret = *fd;

	*fd = -1;
	return ret;
}

#endif
