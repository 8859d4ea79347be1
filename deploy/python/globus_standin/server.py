"""The sockets: HTTP/1.1 with kept connections, and the faults that only a socket can show.

Threads and plain sockets are used because the failures that matter most, a connection reset after
the call was carried out and a body cut short, have to be made on the socket itself.
"""

from __future__ import annotations

import itertools
import socket
import ssl
import struct
import sys
import time
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from .faults import Delivery
from .messages import Reply, Request
from .world import World


class Application(Protocol):
    """What the server needs: an answer, and how to deliver it, for each request."""

    world: World

    def answer(self, request: Request) -> Delivery: ...


class StandinServer(ThreadingHTTPServer):
    """Listens on one address, a loopback one unless told otherwise, and numbers its connections from 1."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, listen: str, port: int) -> None:
        super().__init__((listen, port), Connection)
        self.application: Application
        self.connection_numbers = itertools.count(1)

    def speak_tls(self, certificate: Path, key: Path | None) -> None:
        """From now on. The handshake is each connection's own: one that hangs keeps nobody else waiting."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self) -> int:
        return self.server_port

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a defect worth a traceback."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


class Connection(BaseHTTPRequestHandler):
    """One TCP connection, for as many requests as the client sends over it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: StandinServer

    def setup(self) -> None:
        super().setup()
        self.number = next(self.server.connection_numbers)

    def serve(self) -> None:
        """Read one request, have it answered, deliver the answer as it was asked for."""
        if "Transfer-Encoding" in self.headers:
            self.send_error(411, "Send a Content-Length")
            self.close_connection = True
            return
        self._deliver(self.server.application.answer(self._read()))

    do_GET = do_POST = do_PUT = do_DELETE = serve

    def _read(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, self.rfile.read(length), self.number)

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.delay_s:
            time.sleep(delivery.delay_s)
        if delivery.reset:
            self._reset()
            return
        head, body = self._encode(delivery.reply)
        if delivery.truncate is None:
            self.connection.sendall(head + body)
        else:
            self.connection.sendall(head + body[: delivery.truncate])
            self.close_connection = True

    def _encode(self, reply: Reply) -> tuple[bytes, bytes]:
        headers = {
            "Date": formatdate(self.server.application.world.now(), usegmt=True),
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
            **({"Connection": "close"} if self.close_connection else {}),
            **reply.headers,
        }
        lines = [f"HTTP/1.1 {reply.status} {_reason(reply.status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1"), reply.body

    def _reset(self) -> None:
        """Close with a TCP reset: the client sees a broken connection, not an end of file."""
        linger_off = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Silent: GET /control/log is the log."""


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"

