"""Documentation says what the program's tables say."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_api_and_settings_pages_are_current(binary):
    done = subprocess.run([sys.executable, ROOT / "docs" / "tables.py", binary, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_example_settings_name_every_setting(binary):
    table = set(re.findall(r'^\s+X\(\w+, \w+, "(\w+)"', (ROOT / "include/base/settings.h").read_text(), re.M))
    example = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / "deploy/transload.conf.example").read_text(), re.M))
    assert table and example == table


def test_every_error_code_is_documented():
    table = set(re.findall(r'X\(\w+, (\d+), "(\w+)"', (ROOT / "include/base/err.h").read_text())) - {("200", "ok")}
    page = set((status, code) for code, status in re.findall(r"^\| `(\w+)` \| (\d+) \|", (ROOT / "docs/api.md").read_text(), re.M))
    assert table == page
