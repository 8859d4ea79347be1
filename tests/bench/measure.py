"""Rounds that take turns, medians, and the one line a bench prints."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

Variant = Callable[[], float]


@dataclass(frozen=True)
class Scale:
    """How much is measured. The quick one only shows that everything works."""

    rounds: int
    seconds: int
    push_bytes: int
    growth_bytes: int
    fair_bytes: int
    images: int
    open_transfers: int
    steady_seconds: int
    crowd_seconds: int


FULL = Scale(rounds=5, seconds=4, push_bytes=2 << 30, growth_bytes=10 << 30, fair_bytes=256 << 20, images=1_000_000,
             open_transfers=10_000, steady_seconds=60, crowd_seconds=600)
QUICK = Scale(rounds=1, seconds=1, push_bytes=64 << 20, growth_bytes=128 << 20, fair_bytes=8 << 20, images=10_000,
              open_transfers=1_000, steady_seconds=5, crowd_seconds=20)


def take_turns(rounds: int, variants: dict[str, Variant]) -> dict[str, float]:
    """The median of each variant. They alternate, so that a machine that slows down does so for all; a first round is thrown away."""
    seen: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, variant in variants.items():
            value = variant()
            if number > 0 or rounds == 1:
                seen[name].append(value)
    return {name: statistics.median(values) for name, values in seen.items()}


def tell(name: str, ours: float, theirs: float, unit: str, goal: str) -> None:
    """``name  ours  theirs  ratio  (goal)``."""
    ratio = ours / theirs if theirs else float("inf")
    print(f"{name:<44} {ours:>10.1f} {theirs:>10.1f} {unit:<6} {ratio:>6.2f}  ({goal})", flush=True)
