"""The portal's modules: the types that their comments state hold, and their icons are the library's."""

from __future__ import annotations

import json
import shutil
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


def lint(*files: Path) -> str:
    done = subprocess.run([NPM / "node", NPM / "node_modules/eslint/bin/eslint.js", "--config", ROOT / "tests/meta/eslint.config.cjs", *files],
                          cwd=ROOT, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def test_modules_have_one_form() -> None:
    assert lint(*(file for file in (ROOT / "www/assets").rglob("*.js") if file.name != "iconshapes.js")) == ""


def test_another_form_is_found() -> None:
    script = ROOT / "var/tests/wrong.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text('export function wrong(a) {\n    if (a == "1") return undefinedName\n}\n')
    said = lint(script)
    script.unlink()
    assert all(rule in said for rule in ("eqeqeq", "no-undef", "@stylistic/semi", "@stylistic/indent", "@stylistic/quotes"))


def test_icons_are_those_of_the_library() -> None:
    done = subprocess.run([sys.executable, ROOT / "cmake/take_icons.py", NPM / "node_modules/lucide-static", "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def unsaid(*files: Path) -> str:
    done = subprocess.run([NPM / "node", ROOT / "tests/meta/unsaid.cjs", NPM / "node_modules/typescript", *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_word_is_said() -> None:
    assert unsaid(*(file for file in (ROOT / "www/assets").rglob("*.js") if file.name != "iconshapes.js")) == ""


def test_words_that_are_not_said_are_found(tmp_path: Path) -> None:
    script = tmp_path / "script.js"
    script.write_text("el('p', { title: 'Read out', class: 'Quiet one' }, a ? 'yes' : say('no'));\n"
                      "notify({ text: `${count} images are gone` });\n"
                      "get('/api/Some thing', say('Said'), { action: 'Not shown' });\n")
    assert unsaid(script).splitlines() == [f"{script}:1: Read out", f"{script}:1: yes", f"{script}:2: … images are gone"]


def words(www: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "cmake/portal_words.py", www, *more], capture_output=True, text=True, timeout=60)


def test_english_is_in_one_file() -> None:
    done = words(ROOT / "www", "--check")
    assert done.returncode == 0, done.stderr


def test_another_language_takes_the_place_of_english(tmp_path: Path) -> None:
    www = tmp_path / "www"
    shutil.copytree(ROOT / "www", www)
    english = json.loads((www / "words/en.json").read_text())
    (www / "words/xx.json").write_text(json.dumps({key: f"⟦{text}⟧" if isinstance(text, str) else {form: f"⟦{each}⟧" for form, each in text.items()}
                                                   for key, text in english.items()}))
    subprocess.run([sys.executable, ROOT / "cmake/build_portal.py", www, tmp_path / "out", "xx"], check=True, timeout=60)
    page = (tmp_path / "out/pages/login.html").read_text()
    for part in ('<html lang="xx">', "<title>⟦Sign in⟧ · Transload</title>", '<label for="password">⟦Password⟧</label>', 'aria-label="⟦Notifications⟧"'):
        assert part in page
    (sentences,) = (tmp_path / "out/assets").glob("*/lib/sentences.js")
    assert "⟦Start transfer⟧" in sentences.read_text() and '"other": "⟦{n} images⟧"' in sentences.read_text()


def test_what_nothing_says_is_refused(tmp_path: Path) -> None:
    www = tmp_path / "www"
    shutil.copytree(ROOT / "www", www)
    (www / "words/xx.json").write_text('{"Sing in": "Chanter"}')
    done = subprocess.run([sys.executable, ROOT / "cmake/build_portal.py", www, tmp_path / "out", "xx"], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "'Sing in'" in done.stderr
