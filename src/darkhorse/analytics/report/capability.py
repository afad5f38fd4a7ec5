"""What a launch was asked, and how it did in each kind. Pure but for the readers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from darkhorse.analytics.report.shape import Capability, Named, Row, Table
from darkhorse.analytics.report.shares import Share, differ, share_of
from darkhorse.analytics.report.sources import Life, Sources, counts_of
from darkhorse.analytics.topics.names import UNTOLD, called, in_words
from darkhorse.storage.reports import Feedback
from darkhorse.storage.traits import LENGTHS, TURNS, Counts, Facet, FacetSum

__all__ = ["capability", "feedback_of", "in_order", "named", "row_of"]

_TABLES: tuple[tuple[Facet, str], ...] = (
    ("category", "By what it was about"),
    ("language", "By language"),
    ("length", "By length of the prompt, public tokens"),
    ("turns", "By messages of the user"),
    ("tools", "By whether tools were offered"),
)
_ORDERS: Mapping[Facet, tuple[str, ...]] = {"length": LENGTHS, "turns": TURNS}
_MEASURES = (
    ("failed", "failed"),
    ("cancelled", "were cut short by the client"),
    ("refused", "were declined by the model"),
    ("cut", "were cut at their longest"),
    ("empty", "came back empty"),
    ("tool_call", "had a broken tool call"),
    ("schema", "did not keep the form they were asked for"),
    ("retried", "were asked again, word for word"),
)
_COMPARED = tuple(each for each in _MEASURES if each[0] not in ("tool_call", "schema"))
"""Who offers no tools and asks for no form cannot break them: kinds differ by that alone."""
_BIDDEN = "identity"
"""A model without a name is told to decline who it is: that is neither a weakness, nor does it make
others look better."""
_SUBJECTS: Mapping[str, str] = {
    "category": "Requests about {}",
    "language": "Requests in {}",
    "length": "Prompts of {} tokens",
    "turns": "Conversations of {} messages by the user",
    "tools": "Requests {}",
}
_MOST_ROWS, _MOST_SENTENCES, _MOST_OF_ONE = 30, 8, 3
_MOST_FEEDBACK, _MOST_LOOKED = 10_000, 500


class _Told(Struct, frozen=True):
    measure: str
    weight: float
    text: str


def capability(sources: Sources, life: Life, feedback: Sequence[Feedback]) -> Capability:
    """`feedback`: of this launch."""
    slug = sources.launch.listing.slug

    def sums(facet: Facet) -> list[FacetSum]:
        return sources.traits.sums(slug, life.since_us, life.last_us, facet)

    every = counts_of(sources, life)
    by_facet = {facet: sums(facet) for facet, _ in _TABLES}
    told = [each for facet, found in by_facet.items() for each in _differences(facet, found, every)]
    topics = Counter(_topics(sources, feedback[:_MOST_LOOKED]))
    return Capability(
        overall=row_of("all", every),
        tables=tuple(_table(facet, title, by_facet[facet]) for facet, title in _TABLES),
        strengths=_sentences(each for is_better, each in told if is_better),
        weaknesses=_sentences(each for is_better, each in told if not is_better),
        called=every.called,
        finishes=named((each.value, each.counts.requests) for each in sums("finish")),
        feedback=named(topics.most_common()),
    )


def feedback_of(sources: Sources, life: Life) -> list[Feedback]:
    """Newest first."""
    slug = sources.launch.listing.slug
    said = sources.reports.feedback(limit=_MOST_FEEDBACK)
    return [each for each in said if each.listing == slug and each.at_us >= life.since_us]


def row_of(name: str, counts: Counts) -> Row:
    """A row of these counts."""
    shares = {measure: share_of(getattr(counts, measure), counts.ended) for measure, _ in _MEASURES}
    return Row(
        name=name,
        requests=counts.requests,
        tokens=counts.prompt_tokens + counts.completion_tokens,
        ended=counts.ended,
        done=counts.done,
        **shares,
    )


def named(pairs: Iterable[tuple[str, int]]) -> tuple[Named, ...]:
    """Without what there is none of."""
    return tuple(Named(name or UNTOLD, count) for name, count in pairs if count)


def _table(facet: Facet, title: str, found: Sequence[FacetSum]) -> Table:
    rows = [row_of(_label(facet, each.value), each.counts) for each in in_order(facet, found)]
    return Table(
        facet=facet,
        title=title,
        rows=tuple(rows[:_MOST_ROWS]),
        left_out=max(0, len(rows) - _MOST_ROWS),
    )


def in_order(facet: Facet, found: Sequence[FacetSum]) -> Sequence[FacetSum]:
    """Most requests first, as they came; lengths and turns by how long they are."""
    order = _ORDERS.get(facet)
    if order is None:
        return found
    known = {value: at for at, value in enumerate(order)}
    return sorted(found, key=lambda each: known.get(each.value, len(order)))


def _label(facet: Facet, value: str) -> str:
    if facet == "tools":
        return "with tools" if value == "yes" else "without tools"
    return value or UNTOLD


def _topics(sources: Sources, feedback: Sequence[Feedback]) -> Iterator[str]:
    for each in feedback:
        row = sources.traits.row(each.generation)
        yield row.category if row else UNTOLD


# --- sentences ---


def _differences(
    facet: Facet, found: Sequence[FacetSum], every: Counts
) -> Iterator[tuple[bool, _Told]]:
    """Where one kind surely did better (True) or worse than all the others together."""
    declined = next((each.counts for each in found if each.value == _BIDDEN), Counts())
    for each in filter(_has_name, found):
        row = row_of(_label(facet, each.value), each.counts)
        for name, says in _COMPARED:
            if (each.value, name) == (_BIDDEN, "refused"):
                continue
            bidden = declined if name == "refused" else Counts()
            here: Share = getattr(row, name)
            count = getattr(every, name) - here.count - getattr(bidden, name)
            of = every.ended - here.of - bidden.ended
            if not 0 <= count <= of:
                continue  # read at two moments
            there = share_of(count, of)
            if way := differ(here, there):
                yield way < 0, _told(_subject(facet, row.name), says, here, there)


def _subject(facet: Facet, name: str) -> str:
    return _SUBJECTS[facet].format(in_words(name) if facet == "category" else called(name, facet))


def _has_name(found: FacetSum) -> bool:
    return bool(found.value)


def _told(subject: str, says: str, here: Share, there: Share) -> _Told:
    weight = abs((here.share or 0.0) - (there.share or 0.0)) * here.of
    low, high = (100 * (each or 0.0) for each in (here.low, here.high))
    counts = f"{here.count:,} of {here.of:,}; {low:.1f} to {high:.1f} %"
    others = f"of the others {_percent(there)} ({there.count:,} of {there.of:,})"
    return _Told(says, weight, f"{subject}: {_percent(here)} {says} ({counts}), {others}.")


def _percent(share: Share) -> str:
    return f"{100 * (share.share or 0.0):.1f} %"


def _sentences(told: Iterable[_Told]) -> tuple[str, ...]:
    """The largest differences first, and of each measure a few."""
    heaviest = sorted(told, key=lambda each: (-each.weight, each.text))
    seen: Counter[str] = Counter()
    kept = []
    for each in heaviest:
        seen[each.measure] += 1
        if seen[each.measure] <= _MOST_OF_ONE:
            kept.append(each.text)
    return tuple(kept[:_MOST_SENTENCES])
