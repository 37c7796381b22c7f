# SPDX-License-Identifier: GPL-2.0-or-later
# xnm_git.bb - recipe for xnm; needs meta-virtualization (xen-tools) and meta-oe (libinih).

SUMMARY = "Hotplug script and status program for the network interfaces of Xen guests"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263"

DEPENDS = "json-c libinih libnl xen-tools"

# Where your copy of the repository is.
XNM_GIT ?= "git://git.example.org/xnm.git;protocol=https;branch=main"
SRC_URI = "${XNM_GIT}"
SRCREV ?= "${AUTOREV}"
PV = "0.1.0+git"
S = "${WORKDIR}/git"

inherit pkgconfig features_check

REQUIRED_DISTRO_FEATURES = "xen"

EXTRA_OEMAKE = "O=build V=1 STATIC_LIBS=no WITH_XL=yes VERSION=0.1.0"

# DEPENDS has brought what the Makefile would otherwise look for with dpkg.
do_configure() {
	mkdir -p ${S}/build
	touch ${S}/build/.deps
}

do_compile() {
	oe_runmake build/xnm-vif build/xnm
}

# Not "make install": it makes the manuals, with a program that runs on the target only.
do_install() {
	install -D -m 0755 ${S}/build/xnm-vif ${D}${sysconfdir}/xen/scripts/xnm-vif
	install -D -m 0755 ${S}/build/xnm ${D}${sbindir}/xnm
	install -D -m 0644 ${S}/policy/xnm.ini ${D}${sysconfdir}/xnm/xnm.ini
	install -d ${D}${sysconfdir}/xnm/policy.d
	install -D -m 0644 ${S}/udev/60-xnm.rules ${D}${nonarch_base_libdir}/udev/rules.d/60-xnm.rules
	install -D -m 0644 ${S}/packaging/completion/xnm.bash \
		${D}${datadir}/bash-completion/completions/xnm
}

# A driver domain needs the script alone; xnm brings libxenlight with it.
PACKAGES =+ "${PN}-cli ${PN}-bash-completion"
FILES:${PN}-cli = "${sbindir}/xnm"
FILES:${PN}-bash-completion = "${datadir}/bash-completion"
FILES:${PN} += "${nonarch_base_libdir}/udev"
CONFFILES:${PN} = "${sysconfdir}/xnm/xnm.ini"

RRECOMMENDS:${PN} = "kernel-module-bridge kernel-module-xen-netback"
