"""The worker pool of src/http, spoken to in raw FastCGI: what nginx never sends, and what the kernel does to processes.

The server is tests/integration/http_server.c: the real loop with a few handlers and no database. No test waits by the clock: each
waits for a line of the log, for bytes, or for the end of a process.
"""
from __future__ import annotations

import os
import re
import select
import signal
import socket
import stat
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fcgi_client as fcgi

REPOSITORY = Path(__file__).resolve().parents[2]
MIB = 1 << 20


def server_binary() -> Path:
    """The build under test: $HTTP_SERVER, else beside $TRANSLOAD_BINARY, else the sanitizer build."""
    beside = Path(os.environ.get("TRANSLOAD_BINARY", REPOSITORY / "build/asan/transload")).parent
    return Path(os.environ.get("HTTP_SERVER", beside / "tests/integration/http_server"))


class Server:
    """One parent with its workers, and its log as far as it was read."""

    def __init__(self, directory: Path, workers: int = 2, drain: int = 60, io: int = 60, address: str | None = None,
                 command: tuple[str, ...] = (), env: dict[str, str] | None = None, **popen: object) -> None:
        self.path = address or str(directory / "pool.sock")
        self.state = directory / "state"
        if not self.state.exists():
            self.state.write_text("one")
        self.log = ""
        self.process = subprocess.Popen([*command, server_binary(), self.path, str(workers), str(drain), str(io), self.state],
                                        stderr=subprocess.PIPE, env={**os.environ, **(env or {})}, **popen)
        os.set_blocking(self.process.stderr.fileno(), False)

    @property
    def address(self) -> str | tuple[str, int]:
        host, _, port = self.path.rpartition(":")
        return (host, int(port)) if host else self.path

    def read_log(self) -> bool:
        """Read what is there; False at the end of the log."""
        piece = self.process.stderr.read()
        self.log += (piece or b"").decode(errors="replace")
        return piece != b""

    def wait_log(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """The first place where the log matches, waited for."""
        open_ = True
        while not (found := re.search(pattern, self.log)):
            assert open_ and select.select([self.process.stderr], [], [], seconds)[0], f"no {pattern!r} in:\n{self.log}"
            open_ = self.read_log()
        return found

    def ready(self) -> "Server":
        self.wait_log("event=pool_ready")
        return self

    def get(self, uri: str, method: str = "GET") -> fcgi.Reply:
        reply = fcgi.request(self.address, method, uri)
        assert reply and reply.ended, f"no answer to {uri}"
        return reply

    def text(self, uri: str) -> str:
        return self.get(uri).body.decode()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self) -> int:
        """Its exit status, waited for, with the log read to its end."""
        while select.select([self.process.stderr], [], [], 60)[0] and self.read_log():
            pass
        return self.process.wait(60)

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.end()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts a server. What a sanitizer says in any of their logs fails the test."""
    servers: list[Server] = []

    def make(**options: object) -> Server:
        servers.append(Server(tmp_path, **options))
        return servers[-1]

    yield make
    for server in servers:
        if server.process.poll() is None:
            server.signal(signal.SIGKILL)
        server.end()
        assert not re.search(r"Sanitizer|runtime error:", server.log), server.log


@pytest.fixture
def server(start: Callable[..., Server]) -> Server:
    return start().ready()


class Upload:
    """A POST whose body is sent in two halves, so that a test can do something in between."""

    def __init__(self, server: Server, size: int = 4 * MIB) -> None:
        self.content = os.urandom(size)
        self.connection = fcgi.Connection(server.address)
        self.connection.send(fcgi.head("POST", "/sum", size))
        # More than a socket buffers: once this is sent, the worker is in the middle of the body.
        self.connection.send(fcgi.body(self.content[:size // 2]))

    def finish(self) -> None:
        half = len(self.content) // 2
        reply = self.connection.send(fcgi.body(self.content[half:]) + fcgi.END_OF_BODY).reply()
        assert reply and reply.status == 200
        assert reply.body.decode() == f"{len(self.content)} {zlib.adler32(self.content)}"


# ---- requests and answers --------------------------------------------------------------------------------------------------------


def test_an_answer_has_status_type_length_and_no_cache(server: Server) -> None:
    reply = server.get("/hello")
    assert (reply.status, reply.reason, reply.body) == (200, "OK", b"hello\n")
    assert reply.headers == {"Content-Type": "text/plain", "Content-Length": "6", "Cache-Control": "no-store"}


def test_head_is_get_without_the_body(server: Server) -> None:
    reply = server.get("/hello", "HEAD")
    assert (reply.status, reply.headers["Content-Length"], reply.body) == (200, "6", b"")


def test_a_slash_at_the_end_is_the_same_route(server: Server) -> None:
    assert server.get("/hello/?x=1").status == 200


@pytest.mark.parametrize("uri", ["/nothing", "/hello/more", "/", "//hello"])
def test_unknown_path_is_404(server: Server, uri: str) -> None:
    assert server.get(uri).status == 404


@pytest.mark.parametrize("uri", ["hello", "", "/a/../hello", "/%2e%2e/hello", "/x%00", "/x%0a", "/x%", "/%ff"])
def test_an_address_that_cannot_be_used_is_400(server: Server, uri: str) -> None:
    assert server.get(uri).status == 400


@pytest.mark.parametrize("method", ["POST", "DELETE", "PROPFIND", "get"])
def test_a_method_the_path_lacks_is_405_with_allow(server: Server, method: str) -> None:
    reply = server.get("/hello", method)
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")


def test_values_cannot_become_headers(server: Server) -> None:
    reply = server.get("/reason")
    assert reply.headers["X-Note"] == "one"
    assert reply.reason == "two  X-Forged: yes"
    assert "X-Forged" not in reply.headers


def test_a_buffered_body_arrives_whole(server: Server) -> None:
    content = os.urandom(64 * 1024)
    assert fcgi.request(server.address, "POST", "/echo", content).body == content


def test_a_body_of_unknown_length_is_limited_too(server: Server) -> None:
    with fcgi.Connection(server.address) as c:
        reply = c.send(fcgi.head("POST", "/echo") + fcgi.body(b"x" * 64 * 1024) + fcgi.END_OF_BODY).reply()
        assert reply.status == 200
    with fcgi.Connection(server.address) as c:
        reply = c.send(fcgi.head("POST", "/echo") + fcgi.body(b"x" * (64 * 1024 + 1)) + fcgi.END_OF_BODY).reply()
        assert reply.status == 413


@pytest.mark.parametrize(("uri", "announced", "sent"), [
    ("/sum", 100, 99), ("/sum", 100, 101), ("/sum", 100, 0), ("/sum", 3 * MIB, 2 * MIB), ("/sum", 2 * MIB, 2 * MIB + 1000),
    ("/echo", 100, 99), ("/echo", 100, 101), ("/echo", 100, 0)])
def test_a_body_that_is_not_as_long_as_announced_is_refused(server: Server, uri: str, announced: int, sent: int) -> None:
    with fcgi.Connection(server.address) as c:
        reply = c.send(fcgi.head("POST", uri, announced) + fcgi.body(b"x" * sent) + fcgi.END_OF_BODY).reply()
    assert reply.status == 400


def test_a_form_is_read_in_pieces(server: Server) -> None:
    image = os.urandom(3 * MIB) + b"\r\n--bound" + os.urandom(100)
    content = (b'--boundary\r\nContent-Disposition: form-data; name="tag"\r\n\r\nlatest\r\n'
               b'--boundary\r\nContent-Disposition: form-data; name="file1"; filename="x.sif"\r\n\r\n' + image + b"\r\n--boundary--\r\n")
    reply = fcgi.request(server.address, "POST", "/form", content, CONTENT_TYPE="multipart/form-data; boundary=boundary")
    assert reply.body.decode() == f"{len(image)} {zlib.adler32(image)}"


def test_the_log_has_one_line_for_a_request_and_no_query(start: Callable[..., Server]) -> None:
    server = start(workers=1).ready()
    fcgi.request(server.address, "GET", "/hello?token=planted-secret", REQUEST_ID="0123456789abcdef", HTTP_COOKIE="planted-secret",
                 HTTP_AUTHORIZATION="planted-secret")
    fcgi.request(server.address, "GET", "/planted-secret", HTTP_X_CSRF_TOKEN="planted-secret")
    server.wait_log("event=request .*route=-")
    assert re.search(r"level=info event=request request=0123456789abcdef method=GET route=/hello status=200 ms=\d+ bytes=6\n", server.log)
    assert len(re.findall("event=request", server.log)) == 2
    assert "planted-secret" not in server.log


def test_a_malformed_request_id_is_replaced(server: Server) -> None:
    fcgi.request(server.address, "GET", "/hello", REQUEST_ID='x" level=error')
    assert re.fullmatch("[0-9a-f]{32}", server.wait_log(r"event=request request=(\S+)").group(1))


def test_it_serves_tcp(start: Callable[..., Server]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = start(address=f"127.0.0.1:{port}").ready()
    assert server.text("/hello") == "hello\n"
    upload = Upload(server)
    server.signal(signal.SIGTERM)
    server.wait_log("event=stop")
    upload.finish()
    assert server.end() == 0


# ---- what a hostile or broken peer sends -----------------------------------------------------------------------------------------


def forged_body() -> bytes:
    """A whole request over and over, each beginning at a multiple of 256."""
    one = fcgi.begin(True) + fcgi.params({"REQUEST_METHOD": "GET", "REQUEST_URI": "/forged", "REMOTE_USER": "root"}) + fcgi.END_OF_BODY
    one += fcgi.record(99, b"\0" * (256 - len(one) - 8))  # unknown kinds are skipped
    assert len(one) == 256
    return one * 224


@pytest.mark.parametrize("uri", ["/refuse", "/hello", "/echo", "/sum", "/nothing"])
def test_a_body_cannot_become_a_request(server: Server, uri: str) -> None:
    """libfcgi would throw away what it has buffered of the unread body and take the next 8 KiB for records."""
    content = forged_body()
    method = "GET" if uri == "/hello" else "POST"
    start = fcgi.head(method, uri, len(content), keep=True, PAD="")
    start = fcgi.head(method, uri, len(content), keep=True, PAD="x" * (-(len(start) + 8) % 256))
    assert (len(start) + 8) % 256 == 0
    with fcgi.Connection(server.address) as c:
        c.send(start + fcgi.record(fcgi.STDIN, content) + fcgi.END_OF_BODY + content)
        reply = c.reply()
    assert reply and reply.ended and reply.rest == b""
    assert reply.body != b"hello\n" or uri == "/hello"
    assert server.text("/hello") == "hello\n"
    server.wait_log("route=/hello")
    assert "route=/forged" not in server.log


@pytest.mark.parametrize(("uri", "announced"), [("/refuse", 1 << 30), ("/echo", 1 << 30), ("/hello", 1 << 30), ("/refuse", None)])
def test_a_refusal_comes_early(server: Server, uri: str, announced: int | None) -> None:
    """Little of the body is read: what the kernel took includes what its own buffers hold."""
    with fcgi.Connection(server.address) as c:
        c.send(fcgi.head("POST" if uri != "/hello" else "GET", uri, announced))
        taken, piece = 0, fcgi.body(b"x" * fcgi.RECORD_MAX)
        try:
            while not select.select([c.socket], [], [], 0)[0]:
                if select.select([c.socket], [c.socket], [], 30)[1]:
                    taken += c.socket.send(piece, socket.MSG_DONTWAIT)
        except (BrokenPipeError, ConnectionResetError, BlockingIOError):
            pass
        assert c.reply().status in (403, 413)
    assert taken < MIB


HELLO = fcgi.head("GET", "/hello")
ATTACKS = {
    "nothing": b"",
    "one byte": b"\1",
    "stdin before begin": fcgi.record(fcgi.STDIN, b"x") + HELLO,
    "params before begin": fcgi.params({"REQUEST_METHOD": "GET"}),
    "abort before begin": fcgi.record(fcgi.ABORT),
    "wrong version": fcgi.record(fcgi.BEGIN, b"\0\1\0\0\0\0\0\0", version=9),
    "wrong role": fcgi.begin(role=7) + fcgi.params({}),
    "short begin": fcgi.record(fcgi.BEGIN, b"\0"),
    "long begin": fcgi.record(fcgi.BEGIN, b"\0\1\0\0\0\0\0\0" * 8000),
    "second begin": fcgi.begin() + fcgi.begin() + fcgi.params({}),
    "other id in params": fcgi.begin() + fcgi.params({"A": "b"}, request=7),
    "other id in stdin": HELLO + fcgi.record(fcgi.STDIN, b"x", request=7),
    "id zero": fcgi.begin(request=0),
    "params cut in a length": fcgi.begin() + fcgi.record(fcgi.PARAMS, b"\x84\0") + fcgi.record(fcgi.PARAMS),
    "params cut in a name": fcgi.begin() + fcgi.record(fcgi.PARAMS, b"\x0e\x03REQ") + fcgi.record(fcgi.PARAMS),
    "a name of 2 GiB": fcgi.begin() + fcgi.record(fcgi.PARAMS, b"\xff\xff\xff\xff\0abc") + fcgi.record(fcgi.PARAMS),
    "a value of 1 GiB": fcgi.begin() + fcgi.record(fcgi.PARAMS, b"\1\xc0\0\0\0abc") + fcgi.record(fcgi.PARAMS),
    "half a record": HELLO + fcgi.record(fcgi.STDIN, b"x" * 100)[:50],
    "padding only": HELLO + fcgi.record(fcgi.STDIN, b"", padding=255)[:20],
    "abort in the body": fcgi.head("POST", "/sum", 10) + fcgi.body(b"x") + fcgi.record(fcgi.ABORT) + fcgi.END_OF_BODY,
    "params in the body": fcgi.head("POST", "/sum", 10) + fcgi.body(b"x") + fcgi.params({"REMOTE_USER": "root"}),
    "begin in the body": fcgi.head("POST", "/sum", 10) + fcgi.body(b"x") + HELLO + fcgi.END_OF_BODY,
    "no parameters": fcgi.begin() + fcgi.params({}) + fcgi.END_OF_BODY,
    "a length that is none": fcgi.head("POST", "/sum", 0, CONTENT_LENGTH="-1") + fcgi.END_OF_BODY,
    "a length beyond 64 bits": fcgi.head("POST", "/sum", 0, CONTENT_LENGTH="9" * 30) + fcgi.END_OF_BODY,
    "noise": os.urandom(70000),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_records_out_of_order_harm_nobody(server: Server, name: str) -> None:
    with fcgi.Connection(server.address) as c:
        try:
            c.send(ATTACKS[name])
            c.socket.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass  # closed already
        c.read_all()
    assert server.text("/hello") == "hello\n"
    assert server.stop() == 0
    assert "event=worker_ended" not in server.log


def test_a_management_record_harms_nobody(start: Callable[..., Server]) -> None:
    """libfcgi leaks 48 bytes at each; only who may open the socket can send one."""
    server = start(env={"ASAN_OPTIONS": "detect_leaks=0"}).ready()
    with fcgi.Connection(server.address) as c:
        c.send(fcgi.record(77, b"x", request=0) + HELLO + fcgi.END_OF_BODY)
        c.socket.shutdown(socket.SHUT_WR)
        c.read_all()
    assert server.text("/hello") == "hello\n"
    assert server.stop() == 0


@pytest.mark.parametrize("lengths", [b"\1\xff\xff\xff\xfe", b"\xff\xff\xff\xfe\xff\xff\xff\xfe"])
def test_lengths_that_overflow_inside_libfcgi_cost_one_worker(server: Server, lengths: bytes) -> None:
    """Its Debian patch looks at each length alone, not at their sum. Only who may open the socket can send this."""
    with fcgi.Connection(server.address) as c:
        c.send(fcgi.begin() + fcgi.record(fcgi.PARAMS, lengths + b"abc") + fcgi.record(fcgi.PARAMS))
        c.socket.shutdown(socket.SHUT_WR)
        c.read_all()
    assert server.text("/hello") == "hello\n"
    server.stop()
    server.log = ""  # a sanitizer speaks there of libfcgi


def test_a_peer_that_leaves_in_the_middle_of_its_body_is_a_bad_request(server: Server) -> None:
    with fcgi.Connection(server.address) as c:
        c.send(fcgi.head("POST", "/sum", 10 * MIB) + fcgi.body(b"x" * MIB))
    server.wait_log("route=/sum status=400 .*code=bad_input")
    assert server.text("/hello") == "hello\n"


def test_a_peer_that_leaves_in_the_middle_of_its_answer_harms_nobody(server: Server) -> None:
    with fcgi.Connection(server.address) as c:
        c.send(fcgi.head("GET", "/bytes?n=50000000") + fcgi.END_OF_BODY)
        c.socket.recv(1000)
    server.wait_log("route=/bytes status=200 .*bytes=0")
    assert server.text("/hello") == "hello\n"


def test_a_body_that_stops_coming_ends_in_503(start: Callable[..., Server]) -> None:
    server = start(io=1).ready()
    with fcgi.Connection(server.address) as c:
        reply = c.send(fcgi.head("POST", "/sum", 100) + fcgi.body(b"x")).reply()
    assert reply.status == 503


def test_a_thousand_connections_at_once_are_all_served(start: Callable[..., Server]) -> None:
    """nginx does not wait: connecting to a full backlog is a 502 at once."""
    server = start(workers=4, env={"HTTP_SERVER_QUIET": "1"})
    while not Path(server.path).exists():
        assert server.process.poll() is None
        select.select([server.process.stderr], [], [], 0.01)
    connections = [fcgi.Connection(server.address, timeout=60) for _ in range(900)]
    for c in connections:
        c.send(fcgi.head("GET", "/hello") + fcgi.END_OF_BODY)
    replies = [c.reply() for c in connections]
    assert all(r and r.status == 200 for r in replies)
    for c in connections:
        c.socket.close()


# ---- signals and processes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGWINCH, signal.SIGPIPE, signal.SIGHUP,
                                    signal.SIGTERM, signal.SIGCHLD])
def test_a_signal_does_not_break_an_upload(start: Callable[..., Server], number: int) -> None:
    server = start(workers=1).ready()
    upload = Upload(server)
    os.kill(server.workers()[0], number)
    upload.finish()


def test_sigterm_finishes_an_upload_and_refuses_new_requests(server: Server) -> None:
    upload = Upload(server)
    server.signal(signal.SIGTERM)
    server.wait_log("event=stop")
    with pytest.raises((FileNotFoundError, ConnectionRefusedError)):
        while True:  # between the word in the log and the deed there is a moment
            fcgi.Connection(server.path).socket.close()
    upload.finish()
    assert server.end() == 0
    assert "event=worker_killed" not in server.log and "event=stopped" in server.log


def test_sigterm_serves_what_the_kernel_has_accepted(start: Callable[..., Server]) -> None:
    server = start(workers=1).ready()
    upload = Upload(server)
    waiting = [fcgi.Connection(server.path) for _ in range(50)]
    server.signal(signal.SIGTERM)
    server.wait_log("event=stop")
    upload.finish()
    for c in waiting:
        assert c.send(fcgi.head("GET", "/hello") + fcgi.END_OF_BODY).reply().status == 200
    assert server.end() == 0


def test_sigterm_does_not_wait_for_ever(start: Callable[..., Server]) -> None:
    server = start(drain=1).ready()
    upload = Upload(server)
    assert server.stop() == 0
    assert "event=worker_killed" in server.log
    assert upload.connection.reply() is None
    assert not Path(server.path).exists()


def test_sighup_replaces_the_workers_without_a_failed_request(server: Server) -> None:
    before = set(server.workers())
    stop, failures, counts = threading.Event(), [], []

    def ask() -> None:
        count = 0
        while not stop.is_set():
            reply = fcgi.request(server.address, "POST", "/echo", b"x" * 1000)
            count += 1
            if not reply or reply.status != 200 or len(reply.body) != 1000:
                failures.append(reply)
        counts.append(count)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    for generation in range(2, 8):
        server.state.write_text(f"version {generation}")
        server.signal(signal.SIGHUP)
        server.wait_log(f"(?s)(event=pool_ready.*){{{generation}}}")
    stop.set()
    for t in threads:
        t.join()
    assert not failures and min(counts) > 0
    assert server.stop() == 0
    assert not before & set(server.workers() if server.process.poll() is None else [])
    assert "event=worker_ended" not in server.log


def test_sighup_brings_new_settings_while_an_old_worker_finishes(start: Callable[..., Server]) -> None:
    server = start(workers=1).ready()
    upload = Upload(server)
    server.state.write_text("two")
    server.signal(signal.SIGHUP)
    server.wait_log("(?s)event=reload.*event=pool_ready")
    assert server.text("/version") == "two"
    upload.finish()
    assert server.stop() == 0


@pytest.mark.parametrize(("state", "line"), [("broken", "event=reload_failed"), ("unstartable", "event=worker_failed")])
def test_a_reload_that_fails_leaves_the_old_workers(server: Server, state: str, line: str) -> None:
    server.state.write_text(state)
    server.signal(signal.SIGHUP)
    server.wait_log(line)
    assert server.text("/version") == "one"
    server.state.write_text("three")
    server.signal(signal.SIGHUP)
    server.wait_log("(?s)event=pool_ready.*event=pool_ready")
    while server.text("/version") != "three":  # an old worker may take one more before it reads that it shall leave
        pass


def test_a_worker_that_dies_is_replaced_and_costs_one_request(start: Callable[..., Server]) -> None:
    server = start(workers=1).ready()
    before = server.text("/pid")
    assert fcgi.request(server.address, "GET", "/crash") is None
    assert server.text("/pid") != before
    server.wait_log(f"event=worker_ended pool=test pid={before} reason=\"killed by signal 9\"")
    assert server.stop() == 0


def test_workers_that_cannot_start_are_tried_again_after_a_pause(start: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "state").write_text("unstartable")
    server = start(workers=1)
    server.wait_log("(?s)(event=worker_failed.*){2}")
    assert server.stop() == 0


def test_workers_do_not_outlive_their_parent(server: Server) -> None:
    watched = [os.pidfd_open(pid) for pid in server.workers()]
    server.signal(signal.SIGKILL)
    for fd in watched:
        assert select.select([fd], [], [], 30)[0], "a worker lives on"
        os.close(fd)


def test_children_of_the_parent_are_never_left_as_zombies(start: Callable[..., Server]) -> None:
    server = start(workers=1).ready()
    for _ in range(3):
        fcgi.request(server.address, "GET", "/crash")
        server.text("/pid")
    states = [Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] for pid in server.workers()]
    assert "Z" not in states


# ---- the socket ------------------------------------------------------------------------------------------------------------------


def test_the_socket_is_for_owner_and_group(server: Server) -> None:
    assert stat.S_IMODE(os.stat(server.path).st_mode) == 0o660


def test_a_stale_socket_is_replaced(server: Server, start: Callable[..., Server]) -> None:
    watched = [os.pidfd_open(pid) for pid in server.workers()]
    server.signal(signal.SIGKILL)
    for fd in watched:
        select.select([fd], [], [], 30)
        os.close(fd)
    assert start().ready().text("/hello") == "hello\n"


def test_a_socket_in_use_is_left_alone(server: Server, start: Callable[..., Server]) -> None:
    second = start()
    assert second.end() == 2 and "is in use" in second.log
    assert server.text("/hello") == "hello\n"


@pytest.mark.parametrize(("address", "why"), [("/nowhere/at/all/sock", "No such file"), ("nonsense", "must be the path"), ("127.0.0.1:x", "x:"),
                                              ("/" + "x" * 120, "longer than")])
def test_an_address_that_cannot_be_listened_on_is_told(start: Callable[..., Server], address: str, why: str) -> None:
    server = start(address=address)
    assert server.end() == 2 and why in server.log


def test_a_file_is_never_removed(start: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "pool.sock").write_text("precious")
    server = start()
    assert server.end() == 2 and "is not a socket" in server.log
    assert (tmp_path / "pool.sock").read_text() == "precious"


def activated(start: Callable[..., Server], listener: socket.socket, **env: str) -> Server:
    """As systemd starts it: the socket at descriptor 3 and the variables that say so."""
    shell = 'exec env LISTEN_FDS=1 LISTEN_PID=$$ "$@"'
    return start(command=("sh", "-c", shell, "sh"), env=env, pass_fds=(3,), preexec_fn=lambda: os.dup2(listener.fileno(), 3))


def test_an_inherited_socket_is_used_and_survives(start: Callable[..., Server], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "systemd.sock"))
        listener.listen(16)
        for _ in range(2):
            server = activated(start, listener).ready()
            reply = fcgi.request(str(tmp_path / "systemd.sock"), "GET", "/hello")
            assert reply.status == 200
            assert server.stop() == 0
        # nobody serves now, and yet connecting works: the next one will
        fcgi.Connection(str(tmp_path / "systemd.sock")).socket.close()
        assert not Path(server.path).exists()


def test_systemd_hears_what_happens(start: Callable[..., Server], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + str(tmp_path))  # abstract, as NOTIFY_SOCKET=@…
        manager.settimeout(60)
        server = start(env={"NOTIFY_SOCKET": "@" + str(tmp_path), "WATCHDOG_USEC": "300000"})
        heard: list[str] = []

        def wait_for(word: str) -> str:
            while not (heard and heard[-1].startswith(word)):
                heard.append(manager.recv(200).decode())
            return heard[-1]

        wait_for("READY=1")
        wait_for("WATCHDOG=1")
        server.signal(signal.SIGHUP)
        assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", wait_for("RELOADING=1"))
        wait_for("READY=1")
        server.signal(signal.SIGTERM)
        wait_for("STOPPING=1")
        assert server.end() == 0


def test_an_idle_worker_is_small(server: Server) -> None:
    if "asan" in str(server_binary()):
        pytest.skip("a sanitizer's shadow is not the program's memory")
    server.text("/bytes?n=5000000")
    for pid in server.workers():
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        private = sum(int(n) for n in re.findall(r"^Private_\w+:\s+(\d+) kB", rollup, re.M))
        assert private < 10 * 1024, rollup
