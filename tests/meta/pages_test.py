"""Pages for operators name nothing that there is not: links, checks, events, settings, commands, units, sentences."""
import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
TROUBLE = ROOT / "docs/troubleshooting.md"
OPERATING = sorted((ROOT / "docs").glob("*.md"))
OTHERS = {"api.md", "architecture.md", "moving-in.md", "packaging.md", "settings.md"}  # which name variables of other things, too
NOT_SETTINGS = {"O_TMPFILE", "SQLSTATE", "HEAD"}  # but look like one


def name(page: pathlib.Path) -> str:
    return str(page.relative_to(ROOT))


def rows(binary, *command: str) -> list[dict]:
    done = subprocess.run([binary, *command, "--json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["items"]


def sources() -> str:
    """All code, with string literals that follow each other made one and placeholders left as they are."""
    files = [*(ROOT / "src").rglob("*.[ch]"), *(ROOT / "include").rglob("*.h"), *(ROOT / "nginx").glob("*.conf")]
    text = "\n".join(path.read_text() for path in files)
    return re.sub(r'"\s*\n?\s*"', "", text).replace('\\"', '"')


def slug(heading: str) -> str:
    """As the hosts of repositories make the anchor of a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(page: pathlib.Path) -> set[str]:
    without_code = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", without_code, re.M)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: pathlib.Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target}: no such file"
        assert not anchor or anchor in anchors(there), f"{target}: no such heading"


def test_checks_of_the_doctor_exist(binary) -> None:
    checks = {row["check"] for row in rows(binary, "doctor", "list")}
    named = set(re.findall(r"`(?:problem|warning) ([a-z_]+)`", TROUBLE.read_text()))
    assert named <= checks
    assert checks - named == set(), "each check that can find something has its line"


def test_events_exist_and_those_that_need_somebody_are_told() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.c"))
    logged = re.findall(r'log_(?:to|event)\(([^;"]*),\s*"(\w+)"', code)
    assert len(logged) > 20
    for page in OPERATING:
        unknown = set(re.findall(r"event=(\w+)", page.read_text())) - {event for _, event in logged}
        assert not unknown, f"{name(page)}: no event {unknown}"
    urgent = {event for level, event in logged if re.search(r"ERROR|WARN|\(enum log_level\)", level)}
    assert urgent - set(re.findall(r"event=(\w+)", TROUBLE.read_text())) == {"destination_not_noted"}, "what is no more than a lost convenience"


def test_codes_exist() -> None:
    codes = set(re.findall(r'X\(\w+, \d+, "(\w+)"', (ROOT / "include/base/err.h").read_text()))
    for page in OPERATING:
        assert set(re.findall(r"code=(\w+)", page.read_text())) <= codes, name(page)


def test_sentences_are_the_programs_own() -> None:
    """What stands in quotes in the first two columns is what somebody searches for."""
    text = sources()
    for line in TROUBLE.read_text().splitlines():
        for quoted in (part for part in line.split('"')[1::2] if len(part) > 11):
            assert quoted in text, f"nobody says: {quoted}"


@pytest.mark.parametrize("page", [page for page in OPERATING if page.name not in OTHERS], ids=name)
def test_settings_exist(page: pathlib.Path, binary) -> None:
    keys = {row["key"] for row in rows(binary, "settings", "list")}
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=[^`]*)?`", page.read_text())) - NOT_SETTINGS
    assert named <= keys, f"no setting {named - keys}"


@pytest.mark.parametrize("page", [ROOT / "README.md", *OPERATING, ROOT / "deploy/monitoring/alerts.yml"], ids=name)
def test_commands_and_units_exist(page: pathlib.Path, binary) -> None:
    table = json.loads(subprocess.run([binary, "--help", "--json"], check=True, capture_output=True, text=True).stdout)
    usages = [row["usage"].removeprefix("transload ") for row in table["commands"]]
    text = page.read_text()
    for command in re.findall(r"(?:^|`|-- |[;&|] ?)transload ([a-z]+(?: [a-z]+)?)", text, re.M):
        words = command.split()
        assert any(usage.split()[:len(words)] == words or usage.split()[:1] == words[:1] and len(usage.split()) == 1 for usage in usages), command
    units = {path.name.removesuffix(".in") for path in (ROOT / "deploy/systemd").glob("transload-*")}
    units |= {f"transload-{pool}.{kind}" for pool in ("api", "upload") for kind in ("service", "socket")}
    stems = {unit.split(".")[0] for unit in units}
    for line in re.findall(r"systemctl [^`\n\";]*", text):
        for unit in re.findall(r"\btransload-[\w@]+(?:\.\w+)?", line):
            assert unit in units | stems, f"no unit {unit}"


@pytest.mark.parametrize("page", [ROOT / "docs" / page for page in ("security.md", "assurance.md", "upgrade.md")], ids=name)
def test_tests_that_are_named_exist(page: pathlib.Path) -> None:
    """``test_file.py`` `test_name`, and the names that follow it; a name that ends with … stands for all that begin so."""
    there, named = "", 0
    for token in re.findall(r"`([^`\s]+)`", page.read_text()):
        if re.fullmatch(r"(\w+_)?test(_\w+)?\.py", token):
            there = "\n".join(path.read_text() for path in (ROOT / "tests").rglob(token))
            assert there, token
        elif token.startswith("tests/"):
            assert (ROOT / token).exists(), token
        elif token.startswith("test_"):
            named += 1
            end = "" if token.endswith("…") else r"\("
            assert re.search(rf"^def {token.removesuffix('…')}{end}", there, re.M), token
    assert named


def test_the_page_of_the_app_names_the_programs_addresses_and_scopes() -> None:
    page = (ROOT / "docs/globus.md").read_text()
    table = re.search(r"globus_redirect_paths\[.*?\] = \{(.*?)\}", (ROOT / "src/globus/auth_url.c").read_text(), re.S)
    paths = re.findall(r'"([^"]+)"', table[1])
    assert len(paths) == 6 and re.findall(r"^ *https://registry\.example\.org(/\S+)$", page, re.M) == paths
    header = (ROOT / "include/globus/auth.h").read_text()
    scopes = [*re.search(r'GLOBUS_SCOPES\s+"([^"]+)"', header)[1].split(), re.search(r'GLOBUS_TRANSFER_SCOPE\s+"([^"]+)"', header)[1]]
    assert len(scopes) == 4 and all(f"`{scope}`" in page for scope in scopes)
