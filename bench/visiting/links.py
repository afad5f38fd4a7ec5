"""What a page leads to: links, and forms that only ask."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

WORD = "bicycle"  # that somebody looks for
_TYPED = {"text", "search", ""}
_CHOSEN = {"checkbox", "radio"}
_PARTS = (
    (re.compile(r"(gen|rep|lch|aud)-[0-9a-z_-]+"), r"{\1}"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "{hash}"),
    (re.compile(r"\d+"), "{n}"),
)

Attributes = dict[str, str]


class Leads(HTMLParser):
    """Reads one page. `found`: addresses in the order of the page."""

    def __init__(self, address: str, page: str) -> None:
        super().__init__()
        self._address = address
        self._action: str | None = None  # of the form that is open, where it only asks
        self._fields: list[tuple[str, str]] = []
        self._select = ""
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in named and "download" not in named:
            self._add(named["href"])
        elif tag == "form" and named.get("method", "get").lower() == "get":
            self._action, self._fields = named.get("action", ""), []
        elif tag in ("input", "select", "option") and self._action is not None:
            self._fill(tag, named)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._action is not None:
            self._add(f"{self._action}?{urlencode(dict(self._fields))}")
            self._action = None

    def _fill(self, tag: str, named: Attributes) -> None:
        kind, name = named.get("type", ""), named.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in named:
            self._fields.append((self._select, named.get("value", "")))
        elif tag == "input" and kind in _TYPED and name:
            self._fields.append((name, named.get("value") or WORD))
        elif tag == "input" and name and (kind not in _CHOSEN or "checked" in named):
            self._fields.append((name, named.get("value", "")))

    def _add(self, href: str) -> None:
        whole = urljoin(self._address, href.strip())
        here, there = urlsplit(self._address), urlsplit(whole)
        if (here.scheme, here.netloc) == (there.scheme, there.netloc):
            self.found.append(there._replace(fragment="").geturl())


def shape_of(address: str, slugs: Iterator[str] | tuple[str, ...]) -> str:
    """What kind of page it is: its path without names and numbers, and the names of its query."""
    parts = urlsplit(address)
    path = parts.path
    for slug in slugs:
        path = path.replace(slug, "{slug}")
    for pattern, name in _PARTS:
        path = pattern.sub(name, path)
    asked = ",".join(sorted(name for name, _ in parse_qsl(parts.query)))
    return f"{path}?{asked}" if asked else path
