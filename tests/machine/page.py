"""The shell blocks of docs/install.md, as they stand, for the booted system to run.

A fenced block marked ``sh`` is run; ``console`` shows what is typed elsewhere, and is not. The one thing that is replaced is the registry's
address: the system has no certificate for a name.
"""

from __future__ import annotations

import re

from sandbox.layout import REPOSITORY

ADDRESS = ("https://registry.example.org", "http://127.0.0.1")


class Page:
    """``take(heading)`` gives the block below that heading; ``left`` names what nobody took."""

    def __init__(self, name: str = "docs/install.md") -> None:
        sections = re.split(r"^## ", (REPOSITORY / name).read_text(), flags=re.M)[1:]
        self.left = {section.splitlines()[0]: blocks for section in sections if (blocks := re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S))}

    def take(self, heading: str) -> str:
        (block,) = self.left.pop(heading)
        return str(block).replace(*ADDRESS)
