# SPDX-License-Identifier: GPL-2.0-or-later
# dhcpd.py - a DHCP server that means no good: every option at once, each fault in turn, or anything whatever.
#
# usage: dhcpd.py DEVICE SERVER MODE [ADDRESS/LENGTH [ROUTER]]
#
# MODE all: always the lease of ADDRESS, with every option by which a client could
# be made to set up more than an address. MODE each: that lease with one fault of
# dhcpd_cases.py, all of them in turn. MODE any: each answer another one, by chance:
# lengths, classes of addresses, cut packets, NAK, silence, faults. The number in
# XNM_SEED makes it the same again.
#
# One line of output for each message that came and what was said to it.

import ipaddress, os, random, socket, struct, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dhcpd_cases

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


# ---------------------------------------------------------------------- answers


class Answer:
    """One to a request, until something makes it a bad one"""

    def __init__(self, request, kind, address, options):
        self.op, self.htype, self.hlen, self.hops = 2, 1, 6, 0
        self.xid = struct.unpack("!I", request[4:8])[0]
        self.secs, self.flags = 0, 0x8000
        self.ciaddr = self.giaddr = bytes(4)
        self.yiaddr, self.siaddr, self.chaddr = address.packed, server.packed, request[28:44]
        self.sname = rng.choice([bytes(64), b"evil".ljust(64, b"\0")])
        self.file = b"$(touch /evil)".ljust(128, b"\0")
        self.cookie, self.end = b"\x63\x82\x53\x63", b"\xff"
        self.options = [(53, bytes([kind]))] + list(options.items())
        self.cut = self.size = None
        # the frame around it
        self.source, self.sport, self.mtu = server.packed, 67, 1500
        self.udp_sum = self.ip_sum = "good"
        self.udp_lie = self.ip_lie = 0
        self.ip_options = b""
        self.then = {}
        # who has an address already hears nothing else there
        self.to = request[12:16] if any(request[12:16]) else b"\xff" * 4
        self.to_mac = request[28:34] if any(request[12:16]) else b"\xff" * 6

    def packet(self):
        out = struct.pack("!BBBBIHH", self.op, self.htype, self.hlen, self.hops, self.xid, self.secs, self.flags)
        out += self.ciaddr + self.yiaddr + self.siaddr + self.giaddr + self.chaddr + self.sname + self.file + self.cookie
        for code, data in self.options:
            out += bytes([code, len(data)]) + data
        out = (out + self.end).ljust(300, b"\0")
        if self.size:
            out = out.ljust(self.size, b"\0")
        return out if self.cut is None else out[: self.cut]


def trim(options, room):
    """As many as any client takes"""
    out, size = {}, 0
    for code, data in options.items():
        if size + 2 + len(data) < room:
            out[code] = data
            size += 2 + len(data)
    return out


def of_lease(seconds=3600):
    return {54: server.packed, 51: struct.pack("!I", seconds), 1: lease.netmask.packed, 3: router.packed}


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2 + len(data) % 2), data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frames(answer, mac):
    """As it is sent, in as many fragments as its MTU needs"""
    data = answer.packet()
    length = 8 + len(data) + answer.udp_lie
    udp = struct.pack("!HHHH", answer.sport, 68, max(0, min(65535, length)), 0)
    pseudo = answer.source + answer.to + struct.pack("!BBH", 0, 17, 8 + len(data))
    total = {"good": checksum(pseudo + udp + data) or 0xFFFF, "bad": 0x1234, "zero": 0}[answer.udp_sum]
    rest, at, ident = udp[:6] + struct.pack("!H", total) + data, 0, rng.randrange(1, 65536)
    header = 20 + len(answer.ip_options)
    while True:
        part = rest[at : at + (answer.mtu - header) // 8 * 8]
        more = at + len(part) < len(rest)
        size = max(0, min(65535, header + len(part) + answer.ip_lie))
        ip = struct.pack("!BBHHHBBH", 0x40 | header // 4, 0, size, ident, more << 13 | at // 8, 64, 17, 0)
        ip += answer.source + answer.to + answer.ip_options
        total = checksum(ip) ^ (answer.ip_sum == "bad")
        yield answer.to_mac + mac + b"\x08\0" + ip[:10] + struct.pack("!H", total) + ip[12:] + part
        at += len(part)
        if not more:
            return


# -------------------------------------------------------------------- by chance


def some_address():
    """Of every class, and what is likely to be there already"""
    return ipaddress.ip_address(rng.choice(dhcpd_cases.ADDRESSES + ["192.168.43.%d" % rng.randrange(2, 250),
                                                                   str(ipaddress.ip_address(rng.getrandbits(32)))]))


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
        return Answer(request, NAK, ipaddress.ip_address(0), {54: server.packed})
    seconds = rng.choice(dhcpd_cases.TIMES + [5, 10, rng.getrandbits(32)])
    options = {54: server.packed if rng.random() < 0.9 else some_address().packed, 51: struct.pack("!I", seconds)}
    if seconds and rng.random() < 0.7:
        options[58] = struct.pack("!I", 1)
    if rng.random() < 0.95:
        options[1] = lease.netmask.packed if rng.random() < 0.5 else some_mask()
    if rng.random() < 0.9:
        options[3] = router.packed if rng.random() < 0.5 else addresses(some_address(), some_address())
    out = Answer(request, kind, address, trim({**options, **any_options()}, 290))
    if rng.random() < 0.3:
        rng.choice(some_cases)[1](out)
    if rng.random() < 0.1:
        out.cut = rng.randrange(300)
    return out


# ---------------------------------------------------------------------- in turn


class Turn:
    """Which of the faults is next"""

    def __init__(self):
        self.cases, self.at, self.seen, self.silent = [], 0, 0, 0

    def now(self, request):
        if not self.cases:
            most = options_of(request).get(57, b"")
            most = struct.unpack("!H", most)[0] if len(most) == 2 else 1500
            # headers, what a client needs, and the fixed fields
            self.cases = dhcpd_cases.cases(rng, max(200, min(1400, most) - 28 - 240 - 50))
        return self.cases[self.at % len(self.cases)]

    def next(self):
        self.at, self.seen = self.at + 1, 0
        print("done %d of %d" % (min(self.at, len(self.cases)), len(self.cases)), flush=True)


def good(request, kind):
    return Answer(request, kind, lease.ip, {**of_lease(20), 58: struct.pack("!I", 1), 59: struct.pack("!I", 15)})


def nak(request):
    return Answer(request, NAK, ipaddress.ip_address(0), {54: server.packed})


def in_turn(turn, request, kind, send):
    """The bad one, and the good one for who does not take that"""
    name, change = turn.now(request)
    answer = good(request, kind)
    change(answer)
    then = answer.then
    if kind == OFFER:
        # one that never gets beyond it is not waited for
        turn.seen += 1
        if turn.seen > 2:
            turn.next()
        if not then:
            send(answer)
            time.sleep(0.03)
        send(good(request, kind))
        return name
    turn.next()
    if "silent" in then:
        turn.silent = then["silent"]
        return name
    for _ in range(then.get("times", 1) if then.get("instead") == "nak" else 0):
        send(nak(request))
    if "instead" in then:
        return name
    if then:
        # as nothing is wrong with the first
        send(good(request, kind))
        time.sleep(then.get("wait", 0.03))
        for _ in range(then["times"]):
            more = nak(request) if then["behind"] == "nak" else good(request, then.get("kind", kind))
            more.yiaddr = then.get("yiaddr", more.yiaddr)
            send(more)
        return name
    send(answer)
    time.sleep(0.03)
    send(good(request, kind))
    return name


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
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.bind(("", 67))
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    raw.bind((device, 0))
    turn = Turn()

    def send(answer):
        for frame in frames(answer, raw.getsockname()[4]):
            raw.send(frame)

    print("ready", flush=True)
    while True:
        packet, _ = sock.recvfrom(2000)
        if len(packet) < 244 or packet[0] != 1:
            continue
        options = options_of(packet)
        kind = (options.get(53) or b"\0")[0]
        if kind not in (DISCOVER, REQUEST):
            print("got", kind, flush=True)
            continue
        # two servers, neither of which waits for the other
        if kind == REQUEST and mode == "all" and options.get(54, server.packed) != server.packed:
            continue
        reply = OFFER if kind == DISCOVER else ACK
        if mode == "each" and turn.silent:
            turn.silent -= 1
            print("got", kind, "said nothing", flush=True)
        elif mode == "each":
            print("got", kind, "said", reply, in_turn(turn, packet, reply, send), flush=True)
        else:
            data = by_chance(packet, reply) if mode == "any" else \
                Answer(packet, reply, lease.ip, trim({**of_lease(), **all_options()}, 290))
            said = data.packet().hex() if mode == "any" and data else reply if data else "nothing"
            print("got", kind, "said", said, flush=True)
            if data:
                send(data)


some_cases = dhcpd_cases.cases(rng, 200) if mode == "any" else []
main()
