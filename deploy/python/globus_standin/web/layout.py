"""The frame around every page: plain HTML that works without scripts and with a keyboard."""

from __future__ import annotations

from html import escape

STYLE = """
:root { color-scheme: light dark; }
body { font: 1.05rem/1.55 system-ui, sans-serif; max-width: 42rem; margin: 2.5rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
.note { border-left: .25rem solid #b36b00; padding: .1rem 0 .1rem .8rem; }
button { font: inherit; padding: .55rem 1rem; margin: .3rem 0; min-height: 2.75rem;
  cursor: pointer; }
button.choice { display: block; width: 100%; text-align: left; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
footer { margin-top: 2.5rem; font-size: .9rem; opacity: .8; }
"""


def page(title: str, body: str, reload_s: int = 0) -> str:
    """A whole document; ``body`` is markup, ``title`` is text."""
    reload = f'<meta http-equiv="refresh" content="{reload_s}">' if reload_s else ""
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{reload}<style>{STYLE}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>\n{body}\n</main>\n"
        "<footer>This is the sandbox's stand-in for Globus. No account is needed, and nothing "
        "leaves this machine.</footer></body></html>\n"
    )


def definitions(rows: list[tuple[str, str | None]]) -> str:
    """A list of terms and values; rows without a value are left out."""
    items = "".join(
        f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in rows if value)
    return f"<dl>{items}</dl>"
