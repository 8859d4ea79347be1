"""Five hundred strings that would do something if a page took them for anything but text, and how to find out whether one did.

Each would set ``top.xss``, open a dialog or ask for an address below /xss-marker; each element of theirs carries the attribute ``xss``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, Request

COUNT = 500
# What ends the place a text may have been put into: attributes, raw text elements, comments, scripts.
OPENINGS = ["", '">', "'>", "`>", "</title>", "</script>", "</textarea>", "--><!--", "]]>", "\\\">", "</style>", "</p></td></table>", "</noscript>", "&quot;>"]
BODIES = [
    "<script xss>{js}</script>", "<img xss src=x onerror={js}>", "<svg xss onload={js}>", "<svg xss><script>{js}</script></svg>", "<img xss src=/xss-marker/{n}>",
    "<iframe xss src=javascript:{js}></iframe>", "<iframe xss srcdoc='<script>{js}</script>'></iframe>", "<a xss href=javascript:{js}>x{n}</a>",
    "<body xss onload={js}>", "<details xss open ontoggle={js}>x{n}</details>", "<video xss><source onerror={js}></video>", "<audio xss src=x onerror={js}></audio>",
    "<input xss autofocus onfocus={js}>", "<select xss autofocus onfocus={js}></select>", "<object xss data=javascript:{js}></object>", "<embed xss src=javascript:{js}>",
    "<form xss action=javascript:{js}><button>x{n}</button></form>", "<math><mtext><table><mglyph><style><img xss src=x onerror={js}></style></table></math>",
    "<style xss>@import '/xss-marker/{n}'</style>", "<link xss rel=stylesheet href=/xss-marker/{n}>", "<meta xss http-equiv=refresh content='0;url=/xss-marker/{n}'>",
    "<base xss href=//xss-marker.example/{n}/>", "<p xss style=background:url(/xss-marker/{n})>x{n}</p>", "<img xss srcset='/xss-marker/{n} 1x'>",
    "<svg xss><animate onbegin={js} attributeName=x dur=1s></svg>", "<marquee xss onstart={js}>x{n}</marquee>", "<template><img xss src=x onerror={js}></template>",
    "<x xss onpointerenter={js} onmouseover={js} tabindex=1>x{n}</x>", "<noscript><p title='</noscript><img xss src=x onerror={js}>'>", "javascript:{js}", "java&Tab;script:{js}",
    "\" xss onmouseover={js} autofocus onfocus={js} x=\"", "' xss onmouseover={js} autofocus onfocus={js} x='", "{{{{constructor.constructor('{js}')()}}}}", "${{{js}}}",
    "';{js};//", "%3Cimg xss src=x onerror={js}%3E", "&#60;img xss src=x onerror={js}&#62;", "\\u003cimg xss src=x onerror={js}\\u003e",
]
TRACES = """() => {
  const bad = [...document.querySelectorAll('[xss], iframe, object, embed, base, main script, main style, main link, main meta, svg script')].map((e) => e.outerHTML);
  for (const e of document.querySelectorAll('*')) for (const { name, value } of e.attributes) {
    if (name.startsWith('on')) bad.push(e.outerHTML);
    if (['href', 'src', 'action', 'formaction', 'data', 'xlink:href'].includes(name) && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data):/i.test(value)) bad.push(e.outerHTML);
  }
  if (typeof top.xss !== 'undefined') bad.push(`top.xss is ${top.xss}`);
  return bad.slice(0, 10);
}"""
UNSHOWN = """(texts) => {
  const plain = (text) => text.replace(/\\s+/g, ' ').trim();
  const all = plain([document.body.textContent, ...[...document.querySelectorAll('input, [title], [aria-label]')].flatMap((e) => [e.value ?? '', e.title, e.ariaLabel ?? ''])].join(' '));
  return texts.filter((text) => !all.includes(plain(text))).slice(0, 10);
}"""


def payloads(limit: int = 1000, without: str = "") -> list[str]:
    """COUNT different ones of at most ``limit`` bytes, none of which holds any of the characters."""
    made = (opening + body.format(js=f"top.xss={n}", n=n) for n, (body, opening) in enumerate(itertools.product(BODIES, OPENINGS)))
    fit = [text for text in made if len(text.encode()) <= limit and not set(text) & set(without)]
    return fit[:COUNT] if len(fit) >= COUNT else fit + [f"{text} {n}" for n, text in enumerate(itertools.islice(itertools.cycle(fit), COUNT - len(fit)))]


@dataclass
class Watch:
    """What a context did that only a payload would do."""

    seen: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("dialog", lambda dialog: (self.seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _request(self, request: Request) -> None:
        if "xss-marker" in request.url.partition("?")[0]:  # in a query of ours it is a word to search for
            self.seen.append(request.url)

    def check(self, page: Page, shown: list[str]) -> None:
        """All of these texts are on the page, as text, and none of them did anything."""
        missing = page.evaluate(UNSHOWN, shown)
        assert not missing, f"not shown at {page.url}: {missing}"
        traces = page.evaluate(TRACES)
        assert not traces, f"{page.url}:\n" + "\n".join(traces)
        assert not self.seen, "\n".join(self.seen[:10])
