# SPDX-License-Identifier: GPL-2.0-or-later
# xnm_git.bb - recipe for xnm; needs meta-virtualization (xen-tools) and meta-oe (libinih).

SUMMARY = "Hotplug script and status program for the network interfaces of Xen guests"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263"

DEPENDS = "expat json-c libinih libmnl libnftnl libnl xen-tools"

# Where your copy of the repository is.
XNM_GIT ?= "git://git.example.org/xnm.git;protocol=https;branch=main"
SRC_URI = "${XNM_GIT}"
SRCREV ?= "${AUTOREV}"
PV = "0.1.0+git"
S = "${WORKDIR}/git"

inherit pkgconfig features_check systemd

REQUIRED_DISTRO_FEATURES = "xen"

SYSTEMD_SERVICE:${PN} = "xnm-boot.service"

EXTRA_OEMAKE = "V=1 STATIC_LIBS=no WITH_XL=yes WITH_MAN=no WITH_DEPS=no VERSION=0.1.0 \
	PREFIX=${prefix} SYSCONFDIR=${sysconfdir} SBINDIR=${sbindir} DESTDIR=${D} \
	UDEVRULESDIR=${nonarch_base_libdir}/udev/rules.d \
	NETWORKDDIR=${nonarch_libdir}/systemd/network SYSTEMDUNITDIR=${systemd_system_unitdir}"

do_compile() {
	oe_runmake
}

do_install() {
	oe_runmake install
}

# A driver domain needs the script alone; xnm brings libxenlight with it.
PACKAGES =+ "${PN}-cli ${PN}-guest ${PN}-bash-completion"
# for guests, without the rest
FILES:${PN}-guest = "${sbindir}/xnm-guest ${nonarch_base_libdir}/udev/rules.d/70-xnm-guest.rules"
FILES:${PN}-cli = "${sbindir}/xnm ${docdir}/xnm"
FILES:${PN}-bash-completion = "${datadir}/bash-completion"
FILES:${PN} += "${nonarch_base_libdir}/udev ${nonarch_libdir}/systemd"
CONFFILES:${PN} = "${sysconfdir}/xnm/xnm.ini"

RRECOMMENDS:${PN} = "kernel-module-bridge kernel-module-xen-netback kernel-module-nf-tables \
	kernel-module-nft-ct kernel-module-nft-nat kernel-module-nft-masq kernel-module-nft-fib-inet \
	kernel-module-nft-reject-inet"
