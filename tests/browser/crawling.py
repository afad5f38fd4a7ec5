"""Every page that leads somewhere, once: from `/`, wherever links go."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

__all__ = ["pages"]

_PARTS = (
    (re.compile(r"gen-[\w-]+"), "{id}"),
    (re.compile(r"[0-9a-f]{16,}"), "{hash}"),
    (re.compile(r"stealth/(?!villain)[\w.-]+"), "{slug}"),
)
_NOT_PAGES = re.compile(
    r"\.(csv|json|xml|txt)\b|/export\b|/static/|^/api/|^/metrics|/request\.json"
)
_LINKS = (
    """() => [...document.querySelectorAll("a[href]:not([download])")].map((each) => each.href)"""
)


def pages(page: Page, starts: tuple[str, ...], *, each: int = 1) -> Iterator[tuple[str, Response]]:
    """Visits them in `page`; yields the path of each with the answer.

    `each`: how many of a kind; four times so many single generations. Of a kind are addresses that
    differ in ids and numbers and in what stands behind the `?`; villains' listings all count.
    """
    here = urlsplit(page.url)
    line, seen, kinds = [*starts], set(starts), Counter[str]()
    while line:
        path = line.pop(0)
        answer = page.goto(path)
        assert answer is not None
        yield path, answer
        for href in page.evaluate(_LINKS):
            parts = urlsplit(href)
            way = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc != here.netloc or way in seen or _NOT_PAGES.search(parts.path):
                continue
            seen.add(way)
            kind = _kind(parts.path)
            kinds[kind] += 1
            if kinds[kind] <= each * (4 if kind.endswith("/{id}") else 1):
                line.append(way)


def _kind(path: str) -> str:
    """Without names and numbers."""
    for pattern, name in _PARTS:
        path = pattern.sub(name, path)
    return path
