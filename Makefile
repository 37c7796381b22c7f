# SPDX-License-Identifier: GPL-2.0-or-later
# Makefile - build, test and install xnm. `make help` lists the targets.

VERSION ?= 0.1.0

O      ?= build
SAN    ?=
WITH_XL ?= $(shell pkg-config --exists xenlight && echo yes || echo no)
STATIC_LIBS ?= yes
STATIC ?= no
# no: for cross builds, as the manual of all keys is printed by a program of the build
WITH_MAN ?= yes
# no: for packagers, whose build has what it needs or must fail
WITH_DEPS ?= yes
XNM_TESTS_MUST_RUN ?= 0

PREFIX         ?= /usr
SYSCONFDIR     ?= /etc
SBINDIR        ?= $(PREFIX)/sbin
MANDIR         ?= $(PREFIX)/share/man
DOCDIR         ?= $(PREFIX)/share/doc/xnm
XEN_SCRIPT_DIR ?= $(SYSCONFDIR)/xen/scripts
UDEVRULESDIR   ?= $(PREFIX)/lib/udev/rules.d
NETWORKDDIR    ?= $(PREFIX)/lib/systemd/network
SYSTEMDUNITDIR ?= $(PREFIX)/lib/systemd/system
COMPLETIONDIR  ?= $(PREFIX)/share/bash-completion/completions
DESTDIR        ?=

# make has a CC of its own, which is not a wish of anybody
ifeq ($(origin CC),default)
CC = gcc
endif
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
# mutate.sh has a shared one
ARCHIVE    ?= $(AR) qcs
SCDOC      ?= scdoc

CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
	-Wwrite-strings -Wpointer-arith -Werror=implicit
ifeq ($(CI),true)
WARNINGS += -Werror
endif
HARDENING = -fPIE -fstack-protector-strong -fstack-clash-protection
HARDENING_LD = -pie -Wl,-z,relro,-z,now -Wl,--as-needed
ifeq ($(SAN),)
HARDENING += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
HARDENING += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -DXNM_CHECK_LOCKS
HARDENING_LD += -fsanitize=$(SAN)
endif

# Static copies of the small libraries halve the start-up time of xnm-vif, which is most of its
# run time. WITH_XL concerns xnm only: libxenlight alone costs 2 ms and 20 shared objects.
PKGS_VIF = libnl-route-3.0 libnl-3.0 libnftnl libmnl xenstore inih
PKGS_XNM = $(PKGS_VIF) json-c expat $(if $(filter yes,$(WITH_XL)),xenlight)
libs_of  = $(shell $(PKG_CONFIG) --libs $(1))
ifeq ($(STATIC_LIBS),yes)
LIBS_VIF = -Wl,-Bstatic -lnl-route-3 -lnl-3 -lnftnl -lxenstore -lxentoolcore -linih -Wl,-Bdynamic -lmnl
else
LIBS_VIF = $(call libs_of,$(PKGS_VIF))
endif
LIBS_XNM = $(call libs_of,$(PKGS_XNM))

ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DXNM_VERSION='"$(VERSION)"' $(WARNINGS) $(HARDENING) \
	-I. $(shell $(PKG_CONFIG) --cflags libnl-3.0 libnftnl libmnl xenstore inih json-c expat) $(CFLAGS)
XL_CFLAGS = $(if $(filter yes,$(WITH_XL)),-DXNM_WITH_XL $(shell $(PKG_CONFIG) --cflags xenlight))

Q = @
say = @printf '  %-8s %s\n' $(1) $(2)
ifeq ($(V),1)
Q =
say = @:
endif

# What every user-space program shares; main.c and verbs.c are xnm-vif's own, cli/ is xnm's.
LIB_SRC = $(wildcard hotplug/base/*.c hotplug/notes/*.c hotplug/kernel/*.c hotplug/core/*.c hotplug/core/elements/*.c hotplug/parts/*/*.c \
	hotplug/run/*.c) $(wildcard hotplug/xen/store*.c) $(filter-out policy/mkman.c,$(wildcard policy/*.c policy/*/*.c))
VIF_SRC = hotplug/main.c hotplug/verbs.c
# runs in guests, of libxnm.a only a little
GUEST_SRC = $(wildcard udev/guest*.c)
UDEV_SRC = udev/xnm-udev.c
XNM_SRC = $(wildcard hotplug/cli/*.c hotplug/cli/*/*.c) hotplug/xen/xl.c
LIB_OBJ = $(LIB_SRC:%.c=$(O)/%.o)
VIF_OBJ = $(VIF_SRC:%.c=$(O)/%.o)
UDEV_OBJ = $(UDEV_SRC:%.c=$(O)/%.o)
XNM_OBJ = $(XNM_SRC:%.c=$(O)/%.o)
GUEST_OBJ = $(GUEST_SRC:%.c=$(O)/%.o)
FAULT_OBJ = $(filter-out $(O)/hotplug/core/apply.o $(O)/hotplug/notes/lock.o,$(LIB_OBJ)) \
	$(O)/hotplug/core/apply-faults.o $(O)/hotplug/notes/lock-check.o

# the kernel that the module is for; empty: the one of the tests, Debian's
KDIR ?=

MANPAGES = $(O)/xnm-vif.8 $(O)/xnm-udev.8 $(O)/xnm-guest.8 $(O)/xnm.8 $(O)/xnm.ini.5
UNIT_SRC := $(sort $(shell find tests/unit -name '*.c'))
UNIT_TESTS = $(patsubst %.c,$(O)/%,$(foreach src,$(UNIT_SRC),$(if $(filter test_%,$(notdir $(src))),$(src))))

.PHONY: all help man install uninstall clean deps kmod
.DEFAULT_GOAL := all

all: $(O)/xnm-vif $(O)/xnm-udev $(O)/xnm $(O)/xnm-guest $(if $(filter yes,$(WITH_MAN)),man)  ## build the programs and the man pages
	@:

help:  ## list these targets
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' Makefile tests/tests.mk | expand -t 20
	@echo 'Variables: O=build V=1 SAN=address,undefined STATIC_LIBS=yes|no STATIC=yes'
	@echo '  WITH_XL=yes|no WITH_MAN=yes|no WITH_DEPS=yes|no KDIR= JOBS='
	@echo '  DESTDIR PREFIX SYSCONFDIR SBINDIR MANDIR XEN_SCRIPT_DIR UDEVRULESDIR NETWORKDDIR'
	@echo '  SYSTEMDUNITDIR CC CFLAGS'

deps:  ## install what building and testing need (Debian)
	$(Q)tests/lib/deps.sh build test

# A first build on a fresh machine installs what it needs; later ones only look.
$(O)/.deps: tests/lib/deps.sh
	$(Q)mkdir -p $(O)
	$(if $(filter yes,$(WITH_DEPS)),$(Q)tests/lib/deps.sh build)
	$(Q)touch $@

$(O)/%.o: %.c | $(O)/.deps
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(filter hotplug/xen/xl.c,$<),$(XL_CFLAGS)) -MMD -MP -c -o $@ $<

$(O)/hotplug/core/apply-faults.o: hotplug/core/apply.c | $(O)/.deps
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -DXNM_FAULTS -MMD -MP -c -o $@ $<

# For the tests alone: ends a program that waits for a lock out of order.
$(O)/hotplug/notes/lock-check.o: hotplug/notes/lock.c | $(O)/.deps
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -DXNM_CHECK_LOCKS -MMD -MP -c -o $@ $<

$(O)/libxnm.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(ARCHIVE) $@ $^

$(O)/xnm-vif: $(VIF_OBJ) $(O)/libxnm.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS) -o $@ $^ $(LIBS_VIF)

$(O)/xnm-udev: $(UDEV_OBJ) $(O)/libxnm.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS) -o $@ $^ $(LIBS_VIF)

# For the tests alone: an xnm-vif whose operations can be made to fail (XNM_FAIL_AT=n).
$(O)/xnm-vif-faults: $(VIF_OBJ) $(FAULT_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS) -o $@ $^ $(LIBS_VIF)

$(O)/xnm-udev-faults: $(UDEV_OBJ) $(FAULT_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS) -o $@ $^ $(LIBS_VIF)

$(O)/xnm: $(XNM_OBJ) $(O)/libxnm.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS) -o $@ $^ $(LIBS_XNM)

# STATIC=yes: without any library beside it, for a guest that has none. Debian has no libmnl.a;
# without one, libmnl and libc stay outside, as they do in xnm-vif.
has_lib_a = $(filter /%,$(shell $(CC) $(CFLAGS) -print-file-name=lib$(1).a))
LIBS_GUEST = $(LIBS_VIF)
ifeq ($(STATIC),yes)
ifneq ($(call has_lib_a,mnl),)
LIBS_GUEST = -static -no-pie -lnl-3 -lnftnl -lmnl -lxenstore -lxentoolcore -linih -lpthread
else
LIBS_GUEST = -Wl,-Bstatic -lnl-3 -lnftnl -lxenstore -lxentoolcore -linih -Wl,-Bdynamic -lmnl
endif
endif

$(O)/xnm-guest: $(GUEST_OBJ) $(O)/libxnm.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS) -o $@ $^ $(LIBS_GUEST)

$(O)/mkman: policy/mkman.c $(O)/libxnm.a
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) -o $@ $^ $(call libs_of,inih)

man: $(MANPAGES)

$(O)/xnm.ini.5.scd: policy/xnm.ini.5.scd.in $(O)/mkman
	$(call say,GEN,$@)
	$(Q)$(O)/mkman $< >$@.tmp
	$(Q)mv $@.tmp $@

$(O)/xnm.ini.5: $(O)/xnm.ini.5.scd
	$(call say,MAN,$@)
	$(Q)$(SCDOC) <$< >$@

$(O)/xnm-vif.8: hotplug/xnm-vif.8.scd | $(O)/.deps
	$(call say,MAN,$@)
	$(Q)$(SCDOC) <$< >$@

$(O)/xnm-guest.8: udev/xnm-guest.8.scd | $(O)/.deps
	$(call say,MAN,$@)
	$(Q)$(SCDOC) <$< >$@

$(O)/xnm-udev.8: udev/xnm-udev.8.scd | $(O)/.deps
	$(call say,MAN,$@)
	$(Q)$(SCDOC) <$< >$@

$(O)/xnm.8: hotplug/cli/xnm.8.scd | $(O)/.deps
	$(call say,MAN,$@)
	$(Q)$(SCDOC) <$< >$@

kmod:  ## build the guests' kernel module (KDIR= for another kernel than Debian's)
	$(if $(filter yes,$(WITH_DEPS)),$(Q)tests/lib/deps.sh kmod)
	$(call say,KMOD,$(O)/kmod/xnm_fastpath.ko)
	$(Q)tests/lib/kmod.sh $(KDIR)

UNITS = $(addprefix packaging/systemd/,xnm-boot.service xnm-dnsmasq@.service xnm-probe.service \
	xnm-probe.timer)
# what may take our rules away, or let nothing be forwarded, when it is started, reloaded or stopped
FIREWALLS = nftables.service firewalld.service docker.service

install: all  ## install below DESTDIR
	$(INSTALL) -d $(DESTDIR)$(XEN_SCRIPT_DIR) $(DESTDIR)$(SBINDIR) $(DESTDIR)$(SYSCONFDIR)/xnm/policy.d \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(DOCDIR)/examples/grid \
		$(DESTDIR)$(COMPLETIONDIR) $(DESTDIR)$(UDEVRULESDIR) $(DESTDIR)$(NETWORKDDIR) \
		$(DESTDIR)$(SYSTEMDUNITDIR)
	$(INSTALL) -m 755 $(O)/xnm-vif $(DESTDIR)$(XEN_SCRIPT_DIR)/xnm-vif
	$(INSTALL) -m 755 $(O)/xnm $(DESTDIR)$(SBINDIR)/xnm
	$(INSTALL) -m 755 $(O)/xnm-guest $(DESTDIR)$(SBINDIR)/xnm-guest
	$(INSTALL) -m 755 $(O)/xnm-udev $(DESTDIR)$(SBINDIR)/xnm-udev
	@# for plan, reapply and gc, which people run
	ln -sf $(XEN_SCRIPT_DIR)/xnm-vif $(DESTDIR)$(SBINDIR)/xnm-vif
	@# a policy that somebody has written is never replaced
	test -e $(DESTDIR)$(SYSCONFDIR)/xnm/xnm.ini || \
		$(INSTALL) -m 644 policy/xnm.ini $(DESTDIR)$(SYSCONFDIR)/xnm/xnm.ini
ifeq ($(WITH_MAN),yes)
	$(INSTALL) -m 644 $(O)/xnm.ini.5 $(DESTDIR)$(MANDIR)/man5/
	$(INSTALL) -m 644 $(O)/xnm-vif.8 $(O)/xnm-udev.8 $(O)/xnm.8 $(O)/xnm-guest.8 $(DESTDIR)$(MANDIR)/man8/
endif
	$(INSTALL) -m 644 udev/xnm-guest.rc $(DESTDIR)$(DOCDIR)/
	$(INSTALL) -m 755 packaging/xnm-carrier $(DESTDIR)$(DOCDIR)/
	$(INSTALL) -m 644 policy/examples/*.ini $(DESTDIR)$(DOCDIR)/examples/
	$(INSTALL) -m 644 policy/examples/grid/* $(DESTDIR)$(DOCDIR)/examples/grid/
	$(INSTALL) -m 644 udev/60-xnm.rules udev/70-xnm-guest.rules udev/85-xnm-udev.rules $(DESTDIR)$(UDEVRULESDIR)/
	$(INSTALL) -m 644 udev/10-xnm.network $(DESTDIR)$(NETWORKDDIR)/
	$(INSTALL) -m 644 $(UNITS) $(DESTDIR)$(SYSTEMDUNITDIR)/
	for unit in $(FIREWALLS); do \
		$(INSTALL) -d $(DESTDIR)$(SYSTEMDUNITDIR)/$$unit.d && \
		$(INSTALL) -m 644 packaging/systemd/firewall-dropin.conf \
			$(DESTDIR)$(SYSTEMDUNITDIR)/$$unit.d/xnm.conf && \
		sed -i 's|/usr/sbin/xnm-vif|$(SBINDIR)/xnm-vif|' \
			$(DESTDIR)$(SYSTEMDUNITDIR)/$$unit.d/xnm.conf || exit 1; \
	done
	@# they name the program by its path
	sed -i 's|/usr/sbin/xnm-udev|$(SBINDIR)/xnm-udev|' $(DESTDIR)$(UDEVRULESDIR)/85-xnm-udev.rules \
		$(DESTDIR)$(DOCDIR)/xnm-carrier \
		$(DESTDIR)$(SYSTEMDUNITDIR)/xnm-boot.service
	$(INSTALL) -m 644 packaging/completion/xnm.bash $(DESTDIR)$(COMPLETIONDIR)/xnm
	ln -sf xnm $(DESTDIR)$(COMPLETIONDIR)/xnm-vif
	ln -sf xnm $(DESTDIR)$(COMPLETIONDIR)/xnm-udev
	ln -sf xnm $(DESTDIR)$(COMPLETIONDIR)/xnm-guest

uninstall:  ## remove what install put there, but not the policy
	rm -f $(DESTDIR)$(XEN_SCRIPT_DIR)/xnm-vif $(DESTDIR)$(SBINDIR)/xnm-vif \
		$(DESTDIR)$(SBINDIR)/xnm-guest $(DESTDIR)$(MANDIR)/man8/xnm-guest.8 \
		$(DESTDIR)$(UDEVRULESDIR)/70-xnm-guest.rules $(DESTDIR)$(DOCDIR)/xnm-guest.rc \
		$(DESTDIR)$(SBINDIR)/xnm $(DESTDIR)$(COMPLETIONDIR)/xnm-vif \
		$(DESTDIR)$(MANDIR)/man5/xnm.ini.5 $(DESTDIR)$(MANDIR)/man8/xnm-vif.8 \
		$(DESTDIR)$(MANDIR)/man8/xnm.8 $(DESTDIR)$(COMPLETIONDIR)/xnm $(DESTDIR)$(COMPLETIONDIR)/xnm-guest \
		$(DESTDIR)$(UDEVRULESDIR)/60-xnm.rules $(DESTDIR)$(UDEVRULESDIR)/85-xnm-udev.rules \
		$(DESTDIR)$(NETWORKDDIR)/10-xnm.network \
		$(addprefix $(DESTDIR)$(SYSTEMDUNITDIR)/,$(notdir $(UNITS))) \
		$(addprefix $(DESTDIR)$(SYSTEMDUNITDIR)/,$(addsuffix .d/xnm.conf,$(FIREWALLS))) \
		$(DESTDIR)$(SBINDIR)/xnm-udev $(DESTDIR)$(MANDIR)/man8/xnm-udev.8 \
		$(DESTDIR)$(COMPLETIONDIR)/xnm-udev
	rm -rf $(DESTDIR)$(DOCDIR)/examples

clean:  ## remove the build folder
	rm -rf $(O)

include tests/tests.mk

-include $(sort $(LIB_OBJ:.o=.d) $(VIF_OBJ:.o=.d) $(UDEV_OBJ:.o=.d) $(XNM_OBJ:.o=.d) $(GUEST_OBJ:.o=.d) $(O)/hotplug/core/apply-faults.d $(UNIT_TESTS:=.d))
