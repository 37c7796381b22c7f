/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xl.c - the only user of libxenlight, part of xnm alone: it would slow xnm-vif down. */
#include "hotplug/xen/xl.h"

#ifdef XNM_WITH_XL

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <libxl.h>

/* libxl's messages are dropped: a host without a hypervisor is an answer here, and no error. */
static void discard_message(xentoollog_logger *logger, xentoollog_level level, int errnoval,
			    const char *context, const char *format, va_list args)
{
	(void)logger;
	(void)level;
	(void)errnoval;
	(void)context;
	(void)format;
	(void)args;
}

static void keep_logger(xentoollog_logger *logger)
{
	(void)logger;
}

static xentoollog_logger silent_logger = {
	.vmessage = discard_message,
	.destroy = keep_logger,
};

static libxl_ctx *context(void)
{
	static libxl_ctx *ctx;
	static bool tried;

	if (!tried && libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, &silent_logger))
		ctx = NULL;
	tried = true;
	return ctx;
}

/* A blocked domain waits for an interrupt, as an idle machine does: it counts as running. */
static const char *state_name(const libxl_dominfo *info)
{
	if (info->dying)
		return "dying";
	if (info->shutdown)
		return "shutdown";
	if (info->paused)
		return "paused";
	/* without any flag the domain waits for a processor */
	return "running";
}

const char *xnm_xl_domain_state(uint32_t domid)
{
	const char *state = "unknown";
	libxl_ctx *ctx = context();
	libxl_dominfo info;

	if (!ctx)
		return state;
	libxl_dominfo_init(&info);
	if (libxl_domain_info(ctx, &info, domid) == 0)
		state = state_name(&info);
	libxl_dominfo_dispose(&info);
	return state;
}

#else

const char *xnm_xl_domain_state(uint32_t domid)
{
	(void)domid;
	return "unknown";
}

#endif
