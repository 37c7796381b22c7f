# SPDX-License-Identifier: GPL-2.0-or-later
# probe.py - ask servers and hosts from several network namespaces at once, and print who answered.
#
# usage: probe.py SECONDS SILENCE <<< lines of "FROM[@SOURCE] PROTOCOL/ADDRESS[/PORT] WANTED"
#
# The words are those of reach() in lan.sh, where they are explained. A line of
# the output is the answer to the line of the input with its number. One that
# should come may take SECONDS, "-" is waited for SILENCE long.
#
# It is one process for all of them, as to start one each takes longer than to ask.

import ctypes, fcntl, os, socket, sys, threading, time

seconds, silence = float(sys.argv[1]), float(sys.argv[2])
CLONE_NEWNET = 0x40000000
UDP_TRY_SECONDS = 0.2
libc = ctypes.CDLL(None, use_errno=True)


# of this thread alone
def enter(namespace):
    if namespace == "dom0":
        return
    with open("/run/netns/" + namespace) as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + namespace)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


# what is left until a time; 0 would be a socket that never waits
def left(end):
    return max(end - time.monotonic(), 0.001)


def http_answer(sock, end):
    sock.sendall(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
    text = b""
    while time.monotonic() < end:
        sock.settimeout(left(end))
        data = sock.recv(4096)
        if not data:
            head, _, body = text.partition(b"\r\n\r\n")
            return body.decode().rstrip("\n") or "-"
        text += data
    return "-"


def ask_tcp(address, port, source, limit):
    end = time.monotonic() + limit
    with socket.socket(family(address), socket.SOCK_STREAM) as sock:
        try:
            if source:
                sock.bind((source, 0))
            sock.settimeout(left(end))
            sock.connect((address, int(port)))
        except ConnectionRefusedError:
            return "refused"
        except OSError:
            return "-"
        try:
            return http_answer(sock, end)
        except ConnectionResetError:
            return "reset"
        except OSError:
            return "-"


# what a guest may send to a DHCP server is about its own MAC address
def question(sock, port):
    if port != "67":
        return b"who am I\n"
    # SIOCGIFHWADDR
    mac = fcntl.ioctl(sock, 0x8927, b"eth0".ljust(40, b"\0"))[18:24]
    return bytes(28) + mac + bytes(206)


# a first packet may be lost; any error is one that came by ICMP, as there was a route
def ask_udp(address, port, source, limit):
    end = time.monotonic() + limit
    with socket.socket(family(address), socket.SOCK_DGRAM) as sock:
        try:
            if source:
                sock.bind((source, 0))
            sock.connect((address, int(port)))
        except OSError:
            return "-"
        sock.settimeout(UDP_TRY_SECONDS)
        while time.monotonic() < end:
            try:
                sock.send(question(sock, port))
                return sock.recv(2000).decode().rstrip("\n")
            except socket.timeout:
                pass
            except OSError:
                return "refused"
    return "-"


def ask_ping(address, port, source, limit):
    words = ["ping", "-n", "-c", "1", "-W", str(limit)] + (["-I", source] if source else []) + [address]
    out, into = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, into, 1), (os.POSIX_SPAWN_DUP2, into, 2)]
    pid = os.posix_spawnp("ping", words, os.environ, file_actions=actions)
    os.close(into)
    with open(out) as file:
        text = file.read()
    os.waitpid(pid, 0)
    if " 0% packet loss" in text:
        return "yes"
    # of "unreachable" and "prohibited", which may begin a word
    return "refused" if "nreachable" in text or "rohibited" in text else "-"


ask = {"tcp": ask_tcp, "udp": ask_udp, "ping": ask_ping}


# what comes up only now may need a second try
def probe(answers, n, line):
    place, what, wanted = line.split(" ", 2)
    namespace, _, source = place.partition("@")
    protocol, address, port = (what.split("/") + [""])[:3]
    enter(namespace)
    end = time.monotonic() + seconds
    while True:
        answers[n] = ask[protocol](address, port, source, silence if wanted == "-" else seconds)
        if answers[n] == wanted or wanted == "-" or time.monotonic() >= end:
            return
        time.sleep(0.05)


lines = sys.stdin.read().splitlines()
answers = ["no answer: the probe failed"] * len(lines)
threads = [threading.Thread(target=probe, args=(answers, n, line)) for n, line in enumerate(lines)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("\n".join(answers))
