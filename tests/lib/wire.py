# SPDX-License-Identifier: GPL-2.0-or-later
# wire.py - say which DSCP, VLAN and priority the echo requests have that come in by an interface.
#
# usage: wire.py IFNAME COUNT SECONDS
#
# Prints "ready", then a line for each of COUNT requests: the family, the DSCP, the VLAN and its
# priority, "-" without a tag. After SECONDS it ends in any case.

import select
import socket
import struct
import sys
import time

ETH_P_ALL, SOL_PACKET, PACKET_AUXDATA = 3, 263, 8
TP_STATUS_VLAN_VALID = 0x10
PACKET_OUTGOING = 4


def tag_of(infos):
    """The tag that the kernel has taken from the frame."""
    for level, kind, data in infos:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", data[:20])
            if status & TP_STATUS_VLAN_VALID:
                return tci
    return None


def describe(frame, tci):
    """The line of a frame, or None if it is no echo request."""
    proto, at = struct.unpack("!H", frame[12:14])[0], 14
    if proto == 0x8100:
        tci, proto = struct.unpack("!HH", frame[14:18])
        at = 18
    packet = frame[at:]
    if proto == 0x0800 and packet[9] == 1 and packet[(packet[0] & 15) * 4] == 8:
        words = "ip", packet[1] >> 2
    elif proto == 0x86DD and packet[6] == 58 and packet[40] == 128:
        words = "ip6", struct.unpack("!H", packet[:2])[0] >> 6 & 63
    else:
        return None
    return words + (("-", "-") if tci is None else (tci & 0xFFF, tci >> 13))


def main():
    """Look at what comes in until there is enough of it."""
    ifname, count, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.bind((ifname, ETH_P_ALL))
    print("ready", flush=True)
    end = time.monotonic() + seconds
    while count and select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
        frame, infos, _, address = sock.recvmsg(2048, 256)
        line = None if address[2] == PACKET_OUTGOING else describe(frame, tag_of(infos))
        if line:
            print(*line, flush=True)
            count -= 1


main()
