"""Private memory of the workers, idle and while an image passes."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from sandbox.waiting import wait_for

from bulk import Source, push
from load import load
from measure import Scale, tell
from place import Place
from pool import is_uploading, restart_pool, workers

PRIVATE = re.compile(r"^Private_(?:Clean|Dirty):\s+(\d+) kB$", re.M)


def private_mib(pid: int) -> float:
    """What this process has for itself alone."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kib) for kib in PRIVATE.findall(rollup)) / 1024


def idle(place: Place, _: Scale) -> None:
    """The greatest worker of each pool between requests: after some thousand reads, after a push to each."""
    load(f"{place.ours}/api/me", 1, headers={"Cookie": place.sign_in()})
    source = Source.make(16 << 20)
    for number in range(2 * len(workers(place.sandbox, "upload"))):
        push(place.pusher("memory"), source, source.size, number)
    source.remove()
    for pool in ("api", "upload"):
        tell(f"idle worker of {pool} / 10 MiB", max(private_mib(pid) for pid in workers(place.sandbox, pool)), 10, "MiB", "<= 1")


def growth(place: Place, scale: Scale) -> None:
    """The greatest that was seen of the worker while one big push passed, against a worker that has served nothing."""
    restart_pool(place.sandbox, "upload")
    source = Source.make(min(scale.growth_bytes, 1 << 30))
    before = max(private_mib(pid) for pid in workers(place.sandbox, "upload"))
    client = threading.Thread(target=push, args=(place.pusher("memory"), source, scale.growth_bytes, 0))
    client.start()
    try:
        pid = wait_for("the push to begin", lambda: is_uploading(place.sandbox))
        greatest = 0.0
        while client.is_alive():
            greatest = max(greatest, private_mib(pid))
            client.join(0.05)
    finally:
        client.join()
        source.remove()
    tell(f"worker while {scale.growth_bytes >> 20} MiB pass / idle + 4 MiB", greatest, before + 4, "MiB", "<= 1")
    print(f"    idle {before:.1f} MiB, greatest {greatest:.1f} MiB: + {greatest - before:.1f} MiB", flush=True)
