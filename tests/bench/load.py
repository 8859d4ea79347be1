"""Many small requests, by wrk."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw."""

    per_second: float
    p99_ms: float


def load(url: str, seconds: int, connections: int = 64, headers: dict[str, str] | None = None) -> Load:
    """Requests one after the other on each connection. RuntimeError unless every answer was a 200."""
    given = [word for name, value in (headers or {}).items() for word in ("-H", f"{name}: {value}")]
    done = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", *given, url], capture_output=True,
                          text=True, timeout=seconds + 30)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", done.stdout)
    if rate is None or late is None or "Non-2xx" in done.stdout or re.search(r"Socket errors:.*[1-9]", done.stdout):
        raise RuntimeError(f"{url}: {done.stdout}{done.stderr}")
    return Load(float(rate[1]), float(late[1]) * UNITS[late[2]])
