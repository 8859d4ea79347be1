"""A real SIF image, made with Debian's tools: header, definition file, labels, squashfs partition."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

DEFINITION = """Bootstrap: scratch

%help
    Avocados, to go with the tacos.

%labels
    org.label-schema.name avocados

%runscript
    cat /avocado.txt
"""
LABELS = {
    "org.label-schema.name": "avocados",
    "org.label-schema.schema-version": "1.0",
    "org.label-schema.usage.singularity.deffile.bootstrap": "scratch",
}
AMD64, SQUASHFS, PRIMARY_SYSTEM = "2", "1", "2"
MEBIBYTE = 1 << 20


def make_image(path: Path, payload_bytes: int = 64 * 1024, seed: int = 0, compress: bool = False) -> Path:
    """Write a SIF of about ``payload_bytes``; the same seed gives the same payload. Returns the path.

    The payload is random and the squashfs is not compressed, so the size is what was asked for.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        work = Path(scratch)
        _make_tree(work / "root", payload_bytes, seed)
        (work / "definition").write_text(DEFINITION)
        (work / "labels.json").write_text(json.dumps(LABELS))
        _squash(work / "root", work / "root.squashfs", compress)
        _assemble(work, work / "image.sif")
        (work / "image.sif").replace(path)
    return path


def sha256(path: Path) -> str:
    """The digest of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_tree(root: Path, payload_bytes: int, seed: int) -> None:
    for directory in ("bin", "etc", ".singularity.d"):
        (root / directory).mkdir(parents=True)
    (root / "avocado.txt").write_text("Holy guacamole.\n")
    (root / ".singularity.d/labels.json").write_text(json.dumps(LABELS))
    (root / ".singularity.d/runscript").write_text("#!/bin/sh\ncat /avocado.txt\n")
    with (root / "payload").open("wb") as payload:
        for block in range(0, payload_bytes, MEBIBYTE):
            payload.write(_noise(f"{seed}:{block}", min(MEBIBYTE, payload_bytes - block)))


def _noise(label: str, size: int) -> bytes:
    """Bytes that do not compress and that depend on the label alone."""
    return hashlib.shake_128(label.encode()).digest(size)


def _squash(tree: Path, target: Path, compress: bool) -> None:
    plain = [] if compress else ["-noI", "-noD", "-noF", "-noX"]
    _run("mksquashfs", tree, target, "-noappend", "-no-progress", "-quiet", "-all-root", "-mkfs-time", "0", "-all-time", "0", *plain)


def _assemble(work: Path, image: Path) -> None:
    _run("siftool", "new", image)
    _run("siftool", "add", image, work / "definition", "--datatype", "1", "--groupid", "1")
    _run("siftool", "add", image, work / "labels.json", "--datatype", "3", "--groupid", "1")
    _run("siftool", "add", image, work / "root.squashfs", "--datatype", "4", "--groupid", "1", "--parttype", PRIMARY_SYSTEM,
         "--partfs", SQUASHFS, "--partarch", AMD64)


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          env={"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")})
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
