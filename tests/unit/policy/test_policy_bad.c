/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_bad.c - mistakes in a policy: each is found, with its line and its message. */
#include "tests/unit/policy/bad_policies.h"

#define X10  "xxxxxxxxxx"
#define X50  X10 X10 X10 X10 X10
#define X200 X50 X50 X50 X50
#define LONG                                                                                     \
	"the line is longer than the 199 bytes that can be read; repeat the key to append to a " \
	"list\n"
#define IFNAME	  "must be a device name: at most 15 letters, digits or . _ @ -\n"
#define COMMENT	  "a comment cannot follow a value; put comments on a line of their own\n"
#define CONTROL	  "the line has a control or NUL byte\n"
#define SUBNET	  "must be an IPv4 or IPv6 address with its prefix length, as in 192.168.10.1/24\n"
#define NO_HOST	  "is no address that an interface can have\n"
#define NO_LENGTH "has a length that no subnet has; write the subnet's own, as in /24 or /64\n"
#define BROADCAST                                                                       \
	"is the broadcast address of its subnet; write an address of a host in it, or " \
	"another length\n"
#define LABEL "; a label tells them apart, as in [vif MATCH as LABEL]\n"
#define ONE_PATTERN                                                                  \
	"must be one pattern, or PATTERN as LABEL; ? stands for a blank in a name, " \
	"match-name= takes several names\n"

static const struct bad lines[] = {
	{ "text instead of a key", "[global]\nhello\n", "2: no '=' in 'hello'; write key=value\n",
	  0 },
	{ "colon as separator", "[global]\nversion: 1\n",
	  "2: ':' in 'version: 1' is no separator; write key=value\n", 0 },
	{ "colon before equal sign", "[global]\nver:sion=1\n",
	  "2: ':' in 'ver:sion=1' is no separator; write key=value\n", 0 },
	{ "no key", "[global]\n=1\n", "2: no key before '=' in '=1'; write key=value\n", 0 },
	{ "key before any section", "version=1\n[global]\n",
	  "1: 'version=1' comes before the first section, as in [global]\n", 0 },
	{ "indented key", "[global]\n  version=1\n",
	  "2: the line is indented; begin it in the first column\n", 0 },
	{ "indented with a tab", "[network a]\ninterfaces=eth0\n\teth1\n",
	  "3: the line is indented; begin it in the first column\n", 0 },
	{ "indented section", "[global]\n [network lan]\n",
	  "2: the line is indented; begin it in the first column\n", 0 },
	{ "an MTU that ends IPv6",
	  "[network a]\nbridge=a\naddress=fd00::1/64\nmtu=1279\n[network b]\nbridge=b\n"
	  "address=10.0.0.1/24 fd01::1/64\n[vif b]\nnetwork=b\nmtu=1000\n[network c]\nbridge=c\n"
	  "mtu=1000\n[vif c]\nnetwork=c\naddress=fd02::2\n[vif d]\naddress=fd02::3\nmtu=68\n"
	  "[vif fine]\nnetwork=c\naddress=10.0.0.3\nmtu=1000\n[vif six]\nnetwork=b\nmtu=1280\n",
	  "4: mtu=1279: [network a] has an IPv6 address, and IPv6 needs at least 1280\n"
	  "10: mtu=1000: [network b] has an IPv6 address, and IPv6 needs at least 1280\n"
	  "16: address=: mtu=1000 of [network c] is too small for IPv6, which needs at least 1280\n"
	  "19: mtu=68: [vif d] has an IPv6 address, and IPv6 needs at least 1280\n",
	  0 },
	{ "inline comment with semicolon", "[network lan]\nmtu=1500 ; bytes\n", "2: " COMMENT, 0 },
	{ "inline comment with hash", "[network lan]\nmtu=1500 # bytes\n", "2: " COMMENT, 0 },
	{ "inline comment behind a tab", "[network lan]\nmtu=1500\t#bytes\n", "2: " COMMENT, 0 },
	{ "inline comment instead of a value", "[network lan]\nmtu= ;1500\n", "2: " COMMENT, 0 },
	{ "inline comment behind a section", "[network lan] # the LAN\nmtu=1\n", "1: " COMMENT, 0 },
	{ "hash right after the value", "[network lan]\nmtu=1500#bytes\n",
	  "2: mtu=1500#bytes: must be a number of bytes from 68 to 65535\n", 0 },
	{ "line continuation", "[network lan]\ninterfaces=eth0 \\\n",
	  "2: a line cannot be continued with '\\'; repeat the key to append to a list\n", 0 },
	{ "line continuation and blank", "[network lan]\ninterfaces=eth0 \\ \n",
	  "2: a line cannot be continued with '\\'; repeat the key to append to a list\n", 0 },
	{ "200 bytes", "[vif *]\nmatch-name=" X50 X50 X50 X10 X10 X10 "xxxxxxxxx\nmtu=x\n",
	  "2: " LONG "3: mtu=x: must be a number of bytes from 68 to 65535\n", 0 },
	{ "1000 bytes", "[vif *]\nmtu=" X200 X200 X200 X200 X200 "\n[network a\n",
	  "2: " LONG "3: no ']' at the end of the section's line\n", 0 },
	{ "long section line", "[vif " X200 "]\nfoo=1\n", "1: " LONG, 0 },
	{ "NUL byte", "[global]\nversion=1\0\n[foo]\n", "2: " CONTROL "3: unknown section [foo]\n",
	  26 },
	{ "NUL byte in a comment", "[global]\n# a\0b\n", "2: " CONTROL, 15 },
	{ "escape sequence in a comment", "# \x1b[31m\n", "1: " CONTROL, 0 },
	{ "DEL byte", "[global]\nversion=1\x7f\n", "2: " CONTROL, 0 },
	{ "form feed", "\f[global]\n", "1: " CONTROL, 0 },
	{ "CR inside of a line", "[global]\nversion=1\rversion=1\n", "2: " CONTROL, 0 },
	{ "DOS line ends", "[global]\r\nversion=2\r\n# c\r\n",
	  "1: the line ends in CR LF; save the file with Unix line ends\n"
	  "2: version=2: must be 1\n",
	  0 },
	{ "CR at the end of the file", "[global]\nversion=1\r",
	  "2: the line ends in CR LF; save the file with Unix line ends\n", 0 },
	{ "UTF-8 in a value",
	  "[network k\xc3\xbc"
	  "che]\n",
	  "1: only comments may have other than ASCII letters\n", 0 },
	{ "no-break space",
	  "[network lan]\nmtu=\xc2\xa0"
	  "1500\n",
	  "2: only comments may have other than ASCII letters\n", 0 },
	{ "byte order mark", "\xef\xbb\xbf[global]\nversion=3\n",
	  "1: the file begins with a byte order mark; save it without\n2: version=3: must be 1\n",
	  0 },
	{ "byte order mark and comment", "\xef\xbb\xbf# hello\n",
	  "1: the file begins with a byte order mark; save it without\n", 0 },
	{ "byte order mark and UTF-8",
	  "\xef\xbb\xbf[network k\xc3\xbc"
	  "che]\n",
	  "1: the file begins with a byte order mark; save it without\n"
	  "1: only comments may have other than ASCII letters\n",
	  0 },
	{ "byte order mark later", "[global]\n\xef\xbb\xbfversion=1\n",
	  "2: only comments may have other than ASCII letters\n", 0 },
	{ "no line end", "[global]\nversion=2", "2: version=2: must be 1\n", 0 },
	{ "key of 50 bytes", "[global]\n" X50 "=1\n",
	  "2: the key 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is longer than 49 bytes\n",
	  0 },
};

static const struct bad sections[] = {
	{ "unknown section", "[foo]\nbar=1\n[global]\nversion=2\n",
	  "1: unknown section [foo]\n4: version=2: must be 1\n", 0 },
	{ "misspelt section", "[netwrok lan]\nfoo=1\n",
	  "1: unknown section [netwrok]; did you mean 'network'?\n", 0 },
	{ "section in capitals", "[VIF *]\n", "1: unknown section [VIF]; did you mean 'vif'?\n",
	  0 },
	{ "section without end", "[network lan\nbridge=1\n",
	  "1: no ']' at the end of the section's line\n", 0 },
	{ "text behind a section", "[network lan] bridge=br0\n",
	  "1: no ']' at the end of the section's line\n", 0 },
	{ "only a bracket", "[\n", "1: no ']' at the end of the section's line\n", 0 },
	{ "empty section name", "[]\n", "1: no name after '['\n", 0 },
	{ "blank before the section name", "[ global]\n", "1: no name after '['\n", 0 },
	{ "global with a name", "[global lan]\nversion=2\n",
	  "1: [global] takes no name, but 'lan' follows\n2: version=2: must be 1\n", 0 },
	{ "network without a name", "[network]\nmtu=1\n",
	  "1: [network] needs a name, as in [network NAME]\n"
	  "2: mtu=1: must be a number of bytes from 68 to 65535\n",
	  0 },
	{ "vif without a match", "[vif]\n", "1: [vif] needs a name, as in [vif MATCH]\n", 0 },
	{ "network with two names", "[network lan lab]\n",
	  "1: [network lan lab]: must be a network's name: letters, digits or . _ -\n", 0 },
	{ "network with a slash", "[network a/b]\n",
	  "1: [network a/b]: must be a network's name: letters, digits or . _ -\n", 0 },
	{ "network beginning with a dash", "[network -a]\n",
	  "1: [network -a]: must be a network's name: letters, digits or . _ -\n", 0 },
	{ "section of 50 bytes", "[network " X10 X10 X10 X10 "xx]\nmtu=1\n",
	  "1: the section's name is longer than 49 bytes\n", 0 },
	{ "global twice", "[global]\nversion=1\n\n[global]\nversion=1\n",
	  "4: [global] is given twice; first in line 1\n", 0 },
	{ "network twice", "[network lan]\n[network lab]\n[network lan]\nmtu=2\n",
	  "3: [network lan] is given twice; first in line 1\n"
	  "4: mtu=2: must be a number of bytes from 68 to 65535\n",
	  0 },
	{ "vif twice", "[vif web*]\n[vif web*/0]\n[vif web*]\nmatch-devid=x\n",
	  "3: [vif web*] is given twice; first in line 1" LABEL
	  "4: match-devid=x: must be a number from 0 to 65535\n",
	  0 },
	{ "vif three times", "[vif *]\n[vif *]\n[vif *]\n",
	  "2: [vif *] is given twice; first in line 1" LABEL
	  "3: [vif *] is given twice; first in line 1" LABEL,
	  0 },
	{ "label twice", "[vif * as a]\n[vif *  as\ta]\n",
	  "2: [vif *  as\ta] is given twice; first in line 1" LABEL, 0 },
	{ "two patterns", "[vif web db]\n", "1: [vif web db]: " ONE_PATTERN, 0 },
	{ "three patterns", "[vif a b c]\n", "1: [vif a b c]: " ONE_PATTERN, 0 },
	{ "label without a name", "[vif a as]\n", "1: [vif a as]: " ONE_PATTERN, 0 },
	{ "label of two words", "[vif a as b c]\n", "1: [vif a as b c]: " ONE_PATTERN, 0 },
	{ "bracket never closed", "[vif web[0-9]\n",
	  "1: [vif web[0-9]: the '[' of a pattern needs its ']'\n", 0 },
	{ "empty bracket", "[vif web[]]\n[vif x[]\n",
	  "1: [vif web[]]: the '[' of a pattern needs its ']'\n"
	  "2: [vif x[]: the '[' of a pattern needs its ']'\n",
	  0 },
	{ "slash first", "[vif /0]\n",
	  "1: [vif /0]: a domain's name, or a pattern for it, must come before the slash\n", 0 },
	{ "slash last", "[vif web/]\n",
	  "1: [vif web/]: the number of a vif, or a pattern for it, must follow the slash\n", 0 },
	{ "word behind the slash", "[vif web/eth0]\n",
	  "1: [vif web/eth0]: the number of a vif, or a pattern for it, must follow the slash\n",
	  0 },
	{ "two slashes", "[vif web/0/1]\n",
	  "1: [vif web/0/1]: the number of a vif, or a pattern for it, must follow the slash\n",
	  0 },
};

static const struct bad keys[] = {
	{ "misspelt key", "[network lan]\nbrige=br0\n",
	  "2: unknown key 'brige' in [network lan]; did you mean 'bridge'?\n", 0 },
	{ "key in capitals", "[network lan]\nBridge=br0\n",
	  "2: unknown key 'Bridge' in [network lan]; did you mean 'bridge'?\n", 0 },
	{ "key with underscore", "[network lan]\nvlan_filtering=yes\n",
	  "2: unknown key 'vlan_filtering' in [network lan]; did you mean 'vlan-filtering'?\n", 0 },
	{ "key in CamelCase", "[network lan]\nVLANFiltering=yes\n",
	  "2: unknown key 'VLANFiltering' in [network lan]; did you mean 'vlan-filtering'?\n", 0 },
	{ "key like nothing", "[network lan]\nxyzzy=1\n",
	  "2: unknown key 'xyzzy' in [network lan]\n", 0 },
	{ "key of one letter", "[network lan]\nx=1\n", "2: unknown key 'x' in [network lan]\n", 0 },
	{ "key with a blank", "[network lan]\nmy key=1\n",
	  "2: unknown key 'my key' in [network lan]\n", 0 },
	{ "key of a network in a vif", "[vif *]\nstp=yes\n",
	  "2: unknown key 'stp' in [vif *]; it belongs in [network NAME]\n", 0 },
	{ "key of a vif in a network", "[network lan]\nmatch-mac=1\n",
	  "2: unknown key 'match-mac' in [network lan]; it belongs in [vif MATCH]\n", 0 },
	{ "global key in a network", "[network lan]\non-unknown=reject\n",
	  "2: unknown key 'on-unknown' in [network lan]; it belongs in [global]\n", 0 },
	{ "scalar twice", "[network lan]\nmtu=1500\nstp=no\nmtu=1500\n",
	  "4: mtu= is given twice in [network lan]; first in line 2\n", 0 },
	{ "scalar three times", "[vif *]\nmtu=1500\nmtu=1501\nmtu=1502\n",
	  "3: mtu= is given twice in [vif *]; first in line 2\n"
	  "4: mtu= is given twice in [vif *]; first in line 2\n",
	  0 },
	{ "scalar twice, first empty", "[vif *]\nmtu=\nmtu=1500\n",
	  "3: mtu= is given twice in [vif *]; first in line 2\n", 0 },
	{ "scalar twice, first bad", "[vif *]\nmtu=x\nmtu=1500\n",
	  "2: mtu=x: must be a number of bytes from 68 to 65535\n"
	  "3: mtu= is given twice in [vif *]; first in line 2\n",
	  0 },
};

static const struct bad values[] = {
	{ "version 2", "[global]\nversion=2\n", "2: version=2: must be 1\n", 0 },
	{ "version with a point", "[global]\nversion=1.0\n", "2: version=1.0: must be 1\n", 0 },
	{ "on-unknown", "[global]\non-unknown=allow\n",
	  "2: on-unknown=allow: must be accept, default-network, disable or reject\n", 0 },
	{ "truth values", "[network a]\ncreate=Yes\nkeep=2\nstp=y\nisolated=yes no\n",
	  "2: create=Yes: must be yes or no\n3: keep=2: must be yes or no\n"
	  "4: stp=y: must be yes or no\n5: isolated=yes no: must be yes or no\n",
	  0 },
	{ "port flags", "[vif *]\nlearning=x\nhairpin=x\nguard=x\nroot-block=x\nflood=x\n",
	  "2: learning=x: must be yes or no\n3: hairpin=x: must be yes or no\n"
	  "4: guard=x: must be yes or no\n5: root-block=x: must be yes or no\n"
	  "6: flood=x: must be yes or no\n",
	  0 },
	{ "MTU", "[network a]\nmtu=67\n[network b]\nmtu=65536\n[network c]\nmtu=1500B\n",
	  "2: mtu=67: must be a number of bytes from 68 to 65535\n"
	  "4: mtu=65536: must be a number of bytes from 68 to 65535\n"
	  "6: mtu=1500B: must be a number of bytes from 68 to 65535\n",
	  0 },
	{ "locking mode", "[vif *]\nlocking-mode=lock\n",
	  "2: locking-mode=lock: must be unlocked, locked or disabled\n", 0 },
	{ "bridge name", "[network lan]\nbridge=sixteen-bytes-12\n",
	  "2: bridge=sixteen-bytes-12: " IFNAME, 0 },
	{ "two bridges", "[network all]\nbridge=br0 br1\n", "2: bridge=br0 br1: " IFNAME, 0 },
	{ "bridge called like a vif", "[network a]\nbridge=vif1.0\n",
	  "2: bridge=vif1.0: is a name that vifs have\n", 0 },
	{ "interface names", "[network a]\ninterfaces=eth0 eth/1 all eth2\n",
	  "2: interfaces=eth/1: " IFNAME "2: interfaces=all: " IFNAME, 0 },
	{ "too many interfaces",
	  "[network a]\ninterfaces=a1 a2 a3 a4 a5 a6 a7 a8 a9\ninterfaces=b1\n",
	  "2: interfaces=a9: one value too many, at most 8 are possible\n"
	  "3: interfaces=b1: one value too many, at most 8 are possible\n",
	  0 },
	{ "VLAN without PVID", "[vif *]\nvlan=10/20\n",
	  "2: vlan=10/20: no VLAN is marked as PVID (add p to one)\n", 0 },
	{ "VLAN out of range", "[network a]\nvlan=4095\n",
	  "2: vlan=4095: a VLAN is a number from 1 to 4094\n", 0 },
	{ "VLAN list with blanks", "[network a]\nvlan=10p 20\n",
	  "2: vlan=10p 20: after a VLAN only p, u or / may follow\n", 0 },
	{ "network address without length", "[network a]\naddress=192.168.1.1\n",
	  "2: address=192.168.1.1: " SUBNET, 0 },
	{ "the subnet as address", "[network a]\naddress=192.168.1.0/24 fd00::/64 10.0.0.0/31\n",
	  "2: address=192.168.1.0/24: is the subnet itself; write the host's address in it, often "
	  "the first\n"
	  "2: address=fd00::/64: is the subnet itself; write the host's address in it, often "
	  "the first\n",
	  0 },
	{ "lengths that no subnet has",
	  "[network a]\naddress=192.168.1.1/0 fd00::1/7\n[vif a]\n"
	  "address=192.168.1.7/0 fd00::7/0 192.168.1.7/8 fd00::7/8 0.0.0.0/0\n",
	  "2: address=192.168.1.1/0: " NO_LENGTH "2: address=fd00::1/7: " NO_LENGTH
	  "4: address=192.168.1.7/0: " NO_LENGTH "4: address=fd00::7/0: " NO_LENGTH
	  "4: address=0.0.0.0/0: " NO_HOST,
	  0 },
	{ "broadcast addresses",
	  "[network a]\naddress=192.168.1.255/24 192.168.0.255/23\n[vif a]\n"
	  "address=192.168.1.3/30 192.168.0.255/23 192.168.1.3/31 fd00::ff/120\n",
	  "2: address=192.168.1.255/24: " BROADCAST "4: address=192.168.1.3/30: " BROADCAST, 0 },
	{ "a network's subnet for a guest's own",
	  "[network a]\nforward=open\naddress=10.0.0.1/24 fd00::1/64\n[vif a]\nnetwork=a\n"
	  "address=10.0.0.0/24 10.0.0.0/25 fd00::/48\n",
	  "6: address=10.0.0.0/24: is a whole subnet of [network a]; write the guest's own "
	  "address\n"
	  "6: address=fd00::/48: is a whole subnet of [network a]; write the guest's own address\n",
	  0 },
	{ "network address of nobody",
	  "[network a]\naddress=127.0.0.1/8 ::1/128 224.0.0.1/4 x/24\n",
	  "2: address=127.0.0.1/8: " NO_HOST "2: address=::1/128: " NO_HOST
	  "2: address=224.0.0.1/4: " NO_HOST "2: address=x/24: " SUBNET,
	  0 },
	{ "vif address of nobody",
	  "[vif *]\naddress=0.0.0.0 :: ff02::1 255.255.255.255 10.0.0.256\n",
	  "2: address=0.0.0.0: " NO_HOST "2: address=::: " NO_HOST "2: address=ff02::1: " NO_HOST
	  "2: address=255.255.255.255: " NO_HOST
	  "2: address=10.0.0.256: must be an IPv4 or IPv6 address, auto POOL or eui64\n",
	  0 },
	{ "UUIDs",
	  "[vif *]\nmatch-uuid=9b6a4c1e 9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5g\n"
	  "match-uuid=9b6a4c1e00d2f04a3708c5501f0e2d3c4b5a\n",
	  "2: match-uuid=9b6a4c1e: must be a UUID of 32 hex digits and 4 dashes\n"
	  "2: match-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5g: must be a UUID of 32 hex digits and "
	  "4 dashes\n"
	  "3: match-uuid=9b6a4c1e00d2f04a3708c5501f0e2d3c4b5a: must be a UUID of 32 hex digits and "
	  "4 dashes\n",
	  0 },
	{ "MAC addresses", "[vif *]\nmatch-mac=00:16:3e 01:00:5e:00:00:01 00:00:00:00:00:00\n",
	  "2: match-mac=00:16:3e: must be a MAC address, as in 00:16:3e:12:34:56\n"
	  "2: match-mac=01:00:5e:00:00:01: is no address that a vif can have\n"
	  "2: match-mac=00:00:00:00:00:00: is no address that a vif can have\n",
	  0 },
	{ "devids", "[vif *]\nmatch-devid=-1 65536 eth0\n",
	  "2: match-devid=-1: must be a number from 0 to 65535\n"
	  "2: match-devid=65536: must be a number from 0 to 65535\n"
	  "2: match-devid=eth0: must be a number from 0 to 65535\n",
	  0 },
	{ "patterns", "[vif *]\nmatch-name=web[0\nmatch-bridge=" X50 X10 "xxxx\n",
	  "2: match-name=web[0: the '[' of a pattern needs its ']'\n"
	  "3: match-bridge=" X50 X10 "xxxx: must be a pattern of at most 63 bytes\n",
	  0 },
	{ "long value is cut", "[vif *]\nmtu=" X50 X50 X50 "\n",
	  "2: mtu=" X50 X10 X10 X10 X10 "xx...: must be a number of bytes from 68 to 65535\n", 0 },
	{ "network name in a key", "[vif *]\nnetwork=a b\n",
	  "2: network=a b: must be a network's name: letters, digits or . _ -\n", 0 },
};

static const struct bad references[] = {
	{ "unknown network", "[network lan]\n[vif *]\nmtu=1500\nnetwork=lam\n",
	  "4: network=lam: there is no [network lam]; did you mean 'lan'?\n", 0 },
	{ "unknown network like none", "[network lan]\n[vif *]\nnetwork=storage\n",
	  "3: network=storage: there is no [network storage]\n", 0 },
	{ "network named by its bridge", "[network lan]\nbridge=xenbr0\n[vif *]\nnetwork=xenbr0\n",
	  "4: network=xenbr0: there is no [network xenbr0]\n", 0 },
	{ "network in a broken section", "[network lan\n[vif *]\nnetwork=lan\n",
	  "1: no ']' at the end of the section's line\n", 0 },
	{ "unknown default network", "[global]\non-unknown=default-network\ndefault-network=lan\n",
	  "3: default-network=lan: there is no [network lan]\n", 0 },
	{ "no default network", "[global]\nversion=1\non-unknown=default-network\n",
	  "3: on-unknown=default-network needs default-network=\n", 0 },
	{ "two networks with one bridge",
	  "[network a]\nbridge=br0\n[network b]\nmtu=1500\nbridge=br0\n",
	  "5: [network b]: the bridge br0 is that of [network a] already, t:1\n", 0 },
	{ "bridge by its network's name", "[network a]\nbridge=b\n[network b]\n",
	  "3: [network b]: the bridge b is that of [network a] already, t:1\n", 0 },
	{ "network name too long for a bridge", "[network my-home-and-office]\n",
	  "1: [network my-home-and-office]: the name cannot be that of a bridge; add bridge=\n",
	  0 },
	{ "network named like a vif", "[network vif1.0]\n",
	  "1: [network vif1.0]: the name cannot be that of a bridge; add bridge=\n", 0 },
	{ "network named default", "[network default]\n",
	  "1: [network default]: the name cannot be that of a bridge; add bridge=\n", 0 },
	{ "VLANs without filtering", "[network a]\nvlan-filtering=no\nvlan=10\n",
	  "3: vlan= has no effect with vlan-filtering=no\n", 0 },
	{ "vif VLANs without filtering",
	  "[network a]\nvlan-filtering=no\n[vif *]\nnetwork=a\nvlan=10\n",
	  "5: vlan= has no effect: [network a] has vlan-filtering=no\n", 0 },
	{ "bridge as its own port", "[network a]\nbridge=br0\ninterfaces=eth0 br0\n",
	  "3: interfaces=br0: the bridge cannot be its own port\n", 0 },
	{ "everything at once",
	  "[global]\nversion=2\nfoo=1\n[network a]\nmtu=1\n bridge=x\nstp:no\n[nonsense]\n[vif a "
	  "b]\n"
	  "network=b\nmtu=0\n",
	  "2: version=2: must be 1\n3: unknown key 'foo' in [global]\n"
	  "5: mtu=1: must be a number of bytes from 68 to 65535\n"
	  "6: the line is indented; begin it in the first column\n"
	  "7: ':' in 'stp:no' is no separator; write key=value\n8: unknown section [nonsense]\n"
	  "9: [vif a b]: " ONE_PATTERN "11: mtu=0: must be a number of bytes from 68 to 65535\n",
	  0 },
};

int main(void)
{
	add_tests(lines, XNM_N_ELEMENTS(lines));
	add_tests(sections, XNM_N_ELEMENTS(sections));
	add_tests(keys, XNM_N_ELEMENTS(keys));
	add_tests(values, XNM_N_ELEMENTS(values));
	add_tests(references, XNM_N_ELEMENTS(references));
	return run_bad_policies();
}
