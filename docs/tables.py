#!/usr/bin/env python3
"""Write the tables of docs/api.md, docs/settings.md, docs/rights.md, docs/monitoring.md, docs/moving-in.md and docs/operating.md from the program's own tables.

    docs/tables.py BINARY          rewrite the parts between the markers
    docs/tables.py BINARY --check  change nothing, exit 1 when a part is out of date (tests/meta runs this)

What stands between `<!-- table: NAME -->` and `<!-- end -->` belongs to this script, the rest to people.
"""
import json
import pathlib
import re
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent


def ask(binary: str, *command: str) -> list[dict]:
    """The rows of one of the program's tables."""
    done = subprocess.run([binary, *command, "--json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["items"]


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def body(limit: int) -> str:
    if limit == 0:
        return "none"
    return "stream" if limit < 0 else f"{limit // 1024} KiB"


def routes(binary: str) -> list[str]:
    lines = [row("method", "path", "who", "pool", "body", "what it does"), row(*["---"] * 6)]
    for r in ask(binary, "routes"):
        who = r["who"] + (", Globus on" if r["feature"] == "globus" else "")
        lines.append(row(r["methods"], f"`{r['path']}`", who, r["pool"], body(r["body_max"]), r["what"]))
    return lines


def span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def limits(s: dict) -> str:
    if s["kind"] == "INT":
        return span(s["min"], s["max"])
    return {"BOOL": "true, false", "ACCESS": "public, per-user", "LEVEL": "error … debug", "LOGIN": "local, globus, both", "URL": "URL", "UUID": "UUID"}.get(
        s["kind"], f"{span(s['min'], s['max'])} characters")


def settings(binary: str) -> list[str]:
    lines = [row("setting", "default", "values", "meaning"), row(*["---"] * 4)]
    for s in ask(binary, "settings", "list"):
        default = "**required**" if s["required"] else f"`{s['default']}`" if s["default"] else "–"
        secret = " *Secret.*" if s["secret"] else ""
        lines.append(row(f"`{s['key']}`", default, limits(s), s["help"] + "." + secret))
    return lines


def rights(binary: str) -> list[str]:
    roles = ["visitor", "stranger", "contributor", "owner", "admin"]
    lines = [row("action", "what it is", *roles), row(*["---"] * 7)]
    for r in ask(binary, "rights"):
        lines.append(row(f"`{r['action']}`", r["what"], *(r[role] for role in roles)))
    return lines


def doctor(binary: str) -> list[str]:
    return [row("check", "what is well"), row(*["---"] * 2), *(row(f"`{r['check']}`", r["what"]) for r in ask(binary, "doctor", "list"))]


def metrics(binary: str) -> list[str]:
    lines = [row("metric", "type", "unit", "labels", "what it says"), row(*["---"] * 5)]
    for m in ask(binary, "metrics"):
        lines.append(row(f"`{m['name']}`", m["type"], m["unit"] or "–", m["labels"] or "–", m["what"]))
    return lines


def moved(binary: str) -> list[str]:
    lines = [row("there", "here", "what becomes of it"), row(*["---"] * 3)]
    for m in ask(binary, "settings", "moved"):
        text = m["text"][:1].upper() + m["text"][1:] + "." if m["text"] else "Taken."
        lines.append(row(f"`{m['old']}`", f"`{m['now']}`" if m["now"] else "–", text))
    return lines


TABLES = {"moved": ("moving-in.md", moved), "doctor": ("operating.md", doctor), "routes": ("api.md", routes), "settings": ("settings.md", settings), "rights": ("rights.md", rights),
          "metrics": ("monitoring.md", metrics)}


def main(binary: str, check: bool) -> int:
    stale = []
    for name, (page, make) in TABLES.items():
        path = DOCS / page
        text = path.read_text()
        part = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.S)
        fresh, found = part.subn(lambda m: m.group(1) + "\n".join(make(binary)) + "\n" + m.group(2), text)
        if found != 1:
            sys.exit(f"{path}: expected one part '<!-- table: {name} -->'")
        if fresh == text:
            continue
        stale.append(page)
        if not check:
            path.write_text(fresh)
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run docs/tables.py BINARY", file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--check" in sys.argv[2:]))
