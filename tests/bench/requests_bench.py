"""Small answers: our pool against the loop of libfcgi's manual, behind the same nginx."""

from __future__ import annotations

from load import load
from measure import Scale, take_turns, tell
from place import KEPT_WORKERS, WORKERS, Place


def hello(place: Place, scale: Scale) -> None:
    """An answer that asks nothing of anybody."""
    seen = take_turns(scale.rounds, {
        "ours": lambda: load(f"{place.ours}/healthz", scale.seconds).per_second,
        "bare": lambda: load(f"{place.theirs}/hello", scale.seconds).per_second,
        "kept": lambda: load(f"{place.theirs}/hello-kept", scale.seconds).per_second,
    })
    tell("hello / bare libfcgi", seen["ours"], seen["bare"], "req/s", "no goal")
    tell(f"hello / bare libfcgi, kept, {KEPT_WORKERS} processes", seen["ours"], seen["kept"], "req/s", "no goal")


def read(place: Place, scale: Scale) -> None:
    """A signed-in read: session and one query; theirs looks one row up."""
    cookie = {"Cookie": place.sign_in()}
    seen = take_turns(scale.rounds, {
        "ours": lambda: load(f"{place.ours}/api/me", scale.seconds, headers=cookie).per_second,
        "bare": lambda: load(f"{place.theirs}/lookup?1", scale.seconds).per_second,
    })
    tell(f"signed-in read / bare, {WORKERS} processes", seen["ours"], seen["bare"], "req/s", ">= 0.85")
