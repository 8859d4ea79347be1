"""The manual pages name all there is, and format without a complaint."""
import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages(binary, tmp_path_factory):
    out = tmp_path_factory.mktemp("man")
    subprocess.run([sys.executable, ROOT / "docs/manual.py", binary, out], check=True)
    return out


def shown(page):
    """The page as man(1) shows it, and what groff complained of."""
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-P-c", page], capture_output=True, text=True)
    return done.stdout, done.stderr


@pytest.mark.parametrize("name", ["man1/transload.1", "man5/transload.conf.5", "man8/transload-api.service.8"])
def test_pages_format_without_complaints(pages, name):
    text, complaints = shown(pages / name)
    assert complaints == "" and "Transload" in text


def test_every_command_and_option_has_its_line(pages, binary):
    text = (pages / "man1/transload.1").read_text().replace("\\-", "-")
    table = json.loads(subprocess.run([binary, "--help", "--json"], check=True, capture_output=True, text=True).stdout)
    rows = table["commands"] + table["options"]
    assert len(rows) > 30 and all(f".B {row['usage']}\n" in text for row in rows)


def test_every_setting_has_its_line(pages):
    text = (pages / "man5/transload.conf.5").read_text()
    settings = {line.split("=")[0].lstrip("#") for line in (ROOT / "deploy/transload.conf.example").read_text().splitlines()
                if "=" in line and line.lstrip("#")[:1].isupper() and line.split("=")[0].lstrip("#").replace("_", "").isupper()}
    assert len(settings) > 30 and all(f".B {key}\n" in text for key in settings)
