#!/usr/bin/env python3
"""Take the icons that www/icons.json names out of Lucide: `take_icons.py PACKAGE [--check]` writes www/assets/lib/iconshapes.js.

PACKAGE is the npm package lucide-static (deploy/npm-packages-test.txt). With --check nothing is written; it fails when the file is not what
would be. See docs/adr/0023.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WWW = Path(__file__).resolve().parents[1] / "www"
OUT = WWW / "assets/lib/iconshapes.js"
HEAD = """/*
 * Made by cmake/take_icons.py from www/icons.json; do not edit. Shapes from Lucide {version}, ISC License: assets/LICENSE-icons.txt.
 */

/** @typedef {{{names}}} IconName */

/** @type {{Record<IconName, [string, Record<string, string>][]>}} */
export const shapes = {{
"""


def shapes(package: Path) -> str:
    nodes = json.loads((package / "icon-nodes.json").read_text())
    version = json.loads((package / "package.json").read_text())["version"]
    wanted = json.loads((WWW / "icons.json").read_text())
    if missing := [name for name in wanted.values() if name not in nodes]:
        sys.exit(f"Lucide has no {', '.join(missing)}")
    return HEAD.format(version=version, names=" | ".join(f"'{name}'" for name in wanted)) + "".join(f"  {ours}: {json.dumps(nodes[theirs])},\n" for ours, theirs in wanted.items()) + "};\n"


if __name__ == "__main__":
    text = shapes(Path(sys.argv[1]))
    if "--check" not in sys.argv:
        OUT.write_text(text)
    elif OUT.read_text() != text:
        sys.exit(f"{OUT} is not what cmake/take_icons.py makes of www/icons.json")
