"""The portal's modules: the types that their comments state hold, and their icons are the library's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NPM = ROOT / "var/npm-test"


def check(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NPM / "node", NPM / "node_modules/typescript/bin/tsc", "--project", project], capture_output=True, text=True, timeout=300)


def test_types_hold() -> None:
    done = check(ROOT / "www/jsconfig.json")
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_found(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/wrong.js").write_text("/** @param {number} n */\nexport function twice(n) {\n  return n.length * 2;\n}\n")
    (tmp_path / "jsconfig.json").write_text((ROOT / "www/jsconfig.json").read_text())
    done = check(tmp_path / "jsconfig.json")
    assert done.returncode != 0 and "wrong.js(3,12)" in done.stdout


def test_icons_are_those_of_the_library() -> None:
    done = subprocess.run([sys.executable, ROOT / "cmake/take_icons.py", NPM / "node_modules/lucide-static", "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
