"""HTTP by hand for big bodies: the client must cost less than what it measures, so the kernel moves the bytes."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pushing import BOUNDARY, Pusher, form

PIECE = 8 << 20
MARK = 16  # bytes in front of the content, so that no two pushes are of the same bytes


@dataclass(frozen=True)
class Source:
    """A file in memory whose content is sent again and again."""

    path: Path
    size: int

    @classmethod
    def make(cls, size: int) -> Source:
        path = Path(f"/dev/shm/transload-bench-{os.getpid()}")
        block = os.urandom(1 << 20)
        with path.open("wb") as file:
            for _ in range(size >> 20):
                file.write(block)
        return cls(path, size)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=300)


def head(method: str, url: str, headers: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    lines = [f"{method} {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close",
             *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def send_file(to: socket.socket, source: Source, size: int) -> None:
    """``size`` bytes, from the beginning again when the file ends."""
    with source.path.open("rb") as file:
        sent = 0
        while sent < size:
            at = sent % source.size
            sent += to.sendfile(file, at, min(source.size - at, size - sent))


def read_answer(sock: socket.socket) -> tuple[int, bytes]:
    text = b""
    while piece := sock.recv(65536):
        text += piece
    return int(text.split(b" ", 2)[1]), text


def put(url: str, source: Source, size: int, mark: int) -> None:
    """One PUT of the mark and then the content."""
    with connect(url) as sock:
        sock.sendall(head("PUT", url, {"Content-Length": str(MARK + size)}) + b"%016d" % mark)
        send_file(sock, source, size)
        status, text = read_answer(sock)
    if status not in (201, 204):
        raise RuntimeError(f"PUT: {text!r}")


def push_frame(pusher: Pusher) -> tuple[dict[str, str], bytes, bytes]:
    """The second request of a push without the image: headers, what stands before it, what stands behind it."""
    before, after = form(pusher.parts(pusher.ticket(), b"\0here\0")).split(b"\0here\0")
    return {"Authorization": pusher.sign("upload"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, before, after


def push(pusher: Pusher, source: Source, size: int, mark: int) -> None:
    """Both requests of one push."""
    headers, before, after = push_frame(pusher)
    length = len(before) + MARK + size + len(after)
    url = f"{pusher.base_url}/upload"
    with connect(url) as sock:
        sock.sendall(head("POST", url, {**headers, "Content-Length": str(length)}) + before + b"%016d" % mark)
        send_file(sock, source, size)
        sock.sendall(after)
        status, text = read_answer(sock)
    if status != 200:
        raise RuntimeError(f"push: {text!r}")


def get(url: str) -> int:
    """Bytes of the answer, head included; thrown away in the kernel."""
    with connect(url) as sock:
        sock.sendall(head("GET", url, {}))
        first = sock.recv(4096)
        if not first.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"GET: {first!r}")
        total, room = len(first), bytearray(PIECE)
        while n := sock.recv_into(room, PIECE, socket.MSG_TRUNC):
            total += n
    return total


def timed(what: object, *arguments: object) -> float:
    began = time.perf_counter()
    what(*arguments)  # type: ignore[operator]
    return time.perf_counter() - began
