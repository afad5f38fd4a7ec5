"""Builds what is known of counts: tables of vocabularies, and charges of models without one.

All sources are optional. Tables are JSON as in the shared data: `probes`, `names` and `counts` of
one; `vocabularies`, `native` and `questions` of the other. Rows give the charges.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.library.counts import Counts, prompt_key
from darkhorse.attribution.library.families import FAMILIES, family_of_column

__all__ = ["learn_counts"]

_AGREE = 0.9  # of what two routes charge alike, but for a constant, for both to be the model's own
_LEAST = 8  # charges of a route that are worth a word
_SPECIAL = ("<|", "<think>", "[INST]", "</s>", "<s>")
"""Some servers read these as one token; left out."""

Charges = dict[str, int]
"""`prompt_key` → what was charged."""


def learn_counts(
    rows: Iterable[Row] = (),
    *,
    probes: Mapping[str, Any] | None = None,
    prompts: Mapping[str, Any] | None = None,
) -> Counts:
    """Counts of a library.

    `probes`: a table of chosen strings (tokenizer-counts.json). `prompts`: a table of the rows'
    questions, keyed as `set/question_id` (speechmap-counts.json).
    """
    rows = list(rows)
    vocabularies = _vocabularies(probes, prompts)
    known = _prompts(rows, prompts, vocabularies)
    families = _families(prompts)
    routes = _routes(rows)
    return Counts(
        vocabularies=vocabularies,
        probes=_probes(probes, vocabularies),
        prompts=known,
        families=families,
        own=_own(routes, families),
        usual=_usual(routes, families, vocabularies, known),
    )


def _vocabularies(
    probes: Mapping[str, Any] | None, prompts: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """Titles of all vocabularies that every given table has, in our order, strange ones last."""
    tables = [
        {family_of_column(name) for name in names}
        for names in (
            (prompts or {}).get("vocabularies", ()),
            [n for n in (probes or {}).get("names", ()) if _is_used(n, prompts)],
        )
        if names
    ]
    both = set.intersection(*tables) if tables else set()
    return (*(t for t in FAMILIES if t in both), *sorted(both - set(FAMILIES)))


def _is_used(column: str, prompts: Mapping[str, Any] | None) -> bool:
    """Is it a vocabulary of ours, and not one of the many tokenizers that share it?"""
    return family_of_column(column) in FAMILIES or column in (prompts or {}).get("vocabularies", ())


def _columns(names: Sequence[str], vocabularies: Sequence[str]) -> list[int]:
    """Where each vocabulary stands in a table: the first column that is one of its names."""
    place: dict[str, int] = {}
    for n, name in enumerate(names):
        place.setdefault(family_of_column(name), n)
    for title in vocabularies:
        usual = FAMILIES[title].columns[0] if title in FAMILIES else title
        if usual in names:
            place[title] = names.index(usual)
    return [place[title] for title in vocabularies]


def _probes(
    table: Mapping[str, Any] | None, vocabularies: Sequence[str]
) -> Mapping[str, tuple[int, ...]]:
    if not table:
        return {}
    rows = [table["counts"][n] for n in _columns(table["names"], vocabularies)]
    return {
        text: tuple(row[n] for row in rows)
        for n, text in enumerate(table["probes"])
        if not any(special in text for special in _SPECIAL)
    }


def _prompts(
    rows: Sequence[Row], table: Mapping[str, Any] | None, vocabularies: Sequence[str]
) -> Mapping[str, tuple[int, ...]]:
    """Counts of the questions, by the hash of their text, which the rows have."""
    if not table:
        return {}
    columns = _columns(table["vocabularies"], vocabularies)
    found = {}
    for each in rows:
        counted = table["questions"].get(f"{each.set}/{each.question}")
        if counted is not None and each.seen.is_plain:
            found[prompt_key(each.seen.question)] = tuple(counted[n] for n in columns)
    return dict(sorted(found.items()))


def _families(table: Mapping[str, Any] | None) -> Mapping[str, str]:
    native = (table or {}).get("native", {})
    return {model: family_of_column(name) for model, name in sorted(native.items()) if name}


def _routes(rows: Iterable[Row]) -> Mapping[str, list[Charges]]:
    """Model → charges of each of its routes, the most used first."""
    routes: dict[tuple[str, str], Charges] = defaultdict(dict)
    for each in rows:
        charged = each.seen.prompt_tokens
        if each.seen.ok and each.seen.is_plain and charged is not None:
            routes[each.model, each.seen.provider][prompt_key(each.seen.question)] = charged
    models: dict[str, list[Charges]] = defaultdict(list)
    for (model, _), charges in sorted(routes.items(), key=lambda kv: (-len(kv[1]), kv[0])):
        if len(charges) >= _LEAST:
            models[model].append(charges)
    return dict(sorted(models.items()))


def _own(
    routes: Mapping[str, list[Charges]], families: Mapping[str, str]
) -> Mapping[str, Mapping[str, int]]:
    """Charges of models without a vocabulary, from routes that agree among themselves."""
    return {
        model: _agreed(theirs)
        for model, theirs in routes.items()
        if model not in families and all(_agrees(theirs[0], other) for other in theirs[1:])
    }


def _agreed(routes: Sequence[Charges]) -> Mapping[str, int]:
    """All of them in the constant of the first, less the least of it, which may hold no text."""
    merged = dict(routes[0])
    for other in routes[1:]:
        shift = _shift(routes[0], other)
        for key, charged in other.items():
            merged.setdefault(key, charged - shift)
    least = min(merged.values())
    return {key: charged - least for key, charged in sorted(merged.items())}


def _shift(first: Charges, other: Charges) -> int:
    shared = Counter(other[key] - first[key] for key in first.keys() & other.keys())
    return shared.most_common(1)[0][0] if shared else 0


def _agrees(first: Charges, other: Charges) -> bool:
    """Are they equal but for a constant? Routes that share too few prompts cannot say so."""
    shared = [other[key] - first[key] for key in first.keys() & other.keys()]
    if len(shared) < _LEAST:
        return False
    return Counter(shared).most_common(1)[0][1] >= _AGREE * len(shared)


def _usual(
    routes: Mapping[str, list[Charges]],
    families: Mapping[str, str],
    vocabularies: Sequence[str],
    known: Mapping[str, tuple[int, ...]],
) -> Mapping[str, tuple[int, ...]]:
    """What a template adds on each route that counts with the model's own vocabulary."""
    found: dict[str, tuple[int, ...]] = {}
    for model, theirs in routes.items():
        if families.get(model) not in vocabularies:
            continue
        column = vocabularies.index(families[model])
        added = [_added(route, column, known) for route in theirs]
        found[model] = tuple(dict.fromkeys(each for each in added if each is not None))
    return found


def _added(route: Charges, column: int, known: Mapping[str, tuple[int, ...]]) -> int | None:
    beside = [charged - known[key][column] for key, charged in route.items() if key in known]
    if len(beside) < _LEAST:
        return None
    [(value, times)] = Counter(beside).most_common(1)
    return value if times >= _AGREE * len(beside) else None
