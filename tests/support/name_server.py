"""A name server on loopback that knows one answer, 127.0.0.1, and can fall silent or be gone."""

from __future__ import annotations

import socket
import struct
import threading

ADDRESS = "127.0.0.153"
TYPE_A = 1


class NameServer:
    """Answers while it is ``start``ed; ``silence`` leaves the port open, ``stop`` closes it."""

    def __init__(self) -> None:
        self.is_silent = False
        self.asked = 0
        self._socket: socket.socket | None = None

    def start(self) -> None:
        self.is_silent = False
        if self._socket is None:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind((ADDRESS, 53))
            threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def silence(self) -> None:
        self.start()
        self.is_silent = True

    def stop(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def _serve(self, server: socket.socket) -> None:
        server.settimeout(0.2)  # a thread inside recvfrom() would keep a closed port open
        while server.fileno() >= 0:
            try:
                query, asker = server.recvfrom(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            self.asked += 1
            if not self.is_silent:
                server.sendto(answer_to(query), asker)


def answer_to(query: bytes) -> bytes:
    """One A record for any name, no other kind."""
    end = query.index(b"\0", 12) + 5
    question, (kind,) = query[12:end], struct.unpack("!H", query[end - 4:end - 2])
    count = 1 if kind == TYPE_A else 0
    record = b"\xc0\x0c" + struct.pack("!HHIH", TYPE_A, 1, 0, 4) + socket.inet_aton("127.0.0.1")
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, count, 0, 0) + question + record * count
