#!/usr/bin/env python3
"""The portal's sentences: `portal_words.py WWW` writes WWW/words/en.json from the modules and pages; with --check it only compares.

The English stands where it is said: in say('…'), sayWith('…') and sayCount(n, '…', '…') of the modules, and as the text of the pages. It is
also the key of its translation. A file words/<language>.json has the same keys; what it lacks stays English. See docs/adr/0018.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

Sentences = dict[str, "str | dict[str, str]"]

STRING = r"'((?:[^'\\\n]|\\.)*)'"
SAID = re.compile(rf"(?<![\w.])say(?:With)?\(\s*{STRING}")
COUNTED = re.compile(rf"(?<![\w.])sayCount\((?:[^()',]|\([^()]*\))+,\s*{STRING},\s*{STRING}")
CALL = re.compile(r"(?<![\w.])(?<!function )say(?:With|Count)?\(")
NAMED = re.compile(r"\$\w+")  # what the build puts in
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

NO_TEXT = {"script", "style", "code", "svg"}
VOID = {"meta", "link", "input", "br"}
READ_OUT = ("placeholder", "aria-label", "title", "alt")


class Unreadable(Exception):
    """A sentence that is not written as the tools can find it."""


def unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def of_script(name: str, text: str) -> Iterator[tuple[str, str | dict[str, str]]]:
    text = COMMENT.sub("", text)
    said = [(unquoted(found[1]), unquoted(found[1])) for found in SAID.finditer(text)]
    counted = [(unquoted(found[2]), {"one": unquoted(found[1]), "other": unquoted(found[2])}) for found in COUNTED.finditer(text)]
    if len(said) + len(counted) != len(CALL.findall(text)):
        raise Unreadable(f"{name}: say() takes its sentence as a string in single quotes, in the call itself")
    yield from said
    yield from counted


def in_one_line(text: str) -> str:
    return " ".join(text.split())


class Texts(HTMLParser):
    """Where the sentences of a page stand: what is inside of the outermost elements that hold text of their own, and what is read out."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = text
        self.starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
        self.open: list[tuple[str, int, bool]] = []  # element, where its inside begins, whether it holds text
        self.spans: list[tuple[int, int]] = []
        self.feed(text)
        self.close()

    def here(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source, begin = self.get_starttag_text() or "", self.here()
        for found in re.finditer(r'\s([a-z-]+)="([^"]*)"', source):
            if found[1] in READ_OUT and re.search("[A-Za-z]", found[2]):
                self.spans.append((begin + found.start(2), begin + found.end(2)))
        if tag not in VOID:
            self.open.append((tag, begin + len(source), False))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Part of a drawing: it holds no text."""

    def handle_data(self, data: str) -> None:
        if self.open and re.search("[A-Za-z]", NAMED.sub("", data)) and not any(tag in NO_TEXT for tag, _, _ in self.open):
            tag, begin, _ = self.open[-1]
            self.open[-1] = (tag, begin, True)

    def handle_endtag(self, tag: str) -> None:
        name, begin, has_text = self.open.pop()
        if name != tag:
            raise Unreadable(f"<{name}> is not closed before </{tag}>")
        if has_text:
            self.spans = [span for span in self.spans if span[0] < begin] + [(begin, self.here())]


def of_page(text: str) -> list[tuple[int, int, str]]:
    """Begin, end and sentence of each, in the order of the page; the names that the build puts in ($title) are none."""
    spans = [(begin, end, in_one_line(text[begin:end])) for begin, end in sorted(Texts(text).spans)]
    return [span for span in spans if not span[2].startswith("$")]


def translated(text: str, sentences: Sentences) -> str:
    for begin, end, english in reversed(of_page(text)):
        other = sentences.get(english, english)
        if other != english:
            text = text[:begin] + str(other) + text[end:]
    return text


def titles(www: Path) -> list[str]:
    found = [re.match(r"<!-- title: (.+) · main:", page.read_text()) for page in sorted((www / "pages").glob("*.html"))]
    return [title[1] for title in found if title]


def catalogue(www: Path) -> Sentences:
    """Every sentence of the portal under its English, in the order of the alphabet."""
    all_of_them: Sentences = {title: title for title in titles(www)}
    for page in [www / "frame.html", *sorted((www / "pages").glob("*.html"))]:
        all_of_them.update((english, english) for _, _, english in of_page(page.read_text()))
    for script in sorted((www / "assets").rglob("*.js")):
        if script.name not in ("say.js", "iconshapes.js"):
            all_of_them.update(of_script(script.name, script.read_text()))
    return dict(sorted(all_of_them.items(), key=lambda entry: (entry[0].lower(), entry[0])))


def written(sentences: Sentences) -> str:
    return json.dumps(sentences, ensure_ascii=False, indent=1) + "\n"


def differing(www: Path, language: str) -> Sentences:
    """The sentences of a language that are not the English of the code."""
    file = www / "words" / f"{language}.json"
    if not file.is_file():
        raise Unreadable(f"{file} is not there: copy words/en.json and translate the right-hand sides")
    english, own = catalogue(www), json.loads(file.read_text())
    if unknown := sorted(own.keys() - english.keys()):
        raise Unreadable(f"{file} has sentences that nothing says, such as {unknown[0]!r}: run cmake/portal_words.py {www}, and correct other languages")
    return {key: text for key, text in own.items() if text != english[key]}


def main(arguments: list[str]) -> str | None:
    www, file = Path(arguments[0]), Path(arguments[0]) / "words/en.json"
    try:
        text = written(catalogue(www))
    except Unreadable as wrong:
        return f"www: {wrong}"
    if "--check" in arguments:
        return None if file.read_text() == text else f"{file} is not what the portal says: run cmake/portal_words.py {www}"
    file.write_text(text)
    return None


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: portal_words.py WWW [--check]")
    sys.exit(main(sys.argv[1:]))
