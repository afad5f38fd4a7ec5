"""Each time something was written: the index knows a text only where it was said first. Pure."""

from collections.abc import Sequence

from darkhorse.storage.finding import Findings, Hit
from darkhorse.storage.ledger.search.query import Query, is_met, read_query, snippet
from darkhorse.storage.ledger.traits.again import WHOLE, Saying

__all__ = ["TEXTS", "with_repeats"]

TEXTS = 100
"""Texts of one question, the newest, that are looked for again."""


def with_repeats(
    words: str, found: Findings, texts: Findings, sayings: Sequence[Saying], limit: int
) -> Findings:
    """The newest `limit` of what was `found`, and of `sayings` of `texts`, up to `TEXTS` of them.

    Raises ConfigError for a question that cannot be read.
    """
    query = read_query(words)
    hits = {hit.generation: hit for hit in found.hits}
    snippets = {hit.generation: hit.snippet for hit in texts.hits}
    for saying in sayings:
        if hit := _hit(query, saying, snippets[saying.first]):
            hits.setdefault(saying.id, hit)
    newest = sorted(hits.values(), key=lambda hit: (hit.at_us, hit.generation), reverse=True)
    is_complete = found.complete and texts.complete and len(texts.hits) < TEXTS
    return Findings(newest[:limit], is_complete)


def _hit(query: Query, saying: Saying, of_first: str) -> Hit | None:
    """None where the words were in another message of the first than its newest."""
    if len(saying.preview) > WHOLE:
        return Hit(saying.id, saying.at_us, saying.listing, of_first)
    if not is_met(query, saying.preview):
        return None
    return Hit(saying.id, saying.at_us, saying.listing, snippet(query, saying.preview))
