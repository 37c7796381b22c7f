# SPDX-License-Identifier: GPL-2.0-or-later
# dhcpd_cases.py - what a hostile DHCP server may put into an answer, one kind of fault after the other.
#
# cases() is a list of (name, change): change(answer) makes an answer that is good in
# everything else (dhcpd.py) a bad one. Those of one option are many to an answer, as
# far as there is room.

import ipaddress
import struct

# those that make a lease what it is have cases of their own
OF_LEASE = (1, 3, 50, 51, 52, 53, 54, 57, 58, 59, 61, 108, 116)

# text that a shell, a file or a terminal would take for more than that
TEXTS = [
    b"$(touch /evil)", b"`touch /evil`", b"; touch /evil #", b"x\ntouch /evil\n", b"' ; touch /evil '",
    b'" ; touch /evil "', b"../../../../evil", b"/evil", b"-o /evil", b"a\0b", b"\x1b]0;evil\7\x1b[2J", b"\xff\xfe\xc3",
    b"evil " * 51, b"%s%n%x%s%n", b"x=1 PATH=/evil LD_PRELOAD=/evil", b"\n\n\nnameserver 192.0.2.99\n", b".", b"\x3fa\xc0\x0c",
]
TEXT_OPTIONS = (12, 14, 15, 17, 18, 40, 43, 47, 56, 60, 62, 64, 66, 67, 77, 81, 82, 83, 86, 87, 88, 98, 99, 100, 101, 114,
                119, 120, 124, 125, 137, 141, 209, 210, 252)

# of every class, and what the host, the server or a guest has
ADDRESSES = [
    "0.0.0.0", "0.0.0.1", "0.255.255.255", "10.0.0.0", "10.99.0.1", "10.99.0.7", "10.99.0.254", "10.98.0.5",
    "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.1.2.3", "127.255.255.255", "128.0.0.1", "169.254.0.0",
    "169.254.1.1", "169.254.169.254", "172.16.0.1", "172.31.255.254", "191.255.0.1", "192.0.0.1", "192.0.2.1",
    "192.0.2.53", "192.168.0.1", "192.168.10.1", "192.168.42.255", "192.168.43.0", "192.168.43.1", "192.168.43.3",
    "192.168.43.255", "192.168.44.0", "192.168.77.1", "192.168.77.9", "198.18.0.1", "198.51.100.2", "203.0.113.2",
    "8.8.8.8", "1.1.1.1", "223.255.255.254", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.254",
    "255.255.255.255",
]
TIMES = [0, 1, 2, 3, 59, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF]
MTUS = [0, 1, 67, 68, 575, 576, 600, 1279, 1280, 1499, 1500, 1501, 9000, 65534, 65535]


def packed(*texts):
    return b"".join(ipaddress.ip_address(text).packed for text in texts)


def route(length, via, subnet="203.0.113.77"):
    """One of option 121, with as many bytes of the subnet as its length has"""
    return bytes([length]) + packed(subnet)[: (length + 7) // 8] + packed(via)


def of_options(rng):
    """(code, data) of every option and every length"""
    for length in (0, 1, 2, 3, 4, 5, 8, 255):
        for code in range(1, 255):
            if code not in OF_LEASE:
                fill = rng.choice((rng.randbytes(length), bytes(length), b"\xff" * length, (b"$(touch /evil)" * 19)[:length]))
                yield code, fill
    for code in TEXT_OPTIONS:
        for text in TEXTS:
            yield code, text[:255]


def of_shapes():
    """Routes, routers and the like that are not only bytes"""
    vias = ("192.168.43.1", "0.0.0.0", "255.255.255.255", "10.99.0.254", "192.168.43.100", "224.0.0.1")
    for code in (121, 249):
        for length in list(range(33)) + [33, 64, 128, 255]:
            yield code, route(length, vias[length % len(vias)])
        yield code, b"".join(route(1, "192.168.43.1", s) for s in ("0.0.0.0", "128.0.0.0"))
        yield code, b"".join(route(32, "192.168.43.1", "198.51.100.%d" % i) for i in range(28))
        for cut in range(1, 9):
            yield code, route(32, "192.168.43.1")[:cut]
    for pair in (("0.0.0.0", "192.168.43.1"), ("198.51.100.2", "0.0.0.0"), ("10.99.0.254", "192.168.43.1"),
                 ("192.168.43.100", "192.168.43.100")):
        yield 33, packed(*pair)
        yield 33, packed(*pair)[:-1]
    for mtu in MTUS:
        yield 26, struct.pack("!H", mtu)
    for code in (43, 82, 124, 125):
        for inside in (b"\1\xff", b"\1\4evil", b"\xff" * 40, b"\0\0\x09\xbf\x05\1\3abc", b"\1\2\1\2" * 60):
            yield code, inside


def set_options(answer, options):
    for code, data in options:
        answer.options.append((code, data))


def chunks(options, room):
    """As many of them to a list as there is room for"""
    out, size = [], 0
    for code, data in options:
        if out and size + 2 + len(data) > room:
            yield out
            out, size = [], 0
        out.append((code, data))
        size += 2 + len(data)
    if out:
        yield out


def lease_options():
    """Those that make a lease what it is, wrong"""
    for code in (1, 3, 54):
        yield code, None
        for length in (0, 1, 2, 3, 5, 6, 7, 9, 255):
            yield code, (packed("192.168.43.1") * 64)[:length]
    for length in range(33):
        yield 1, ipaddress.ip_network("0.0.0.0/%d" % length).netmask.packed
    for mask in ("255.0.255.0", "0.0.0.255", "255.255.255.1", "0.255.255.0", "127.255.255.255", "0.0.0.1", "255.255.0.255"):
        yield 1, packed(mask)
    for address in ADDRESSES:
        yield 3, packed(address)
        yield 54, packed(address)
    yield 3, packed("192.168.43.100")
    yield 3, packed("192.168.43.1", "192.168.43.3", "10.99.0.254")
    yield 3, packed("10.99.0.254", "192.168.43.1")
    yield 3, packed("0.0.0.0", "192.168.43.1")
    yield 3, packed(*["192.168.43.%d" % i for i in range(1, 64)])
    for code in (51, 58, 59):
        yield code, None
        for time in TIMES:
            yield code, struct.pack("!I", time)
        for length in (0, 1, 3, 5, 255):
            yield code, b"\1" * length
    for kind in list(range(20)) + [127, 128, 255]:
        yield 53, bytes([kind])
    for data in (None, b"", b"\5\5", b"\5" * 255):
        yield 53, data
    for code in (50, 57, 61, 108, 116):
        for data in (b"", b"\0", b"\1", packed("10.99.0.1"), b"\xff" * 4, bytes(255)):
            yield code, data


def cut(at):
    def change(answer):
        answer.cut = at
    return change


def put(**fields):
    def change(answer):
        for name, value in fields.items():
            setattr(answer, name, value)
    return change


def of_frames():
    """The packet around the options, and the frame around the packet"""
    for address in ADDRESSES:
        yield "yiaddr " + address, put(yiaddr=packed(address))
    for name in ("ciaddr", "siaddr", "giaddr"):
        for address in ("10.99.0.1", "192.168.43.100", "255.255.255.255", "127.0.0.1"):
            yield "%s %s" % (name, address), put(**{name: packed(address)})
    for name, values in (("op", (0, 1, 3, 255)), ("htype", (0, 6, 32, 255)), ("hlen", (0, 1, 5, 7, 16, 17, 255)),
                         ("hops", (255,)), ("secs", (65535,)), ("flags", (0, 0xFFFF))):
        for value in values:
            yield "%s %d" % (name, value), put(**{name: value})
    yield "wrong xid", lambda a: put(xid=a.xid ^ 1)(a)
    yield "wrong chaddr", lambda a: put(chaddr=bytes([a.chaddr[0], a.chaddr[1] ^ 1]) + a.chaddr[2:])(a)
    yield "no chaddr", put(chaddr=bytes(16))
    yield "chaddr and more", lambda a: put(chaddr=a.chaddr[:6] + b"\xff" * 10)(a)
    for cookie in (b"", bytes(4), b"\x63\x82\x53\x62", b"$(to"):
        yield "cookie %r" % cookie, put(cookie=cookie)
    for text in TEXTS:
        yield "sname and file %r" % text[:12], put(sname=text[:64].ljust(64, b"\0"), file=text[:128].ljust(128, b"\0"))
    for how in ("bad", "zero"):
        yield "UDP checksum " + how, put(udp_sum=how)
    yield "IP checksum bad", put(ip_sum="bad")
    yield "source port", put(sport=68)
    yield "source address", put(source=packed("10.99.0.1"))
    yield "source 0", put(source=bytes(4))
    yield "source broadcast", put(source=b"\xff" * 4)
    for lie in (-300, -9, -1, 1, 9, 3000):
        yield "UDP length %+d" % lie, put(udp_lie=lie)
        yield "IP length %+d" % lie, put(ip_lie=lie)
    yield "IP options", put(ip_options=b"\x07\x27\x04" + bytes(37))
    yield "in fragments", put(mtu=300)
    for size in (577, 1400, 1472, 1473, 2000, 9000, 60000):
        yield "%d bytes" % size, put(size=size, mtu=1500)
    for at in list(range(0, 48, 6)) + [100, 200, 235, 236, 239, 240, 241, 242, 243, 244, 250, 255]:
        yield "cut at %d" % at, cut(at)
    yield "no end", put(end=b"")
    yield "only pads", put(end=bytes(200))
    yield "a length that leads out", put(end=b"\x0c\xff")
    yield "a code without length", put(end=b"\x0c")
    yield "behind the end", put(end=b"\xff" + b"\x79\x09\0" + packed("192.168.43.1") * 2)


def overload(how, file=b"", sname=b""):
    def change(answer):
        answer.options.append((52, how))
        answer.file, answer.sname = file[:128].ljust(128, b"\0"), sname[:64].ljust(64, b"\0")
    return change


def split(code, data, parts):
    """RFC 3396: one option in several, with others between"""
    def change(answer):
        answer.options = [o for o in answer.options if o[0] != code]
        for i in range(parts):
            answer.options.append((code, data[i * len(data) // parts : (i + 1) * len(data) // parts]))
            answer.options.append((12, b"h%d" % i))
    return change


def of_layout():
    """Where options may stand beside the options"""
    halves = route(1, "192.168.43.1", "0.0.0.0") + route(1, "192.168.43.1", "128.0.0.0")
    inside = bytes([121, len(halves)]) + halves + b"\x1a\2\2\x58\x0c\4evil\xff"
    more = b"\3\4" + packed("10.99.0.254") + b"\1\4" + packed("255.0.0.0") + b"\xff"
    for how in (b"\1", b"\2", b"\3", b"\0", b"\4", b"\xff", b"", b"\3\3"):
        yield "overload %r" % how, overload(how, inside, more)
        yield "overload %r without an end" % how, overload(how, inside[:-1] + b"\x0c\xff", more[:-1] + b"\3\xff")
    yield "overload in overload", overload(b"\3", b"\x34\1\3" + inside, b"\x34\1\3" + more)
    yield "overload with another kind", overload(b"\1", b"\x35\1\6\xff")
    for parts in (2, 3, 7):
        yield "routes in %d parts" % parts, split(121, halves * 3, parts)
        yield "router in %d parts" % parts, split(3, packed("192.168.43.1"), min(parts, 4))
        yield "mask in %d parts" % parts, split(1, packed("255.255.255.0"), min(parts, 4))
        yield "search list in %d parts" % parts, split(119, b"\4evil\7example\0" * 9, parts)
    for code in (1, 3, 51, 53, 54, 121):
        def twice(answer, code=code):
            answer.options += [(code, rest) for rest in (packed("10.99.0.254"), b"\0" * 4)]
        yield "option %d three times" % code, twice
    yield "a hundred of one", lambda a: set_options(a, [(12, b"x")] * 100)


def also(**how):
    def change(answer):
        answer.then = how
    return change


def of_manners():
    """What a server does, rather than what it says"""
    for n in (1, 30, 200):
        yield "NAK, %d times" % n, also(instead="nak", times=n)
        yield "NAK behind it, %d times" % n, also(behind="nak", times=n)
        yield "the same %d times" % n, also(behind="same", times=n)
    for n in (1, 3):
        yield "silence, %d times" % n, also(instead="nothing", silent=n)
    for address in ("192.168.43.102", "10.99.0.1", "192.168.43.1", "8.8.8.8"):
        yield "another address, " + address, put(yiaddr=packed(address))
        yield "unasked " + address, also(behind="same", times=3, yiaddr=packed(address))
    for i in range(3):
        yield "flapping, %d" % i, put(yiaddr=packed("192.168.43.%d" % (110 + i)))
    for kind in (9, 10, 13):
        yield "unasked type %d" % kind, also(behind="same", times=3, kind=kind)
    yield "late", also(behind="same", times=1, wait=0.6)


def cases(rng, room):
    out = []
    for options in chunks(list(of_options(rng)) + list(of_shapes()), room):
        codes = sorted({code for code, _ in options})
        name = "options %d-%d of %d bytes" % (codes[0], codes[-1], sum(len(data) for _, data in options))
        out.append((name, lambda a, options=options: set_options(a, options)))
    for code, data in lease_options():
        def change(answer, code=code, data=data):
            answer.options = [o for o in answer.options if o[0] != code]
            if data is not None:
                answer.options.append((code, data))
        out.append(("option %d %s" % (code, "absent" if data is None else data[:12].hex() + " of %d" % len(data)), change))
    out += of_frames()
    out += of_layout()
    out += of_manners()
    rng.shuffle(out)
    return out
