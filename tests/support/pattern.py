"""Content of any size that nobody has to keep: the same seed gives the same bytes, and no two blocks are alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 20


class Pattern:
    """``size`` bytes; each block of 1 MiB begins with its number, so a block lost, doubled or moved shows."""

    def __init__(self, size: int, seed: bytes = b"pattern") -> None:
        self.size = size
        self.base = hashlib.shake_128(seed).digest(BLOCK)

    def blocks(self) -> Iterator[bytes]:
        for number in range(0, (self.size + BLOCK - 1) // BLOCK):
            block = number.to_bytes(8, "big") + self.base[8:]
            yield block[:min(BLOCK, self.size - number * BLOCK)]

    def digest(self) -> str:
        whole = hashlib.sha256()
        for block in self.blocks():
            whole.update(block)
        return whole.hexdigest()

    def write(self, path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(self.blocks())


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
