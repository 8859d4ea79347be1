"""The API beside uploads that take their time."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from bulk import MARK, connect, head, push_frame
from load import load
from measure import Scale, take_turns, tell
from place import Place

UPLOADS = 200
STEP_SECONDS = 0.1
STEP_BYTES = 2048


@contextlib.contextmanager
def slow_uploads(place: Place, count: int) -> Iterator[None]:
    """So many uploads are open, and each brings a little now and then."""
    stop = threading.Event()
    sockets: list[socket.socket] = []

    def trickle() -> None:
        while not stop.wait(STEP_SECONDS):
            for sock in sockets:
                with contextlib.suppress(BlockingIOError):  # this one's turn has not come: its socket is full
                    sock.send(b"x" * STEP_BYTES, socket.MSG_DONTWAIT)

    for number in range(count):
        sockets.append(begin(place, number))
    feeder = threading.Thread(target=trickle)
    feeder.start()
    try:
        yield
    finally:
        stop.set()
        feeder.join()
        for sock in sockets:
            sock.close()


def begin(place: Place, number: int) -> socket.socket:
    headers, before, after = push_frame(place.pusher("slow", f"image{number}"))
    length = len(before) + MARK + (1 << 30) + len(after)
    url = f"{place.ours}/upload"
    sock = connect(url)
    sock.sendall(head("POST", url, {**headers, "Content-Length": str(length)}) + before)
    return sock


def slow(place: Place, scale: Scale) -> None:
    """p99 of a signed-in read with and without them."""
    headers = {"Cookie": place.sign_in()}

    def p99() -> float:
        return load(f"{place.ours}/api/me", scale.seconds, connections=16, headers=headers).p99_ms

    def beside() -> float:
        with slow_uploads(place, UPLOADS):
            return p99()

    seen = take_turns(scale.rounds, {"with": beside, "without": p99})
    tell(f"API p99 with {UPLOADS} slow uploads / without", seen["with"], seen["without"], "ms", "<= 1.5")
