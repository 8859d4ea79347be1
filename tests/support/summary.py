"""Adds up the JUnit reports of all layers: a table, what failed, and the line ``N passed, N failed``.

    summary.py REPORTS LAYER...

A layer that left no report, or an empty one, did not run to its end and counts as one failure.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Layer:
    name: str
    passed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


def read(name: str, report: Path) -> Layer:
    """Count the cases of one report."""
    layer = Layer(name)
    try:
        cases = list(xml.parse(report).iter("testcase"))
    except (OSError, xml.ParseError) as problem:
        layer.failures.append(f"{name}: no report ({problem})")
        return layer
    if not cases:
        layer.failures.append(f"{name}: no test ran")
    for case in cases:
        count(layer, case)
    return layer


def count(layer: Layer, case: xml.Element) -> None:
    layer.seconds += float(case.get("time") or 0)
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        layer.failures.append(f"{layer.name}: {case.get('classname', '')}::{case.get('name')}")
    elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        layer.skipped += 1
    else:
        layer.passed += 1


def main(arguments: list[str]) -> int:
    layers = [read(name, Path(arguments[0]) / f"{name}.xml") for name in arguments[1:]]
    print()
    for layer in layers:
        skipped = f", {layer.skipped} skipped" if layer.skipped else ""
        print(f"{layer.name:12} {layer.passed:5} passed, {len(layer.failures):3} failed{skipped}  ({layer.seconds:.0f} s)")
    failures = [failure for layer in layers for failure in layer.failures]
    if failures:
        print("\nfailed:", *failures, sep="\n  ")
    print(f"\n{sum(layer.passed for layer in layers)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
