# SPDX-License-Identifier: GPL-2.0-or-later
# dhcpd.py - a DHCP server that means no good: every option at once, or anything whatever.
#
# usage: dhcpd.py DEVICE SERVER MODE [ADDRESS/LENGTH [ROUTER]]
#
# MODE all: always the lease of ADDRESS, with every option by which a client could
# be made to set up more than an address. MODE any: each answer another one, by
# chance: lengths, classes of addresses, cut packets, NAK, silence; the number in
# XNM_SEED makes it the same again.
#
# One line of output for each message that came and what was said to it.

import ipaddress, os, random, socket, struct, sys

device, server, mode = sys.argv[1:4]
server = ipaddress.ip_address(server)
lease = ipaddress.ip_interface(sys.argv[4]) if len(sys.argv) > 4 else None
router = ipaddress.ip_address(sys.argv[5]) if len(sys.argv) > 5 else server
seed = int(os.environ.get("XNM_SEED", "0")) or random.randrange(1, 1 << 30)
rng = random.Random(seed)
print("seed", seed, flush=True)

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK = 1, 2, 3, 4, 5, 6


def addresses(*list):
    return b"".join(ipaddress.ip_address(a).packed for a in list)


def routes(*pairs):
    """Option 121: only as many bytes of the subnet as it has"""
    out = b""
    for subnet, via in pairs:
        net = ipaddress.ip_network(subnet)
        out += bytes([net.prefixlen]) + net.network_address.packed[: (net.prefixlen + 7) // 8] + via.packed
    return out


def names(*list):
    return b"".join(b"".join(bytes([len(p)]) + p.encode() for p in n.split(".")) + b"\0" for n in list)


def all_options():
    """By what a client could be made to do more than it is to do"""
    halves = routes(("0.0.0.0/1", server), ("128.0.0.0/1", server), ("10.99.0.0/25", server))
    return {
        121: halves,
        249: halves,
        33: addresses("192.0.2.53", str(server), "198.51.100.2", str(server)),
        6: addresses("192.0.2.99"),
        12: b"evil",
        15: b"evil.example",
        19: b"\1",
        20: b"\1",
        23: b"\7",
        24: struct.pack("!I", 1),
        26: struct.pack("!H", 600),
        27: b"\1",
        28: addresses("255.255.255.255"),
        31: b"\1",
        32: addresses(str(server)),
        35: struct.pack("!I", 1),
        37: b"\1",
        38: struct.pack("!I", 1),
        39: b"\1",
        2: struct.pack("!i", 7200),
        4: addresses("192.0.2.98"),
        42: addresses("192.0.2.97"),
        44: addresses("192.0.2.96"),
        46: b"\1",
        7: addresses("192.0.2.95"),
        9: addresses("192.0.2.94"),
        17: b"/evil",
        40: b"evil",
        41: addresses("192.0.2.93"),
        43: b"\1\4evil",
        66: b"evil",
        67: b"$(touch /evil)",
        100: b"EVIL-1",
        101: b"Evil/Evil",
        114: b"http://evil/",
        119: names("evil.example"),
        120: b"\1" + addresses("192.0.2.92"),
        252: b"http://evil/",
    }


def some_address():
    """Of every class, and what is likely to be there already"""
    return ipaddress.ip_address(rng.choice([
        "0.0.0.0", "0.0.0.1", "10.99.0.1", "10.99.0.7", "10.99.0.254", "10.98.0.5", "10.255.255.255",
        "127.0.0.1", "127.1.2.3", "169.254.1.1", "172.16.0.1", "192.0.2.1", "192.168.10.1", "192.168.10.2",
        "192.168.10.77", "192.168.43.1", "192.168.43.0", "192.168.43.255", "192.168.77.1", "192.168.77.9",
        "198.51.100.2", "8.8.8.8", "1.1.1.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
        "192.168.43.%d" % rng.randrange(2, 250), str(ipaddress.ip_address(rng.getrandbits(32)))]))


def some_mask():
    if rng.random() < 0.2:
        return rng.choice([b"", b"\xff", b"\xff\xff\xff", b"\xff\0\xff\0", b"\0\0\0\xff", bytes(5), bytes(255)])
    return ipaddress.ip_network("0.0.0.0/%d" % rng.choice([24, 24, 24, 16, rng.randrange(33)])).netmask.packed


def some_bytes():
    return rng.randbytes(rng.choice([0, 1, 2, 3, 4, 5, 7, 8, 16, 63, 64, 255]))


def any_options():
    out = {}
    known = all_options()
    for code in rng.sample(range(1, 255), rng.randrange(12)):
        out[code] = some_bytes()
    for code in rng.sample(sorted(known), rng.randrange(len(known))):
        out[code] = known[code] if rng.random() < 0.7 else some_bytes()
    if rng.random() < 0.2:
        # only IPv6, please, and no address of your own
        out[rng.choice([108, 116])] = struct.pack("!I", 1)
    return out


def answer(request, kind, address, options):
    out = struct.pack("!BBBBIHH", 2, 1, 6, 0, struct.unpack("!I", request[4:8])[0], 0, 0x8000)
    out += bytes(4) + address.packed + server.packed + bytes(4) + request[28:44]
    out += rng.choice([bytes(64), b"evil".ljust(64, b"\0")]) + b"$(touch /evil)".ljust(128, b"\0")
    out += b"\x63\x82\x53\x63" + bytes([53, 1, kind])
    for code, data in options.items():
        more = bytes([code, len(data)]) + data
        # no client takes more
        if len(out) + len(more) < 540:
            out += more
    return (out + b"\xff").ljust(300, b"\0")


def of_lease():
    return {54: server.packed, 51: struct.pack("!I", 3600), 1: lease.netmask.packed, 3: router.packed}


def by_chance(request, kind):
    """What is said to it, or nothing; mostly the good lease, as a refused one is not asked for again soon"""
    if rng.random() < 0.1:
        return None
    if kind == OFFER or rng.random() < 0.5:
        address = lease.ip if rng.random() < 0.4 else some_address()
    else:
        # as it was offered
        address = asked_for(request) or some_address()
    if kind == ACK and rng.random() < 0.15:
        return answer(request, NAK, ipaddress.ip_address(0), {54: server.packed})
    time = rng.choice([1, 2, 3, 5, 10, 0, 0xffffffff, rng.getrandbits(32)])
    options = {54: server.packed if rng.random() < 0.9 else some_address().packed, 51: struct.pack("!I", time)}
    if time and rng.random() < 0.7:
        options[58] = struct.pack("!I", 1)
    if rng.random() < 0.95:
        options[1] = lease.netmask.packed if rng.random() < 0.5 else some_mask()
    if rng.random() < 0.9:
        options[3] = router.packed if rng.random() < 0.5 else addresses(some_address(), some_address())
    out = answer(request, kind, address, {**options, **any_options()})
    if rng.random() < 0.1:
        out = out[: rng.randrange(len(out))]
    return out


def options_of(packet):
    at, out = 240, {}
    while at + 1 < len(packet) and packet[at] != 255:
        if packet[at] == 0:
            at += 1
            continue
        out[packet[at]] = packet[at + 2 : at + 2 + packet[at + 1]]
        at += 2 + packet[at + 1]
    return out


def asked_for(packet):
    asked = options_of(packet).get(50, packet[12:16])
    return ipaddress.ip_address(asked) if len(asked) == 4 and any(asked) else None


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.bind(("", 67))
    print("ready", flush=True)
    while True:
        packet, _ = sock.recvfrom(2000)
        if len(packet) < 244 or packet[0] != 1:
            continue
        options = options_of(packet)
        kind = options.get(53, b"\0")[0]
        if kind not in (DISCOVER, REQUEST):
            print("got", kind, flush=True)
            continue
        # two servers, neither of which waits for the other
        if kind == REQUEST and mode == "all" and options.get(54, server.packed) != server.packed:
            continue
        reply = OFFER if kind == DISCOVER else ACK
        if mode == "all":
            data = answer(packet, reply, lease.ip, {**of_lease(), **all_options()})
        else:
            data = by_chance(packet, reply)
        print("got", kind, "said", data.hex() if mode == "any" and data else reply if data else "nothing", flush=True)
        if data:
            sock.sendto(data, ("255.255.255.255", 68))


main()
