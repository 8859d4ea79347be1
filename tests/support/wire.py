"""HTTP by hand on one socket: requests that are cut short, slow, or never answered by a well-behaved client."""

from __future__ import annotations

import http.client
import io
import select
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection to nginx."""

    def __init__(self, base_url: str, seconds: float = 60) -> None:
        self.host = urlsplit(base_url).netloc
        name, port = self.host.split(":")
        self.socket = socket.create_connection((name, int(port)), timeout=seconds)
        self.sent = 0

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def begin(self, method: str, path: str, headers: dict[str, str]) -> None:
        """The request line and the headers."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)
        self.sent += len(data)

    def send_until_answered(self, block: bytes, at_most: int) -> bool:
        """Send blocks until something comes back, or the peer closes, or it was ``at_most`` bytes. True when something came."""
        while self.sent < at_most:
            readable, writable, _ = select.select([self.socket], [self.socket], [], 30)
            if readable:
                return True
            if not writable:
                return False
            try:
                self.sent += self.socket.send(block)
            except ConnectionError:
                return True
        return bool(select.select([self.socket], [], [], 30)[0])

    def answer(self) -> Answer:
        """Read the whole answer."""
        response = http.client.HTTPResponse(self.socket)
        response.begin()
        return Answer(response.status, response.reason, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def cut(self) -> None:
        """Hang up with a reset, as a client that dies does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()


def parse_headers(raw: bytes) -> dict[str, str]:
    """Header lines of a CGI answer."""
    return {k.lower(): v for k, v in http.client.parse_headers(io.BytesIO(raw)).items()}
