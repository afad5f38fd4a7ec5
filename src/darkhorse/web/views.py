"""What each page shows: one typed context a page, made of listings and public totals only."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from darkhorse.catalog.listing import Listing
from darkhorse.storage.ports import ListingTotals

__all__ = ["HomePage", "ListingCard", "MissingPage", "base_url", "home_page"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"
_IPV6 = r"\[[0-9A-Fa-f:.]{2,45}\]"
_HOST = re.compile(rf"(?:{_NAME}|{_IPV6})(?::[0-9]{{1,5}})?")
_KEY = "$DARKHORSE_KEY"


class ListingCard(Struct, frozen=True, kw_only=True):
    """One listing. Counts are public tokens; `requests` is None while the log cannot be read."""

    slug: str
    anchor: str  # its id in the page
    aliases: tuple[str, ...]
    name: str
    description: str
    disclosure: str
    context: int
    max_output: int
    requests: int | None
    prompt_tokens: int
    completion_tokens: int
    curl: str
    python: str


class HomePage(Struct, frozen=True, kw_only=True):
    """`/`."""

    listings: tuple[ListingCard, ...]
    base_url: str
    as_of: str  # ISO 8601, to the second, UTC
    as_of_text: str


class MissingPage(Struct, frozen=True, kw_only=True):
    """404."""


def home_page(
    listings: tuple[Listing, ...],
    totals: Mapping[str, ListingTotals] | None,
    *,
    base_url: str,
    as_of_us: int,
) -> HomePage:
    """`totals` is None where they cannot be had; `as_of_us` is when they were read."""
    moment = datetime.fromtimestamp(as_of_us // 1_000_000, UTC)
    return HomePage(
        listings=tuple(_card(listing, totals, base_url) for listing in listings),
        base_url=base_url,
        as_of=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        as_of_text=moment.strftime("%-d %B %Y, %H:%M:%S UTC"),
    )


def base_url(host: str | None, forwarded_proto: str | None, fallback_host: str) -> str:
    """Where a reader of the page reaches us, from headers that anyone can write anything into."""
    scheme = "https" if forwarded_proto == "https" else "http"
    safe = host if host and _HOST.fullmatch(host) else fallback_host
    return f"{scheme}://{safe}"


def _card(
    listing: Listing, totals: Mapping[str, ListingTotals] | None, base_url: str
) -> ListingCard:
    found = totals.get(listing.slug) if totals is not None else None
    unused = 0 if totals is not None else None
    return ListingCard(
        slug=listing.slug,
        anchor=re.sub(r"[^a-z0-9]+", "-", listing.slug),
        aliases=listing.aliases,
        name=listing.name,
        description=listing.description,
        disclosure=listing.disclosure,
        context=listing.context,
        max_output=listing.max_output,
        requests=found.requests if found else unused,
        prompt_tokens=found.prompt_tokens if found else 0,
        completion_tokens=found.completion_tokens if found else 0,
        curl=_curl(listing.slug, base_url),
        python=_python(listing.slug, base_url),
    )


def _curl(slug: str, base_url: str) -> str:
    """A slug has no quote in it (its pattern says so), so the shell's single quotes hold."""
    return (
        f"curl {base_url}/api/v1/chat/completions \\\n"
        f'  -H "Authorization: Bearer {_KEY}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        "  -d '{\n"
        f'    "model": "{slug}",\n'
        '    "messages": [{"role": "user", "content": "Who are you?"}]\n'
        "  }'"
    )


def _python(slug: str, base_url: str) -> str:
    return (
        "import os\n"
        "from openai import OpenAI\n"
        "\n"
        "client = OpenAI(\n"
        f'    base_url="{base_url}/api/v1",\n'
        '    api_key=os.environ["DARKHORSE_KEY"],\n'
        ")\n"
        "answer = client.chat.completions.create(\n"
        f'    model="{slug}",\n'
        '    messages=[{"role": "user", "content": "Who are you?"}],\n'
        ")\n"
        "print(answer.choices[0].message.content)"
    )
