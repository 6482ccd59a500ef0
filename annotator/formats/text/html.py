"""Reduce HTML to readable text: paragraphs kept, scripts and markup gone."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from annotator.errors import SourceError

Attributes = list[tuple[str, str | None]]
UNREAD = {"script", "style", "noscript", "template", "svg", "iframe", "object", "select", "canvas"}
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table", "hr", "figure"}
LINES = {
    "br", "div", "li", "tr", "section", "article", "main", "header", "footer", "nav", "aside", "dt", "dd", "dl",
    "figcaption", "address", "form", "button", "details", "summary", "title", "body",
}  # fmt: skip
MOST_TAGS = 150_000
MOST_REFERENCES = 500_000
"""Characters that are written as `&…;`."""
MOST_ATTRIBUTES = 10_000
"""Of one tag."""
MOST_IN_ALL = 400_000
"""Attributes of all tags."""
TAG = re.compile(r"""<[a-zA-Z](?:[^<>"']++|"[^"]*+"|'[^']*+'|["'])*+>""")
ATTRIBUTE = re.compile(r"""[^\s/=>][^\s/=>]*+(?:\s*+=++\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
"""As the parser takes them: it needs no space between them, and quotes that stand elsewhere quote nothing."""
REFERENCE = re.compile("&[#a-zA-Z]")
VOID = {"br", "hr", "img", "meta", "link", "input", "source", "wbr", "area", "base", "col", "embed", "track"}


class HtmlText(HTMLParser):
    """The readable text of a page, with what it says about itself."""

    def __init__(self, html: str, also_unread: frozenset[str] = frozenset()) -> None:
        """Parse a whole page; `also_unread` names further elements to leave out."""
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.heading = ""
        self.language = ""
        self.links: list[tuple[str, str]] = []
        """Address and text of each link, in order."""
        self.meta: dict[str, str] = {}
        """What `meta` and `link` elements say, by name, property or rel."""
        self._unread = UNREAD | also_unread
        self._skipping: list[str] = []
        self._skipped: Counter[str] = Counter()
        """How many of each name are among those that are skipped."""
        self._preformatted = 0
        self._pieces: list[str] = []
        self._open: dict[str, int] = {}
        self.feed(_ended(html))
        self.close()

    @property
    def text(self) -> str:
        """The text, one blank line between paragraphs."""
        lines = [line.strip() for line in "".join(self._pieces).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().replace("\x00", "")

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Begin an element: break the line, or stop reading until it ends."""
        said = {name: value or "" for name, value in attrs}
        if tag in self._unread:
            self._skipping.append(tag)
            self._skipped[tag] += 1
            return
        self._note(tag, said)
        self._break(tag)
        if tag == "li":
            self._pieces.append("• ")
        if tag in {"td", "th"}:
            self._pieces.append(" ")
        if tag in {"a", "title", "h1"}:
            self._open[tag] = len(self._pieces)
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """End an element: remember what stood in it, break the line."""
        if self._skipped[tag]:
            while self._skipped.subtract([last := self._skipping.pop()]) or last != tag:
                pass
            return
        if tag in self._open:
            self._finish(tag, self._open.pop(tag))
        self._preformatted -= tag == "pre" and self._preformatted > 0
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """An element that ends at once, as XHTML writes it."""
        if tag in self._unread:
            return
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        """Text between elements; white space is one space except in `pre`."""
        if not self._skipping:
            self._pieces.append(data if self._preformatted else re.sub(r"\s+", " ", data))

    def _note(self, tag: str, said: dict[str, str]) -> None:
        if tag == "html":
            self.language = said.get("lang", "")
        if tag == "a":
            self.links.append((said.get("href", ""), ""))
        name = said.get("name") or said.get("property") or said.get("rel") or ""
        if tag in {"meta", "link"} and name:
            self.meta.setdefault(name.lower(), said.get("content") or said.get("href") or "")

    def _finish(self, tag: str, start: int) -> None:
        text = " ".join("".join(self._pieces[start:]).split())
        if tag == "a" and self.links:
            self.links[-1] = (self.links[-1][0], text)
        elif tag == "h1":
            self.heading = self.heading or text
        elif tag == "title":
            self.title = self.title or text
            del self._pieces[start:]

    def _break(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._pieces.append("\n\n")
        elif tag in LINES:
            self._pieces.append("\n")


def refuse_endless(html: str, shown: str) -> None:
    """Raise SourceError for more markup than any page of words has: reading it would take minutes."""
    if html.count("<") > MOST_TAGS:
        raise SourceError(
            f"{shown}: holds more than {MOST_TAGS:,} tags, which no page of words does; save its text as .txt"
        )
    if html.count("&") > MOST_REFERENCES < len(REFERENCE.findall(html)):
        raise SourceError(
            f"{shown}: writes more than {MOST_REFERENCES:,} characters as &…; as no page does; save its text as .txt"
        )
    in_all = 0
    for tag in TAG.finditer(html):
        attributes = len(ATTRIBUTE.findall(tag[0], 1)) - 1
        in_all += attributes
        if attributes > MOST_ATTRIBUTES:
            raise SourceError(
                f"{shown}: holds a tag of more than {MOST_ATTRIBUTES:,} attributes, as no page does; "
                "save its text as .txt"
            )
        if in_all > MOST_IN_ALL:
            raise SourceError(
                f"{shown}: holds tags of more than {MOST_IN_ALL:,} attributes in all, as no page does; "
                "save its text as .txt"
            )


def _ended(html: str) -> str:
    """A page in which all that begins as markup also ends: what does not is text.

    The parser would look for each missing end from there to the end of the page, once for each beginning.
    """
    html = html.replace("<![", "<?[")  # a part for one browser, which ends where others go on
    for begin, end in (("<!--", "-->"), ("<", ">")):
        last = html.rfind(end) + 1
        html = html[:last] + html[last:].replace(begin, "&lt;" + begin[1:])
    return html
