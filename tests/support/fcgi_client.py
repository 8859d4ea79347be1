"""FastCGI spoken record by record over a unix socket, as nginx does it or as an attacker would.

Only the parts of the protocol that a web server needs (FastCGI 1.0 §3, §5, §8), with nothing done behind the caller's back: a
test decides which bytes go out and when.
"""
import dataclasses
import socket
import struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
RESPONDER = 1
KEEP_CONN = 1
RECORD_MAX = 32768  # nginx cuts a body into records of this size


def record(kind: int, content: bytes = b"", request: int = 1, version: int = 1, padding: int = 0) -> bytes:
    """One record."""
    return struct.pack("!BBHHBx", version, kind, request, len(content), padding) + content + b"\0" * padding


def begin(keep: bool = False, role: int = RESPONDER, request: int = 1) -> bytes:
    """The record that opens a request."""
    return record(BEGIN, struct.pack("!HB5x", role, KEEP_CONN if keep else 0), request)


def length(n: int) -> bytes:
    """A name's or value's length."""
    return struct.pack("!B", n) if n < 128 else struct.pack("!I", n | 0x80000000)


def pair(name: str, value: str) -> bytes:
    """One parameter."""
    n, v = name.encode(), value.encode()
    return length(len(n)) + length(len(v)) + n + v


def params(values: dict[str, str], request: int = 1) -> bytes:
    """All parameters and the record that ends them."""
    return record(PARAMS, b"".join(pair(n, v) for n, v in values.items()), request) + record(PARAMS, request=request)


def head(method: str, uri: str, length_of_body: int | None = None, keep: bool = False, **more: str) -> bytes:
    """Everything of a request before its body."""
    values = {"REQUEST_METHOD": method, "REQUEST_URI": uri, "REMOTE_ADDR": "127.0.0.1", "CONTENT_TYPE": "",
              "CONTENT_LENGTH": "" if length_of_body is None else str(length_of_body), **more}
    return begin(keep) + params(values)


def body(content: bytes) -> bytes:
    """A body in records, without the one that ends it."""
    return b"".join(record(STDIN, content[i:i + RECORD_MAX]) for i in range(0, len(content), RECORD_MAX))


END_OF_BODY = record(STDIN)


@dataclasses.dataclass
class Reply:
    """An answer, taken apart."""
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes
    ended: bool   # the END_REQUEST record came
    rest: bytes   # what came behind it


class Connection:
    """A connection to a FastCGI server on a unix socket (a path) or TCP (host, port)."""

    def __init__(self, address: str | tuple[str, int], timeout: float = 30):
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.settimeout(timeout)
        self.socket.connect(address)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> "Connection":
        self.socket.sendall(data)
        return self

    def read_all(self) -> bytes:
        """Everything until the server closes; a reset counts as the end."""
        data = b""
        try:
            while chunk := self.socket.recv(65536):
                data += chunk
        except ConnectionResetError:
            pass
        return data

    def reply(self) -> Reply | None:
        """The answer, once the server has closed; None when there was none."""
        return parse(self.read_all())


def parse(data: bytes) -> Reply | None:
    """Take an answer apart."""
    out, ended = b"", False
    while len(data) >= 8 and not ended:
        _, kind, _, size, padding = struct.unpack("!BBHHBx", data[:8])
        content, data = data[8:8 + size], data[8 + size + padding:]
        out += content if kind == STDOUT else b""
        ended = kind == END
    if not out:
        return None
    lines, _, content = out.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in lines.decode().split("\r\n"))
    status, _, reason = headers.pop("Status").partition(" ")
    return Reply(int(status), reason, headers, content, ended, data)


def request(address: str | tuple[str, int], method: str, uri: str, content: bytes | None = None, **more: str) -> Reply | None:
    """One whole request."""
    with Connection(address) as c:
        return c.send(head(method, uri, None if content is None else len(content), **more) + body(content or b"") + END_OF_BODY).reply()
