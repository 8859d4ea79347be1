#!/usr/bin/env python3
"""Put the portal together: `build_portal.py WWW OUT [LANGUAGE [GLOBUS]]` writes what nginx serves, OUT/pages and OUT/assets, from the sources in WWW.

Each file of pages/ is the content of one page; frame.html stands around all. Its first line says the page's title and the class of its main
element. The page's script is assets/pages/<name>.js; all modules that it imports are named in the head, so that the browser asks for them
at once and not level by level.

The assets lie below the digest of them all: an address never changes its content, and browsers may keep it for ever. The plain pages of the
program know no digest; what they use lies beside it too. See docs/adr/0021.

GLOBUS is ON or OFF; without it the pages that only it has, and the modules that only they use, are left out. See docs/adr/0026.

The language is one of words/, English unless said; its sentences go into the pages and into lib/sentences.js. See docs/adr/0018.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from string import Template

from portal_words import Sentences, Unreadable, differing, translated

PLAIN = ("app.css", "mark.svg")  # of the plain pages (src/app/fail.c)
GLOBUS_PAGES = ("endpoints", "transfer", "transfers")
HEAD = re.compile(r"<!-- title: (?P<title>.+) · main: (?P<main>[a-z -]+) -->\n")
IMPORT = re.compile(r"""^(?:import|export)\b[^;'"]*?\bfrom\s*'(?P<from>[^']+)'|^import\s*'(?P<bare>[^']+)'""", re.MULTILINE)


class Broken(Exception):
    """The portal does not fit together; the sentence says where."""


def digest_of(assets: Path, files: list[Path], sentences: str) -> str:
    whole = hashlib.sha256(sentences.encode())
    for file in files:
        content = file.read_bytes()
        whole.update(f"{file.relative_to(assets)} {len(content)}\n".encode() + content)
    return whole.hexdigest()[:16]


def modules_of(script: Path, seen: dict[Path, None] | None = None) -> dict[Path, None]:
    """The script and all that it imports, each once, in the order in which they are met."""
    seen = {} if seen is None else seen
    if script in seen:
        return seen
    if not script.is_file():
        raise Broken(f"{script} is imported and not there")
    seen[script] = None
    for found in IMPORT.finditer(script.read_text()):
        modules_of((script.parent / (found["from"] or found["bare"])).resolve(), seen)
    return seen


class Portal:
    """The sources, and what nginx serves of them."""

    def __init__(self, www: Path, language: str, has_globus: bool) -> None:
        self.www = www
        self.language = language
        self.has_globus = has_globus
        self.words: Sentences = differing(www, language)
        self.assets = www / "assets"
        self.files = sorted(file for file in self.assets.rglob("*") if file.is_file())
        self.sentences = (f"/** Written by the build from www/words/{language}.json. */\n\nexport const language = {json.dumps(language)};\n"
                          f"export const sentences = {json.dumps(self.words, ensure_ascii=False)};\n")
        self.digest = digest_of(self.assets, self.files, self.sentences)
        self.frame = Template(translated((www / "frame.html").read_text(), self.words))
        self.used = {self.assets / "early.js"}  # named by the frame

    def page(self, source: Path) -> str:
        text = source.read_text()
        head = HEAD.match(text)
        if not head:
            raise Broken(f"{source} does not begin with <!-- title: … · main: … -->")
        script = self.assets / "pages" / f"{source.stem}.js"
        modules = modules_of(script)
        self.used.update(modules)
        preloads = "".join(f'  <link rel="modulepreload" href="/assets/{self.digest}/{module.relative_to(self.assets)}">\n'
                           for module in modules if module != script)
        body = translated(text[head.end():], self.words)
        content = "".join(f"    {line}" if line.strip() else line for line in body.splitlines(keepends=True))
        title = self.words.get(head["title"], head["title"])
        return self.frame.substitute(language=self.language, title=title, main_class=head["main"], page=source.stem, assets=f"/assets/{self.digest}",
                                     preloads=preloads, content=content)

    def write(self, out: Path) -> None:
        pages = {source.name: self.page(source) for source in sorted((self.www / "pages").glob("*.html"))
                 if self.has_globus or source.stem not in GLOBUS_PAGES}
        unused = {str(file) for file in self.files if file.suffix == ".js" and file not in self.used}
        if unused and self.has_globus:
            raise Broken(f"no page uses {', '.join(sorted(unused))}")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(self.assets, out / "assets" / self.digest, ignore=lambda folder, names: [name for name in names if f"{folder}/{name}" in unused])
        (out / "assets" / self.digest / "lib/sentences.js").write_text(self.sentences)
        for name in PLAIN:
            shutil.copy(self.assets / name, out / "assets" / name)
        (out / "pages").mkdir()
        for name, text in pages.items():
            (out / "pages" / name).write_text(text)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4, 5):
        sys.exit("usage: build_portal.py WWW OUT [LANGUAGE [GLOBUS]]")
    language, globus = (*sys.argv[3:], *("en", "ON")[len(sys.argv) - 3:])
    try:
        Portal(Path(sys.argv[1]).resolve(), language, globus == "ON").write(Path(sys.argv[2]))
    except (Broken, Unreadable) as broken:
        sys.exit(f"www: {broken}")
