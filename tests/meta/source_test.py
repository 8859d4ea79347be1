"""The source tree keeps its own rules: sizes, banned calls, statements in use."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.c"))
HEADERS = sorted((ROOT / "include").rglob("*.h"))
ALL = sorted(p for folder in ("include", "src", "tests") for p in (ROOT / folder).rglob("*.[ch]"))

# Unsafe, or hidden inputs that belong to one place: memory to base/arena, time to base/clock, the environment to settings.
BANNED = {"strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "gets", "system", "popen", "rand", "srand", "setjmp",
          "longjmp", "alloca"}
BANNED_OUTSIDE_BASE = {"malloc", "calloc", "realloc", "time"}


def without_comments(text: str) -> str:
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', " ", text, flags=re.S)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_banned_call(path):
    banned = BANNED | (set() if path.parent.name == "base" else BANNED_OUTSIDE_BASE)
    calls = set(re.findall(r"(?<![.>\w])(\w+)\s*\(", without_comments(path.read_text())))
    assert not calls & banned


@pytest.mark.parametrize("path", SOURCES + HEADERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_file_is_short_enough_to_read(path):
    assert len(path.read_text().splitlines()) <= 600


@pytest.mark.parametrize("path", HEADERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_public_header_opens_with_its_contract(path):
    assert path.read_text().startswith("/*")


def test_every_file_is_formatted():
    command = ["clang-format-14", "--dry-run", "--Werror", *ALL]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_every_statement_is_used():
    code = "\n".join(p.read_text() for p in SOURCES)
    unused = [p.stem for p in (ROOT / "sql" / "queries").glob("*.sql") if f"SQL_{p.stem.upper()}" not in code]
    assert unused == []


def test_every_fault_point_is_documented():
    code = "\n".join(p.read_text() for p in SOURCES)
    page = (ROOT / "docs" / "architecture.md").read_text()
    points = set(re.findall(r'fault_point\("([^"]+)"\)', code))
    assert points and points == set(re.findall(r"^\| `(\w+:\w+)` \|", page, re.M))


def test_decisions_are_short_and_listed():
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    pages = sorted(p for p in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert pages
    for page in pages:
        assert f"({page.name})" in index, f"{page.name} is not listed"
        assert len(page.read_text().splitlines()) <= 60, f"{page.name} is longer than a page"


def test_every_row_of_the_defects_list_has_a_test_named_after_it():
    """The list of the predecessor's defects has 35 rows."""
    names = " ".join(re.findall(r"^def (test_\w+)", "".join(p.read_text() for p in (ROOT / "tests/integration").glob("*.py")), re.M))
    assert {int(n) for n in re.findall(r"(?:row|and)_(\d\d)", names)} >= set(range(1, 36))
