"""Whole images in and out, against nginx's own PUT and its own files."""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
import time
from pathlib import Path

from bulk import Source, get, push, put, timed
from measure import Scale, take_turns, tell
from place import Place

FAIR_PUSHES = 16
numbers = itertools.count()


def rate(size: int, seconds: float) -> float:
    """MB/s."""
    return size / seconds / 1e6


def forget_images(place: Place) -> None:
    """The disk is finite: the bytes of earlier rounds go, the rows stay."""
    for path in place.images.glob("*/*.sif"):
        path.unlink()


def push_ours(place: Place, source: Source) -> float:
    """A push as the client does it: ticket, form, answer."""
    os.sync()
    seconds = timed(push, place.pusher("bench"), source, source.size, next(numbers))
    forget_images(place)
    return rate(source.size, seconds)


def put_theirs(place: Place, source: Source, hashed: bool) -> float:
    """nginx's PUT, then what makes it comparable: an fsync, and if asked for the digest."""
    name = f"put-{next(numbers)}"
    stored = place.files / name
    os.sync()
    began = time.perf_counter()
    put(f"{place.theirs}/files/{name}", source, source.size, next(numbers))
    sync_file(stored)
    if hashed:
        subprocess.run(["openssl", "dgst", "-sha256", stored], check=True, capture_output=True)
    seconds = time.perf_counter() - began
    stored.unlink()
    return rate(source.size, seconds)


def sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pushes(place: Place, scale: Scale) -> None:
    """Hashed, synced, committed."""
    source = Source.make(scale.push_bytes)
    try:
        seen = take_turns(scale.rounds, {
            "ours": lambda: push_ours(place, source),
            "put": lambda: put_theirs(place, source, False),
            "put and digest": lambda: put_theirs(place, source, True),
        })
    finally:
        source.remove()
    tell("push / DAV PUT, fsync", seen["ours"], seen["put"], "MB/s", ">= 0.80")
    tell("push / DAV PUT, fsync, openssl dgst", seen["ours"], seen["put and digest"], "MB/s", ">= 1.15")


def pulls(place: Place, scale: Scale) -> None:
    """The bytes of one image, from the page cache."""
    source = Source.make(scale.push_bytes)
    try:
        p = place.pusher("pull")
        push(p, source, source.size, next(numbers))
    finally:
        source.remove()
    stored = next(place.images.glob("*/*.sif"))
    url = p.manifest(sign=True).json()["image"]
    seen = take_turns(scale.rounds + 2, {
        "ours": lambda: rate(scale.push_bytes, timed(get, url)),
        "static": lambda: rate(scale.push_bytes, timed(get, f"{place.theirs}/images/{stored.parent.name}/{stored.name}")),
    })
    forget_images(place)
    tell("pull / static file", seen["ours"], seen["static"], "MB/s", ">= 0.98")


def fair(place: Place, scale: Scale) -> None:
    """Many pushes at once: nobody waits for the others to be done."""
    source = Source.make(scale.fair_bytes)
    took: list[float] = []

    def one(number: int) -> None:
        took.append(timed(push, place.pusher(f"fair{number}"), source, source.size, next(numbers)))

    clients = [threading.Thread(target=one, args=(number,)) for number in range(FAIR_PUSHES)]
    os.sync()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    source.remove()
    forget_images(place)
    if len(took) != FAIR_PUSHES:
        raise RuntimeError(f"{FAIR_PUSHES - len(took)} pushes failed")
    tell(f"slowest of {FAIR_PUSHES} pushes / fastest", max(took), min(took), "s", "<= 2.0")
