"""The words of an HTML mail, line by line; what it quotes begins with ">" as in a plain one."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript", "object"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_MOST_QUOTES = 20
_BLANKS = re.compile(r"\n{3,}")


def words_of_html(source: str) -> str:
    """The text a reader of the page would see. Never raises: HTML has no wrong form."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return _BLANKS.sub("\n\n", reader.text()).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._unseen = 0
        self._quotes = 0

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self._end_line()
        if tag == "p":
            self._lines.append(self._mark())
        if tag == "blockquote":
            self._quotes += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote" and self._quotes:
            self._quotes -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._line.append(data)

    def _end_line(self) -> None:
        said = " ".join("".join(self._line).split())
        self._line = []
        if said:
            self._lines.append(self._mark() + said)

    def _mark(self) -> str:
        return "> " * min(self._quotes, _MOST_QUOTES)
