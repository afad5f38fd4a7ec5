"""`/models` narrowed, sorted and cut into pages, as OpenRouter's clients ask for it.

A listing says nothing of region, hosts, benchmark figures or tool success: who asks for a least
or greatest of these is shown none. Every listing is logged, so who asks for zero data retention
is shown none either. `category` changes nothing: listings are not classified.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Literal
from urllib.parse import urlencode

from msgspec import Meta, Struct, to_builtins

from darkhorse.catalog.cards import ModelCard, ModelsPage, PageLinks

__all__ = ["CountQuery", "ModelsQuery", "PageQuery", "found", "page"]

_DAY_S = 86_400
_MILLION = 1_000_000
_PAGE = 500  # where only an offset is given

Amount = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Whole = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Category = Literal[
    "programming",
    "roleplay",
    "marketing",
    "marketing/seo",
    "technology",
    "science",
    "translation",
    "legal",
    "finance",
    "health",
    "trivia",
    "academia",
]
Sort = Literal[
    "most-popular",
    "newest",
    "top-weekly",
    "pricing-low-to-high",
    "pricing-high-to-low",
    "context-high-to-low",
    "throughput-high-to-low",
    "latency-low-to-high",
    "intelligence-high-to-low",
    "coding-high-to-low",
    "agentic-high-to-low",
    "design-arena-elo-high-to-low",
]


_Filter = Callable[[ModelCard, object], bool]
"""Whether a model passes, given the value asked for."""


class PageQuery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Without either, all of it comes."""

    offset: Annotated[Whole | None, Meta(description="Models to skip.")] = None
    limit: Annotated[int, Meta(ge=1, le=1000, description="Models at most.")] | None = None


class CountQuery(PageQuery, frozen=True, kw_only=True, omit_defaults=True):
    """Filters. Lists are words with commas between."""

    category: Annotated[Category | None, Meta(description="Changes nothing here.")] = None
    q: Annotated[str | None, Meta(description="Words of a name or slug.")] = None
    supported_parameters: Annotated[str | None, Meta(description="It honours all of these.")] = None
    input_modalities: Annotated[str | None, Meta(description="It reads all of these.")] = None
    output_modalities: Annotated[
        str | None, Meta(description='It writes one of these; "all" for any. Left out: text.')
    ] = None
    context: Annotated[int, Meta(ge=1, description="Least context, public tokens.")] | None = None
    min_price: Annotated[Amount | None, Meta(description="Prompt, $/M tokens.")] = None
    max_price: Annotated[Amount | None, Meta(description="Prompt, $/M tokens.")] = None
    min_output_price: Annotated[Amount | None, Meta(description="Completion, $/M tokens.")] = None
    max_output_price: Annotated[Amount | None, Meta(description="Completion, $/M tokens.")] = None
    min_age_days: Annotated[Whole | None, Meta(description="Days since it went live.")] = None
    max_age_days: Annotated[Whole | None, Meta(description="Days since it went live.")] = None
    arch: Annotated[str | None, Meta(description='Every listing is "Other".')] = None
    model_authors: Annotated[str | None, Meta(description="First parts of slugs.")] = None
    providers: Annotated[str | None, Meta(description='Every listing is by "Stealth".')] = None
    distillable: Annotated[
        Literal["true", "false"] | None, Meta(description="None here says it is.")
    ] = None
    zdr: Annotated[Literal["true"] | None, Meta(description="None here is.")] = None
    region: Annotated[Literal["eu", "us"] | None, Meta(description="None here says one.")] = None
    min_intelligence_index: Amount | None = None
    max_intelligence_index: Amount | None = None
    min_coding_index: Amount | None = None
    max_coding_index: Amount | None = None
    min_agentic_index: Amount | None = None
    max_agentic_index: Amount | None = None
    min_tool_success_rate: Share | None = None
    max_tool_success_rate: Share | None = None


class ModelsQuery(CountQuery, frozen=True, kw_only=True, omit_defaults=True):
    """Filters, order and form."""

    sort: Annotated[
        Sort | None, Meta(description="Price, context or age; anything else: newest first.")
    ] = None
    use_rss: Annotated[str | None, Meta(description='"true" for an RSS feed.')] = None
    use_rss_chat_links: Annotated[str | None, Meta(description="Changes nothing here.")] = None


def found(cards: Iterable[ModelCard], query: CountQuery, now_us: int) -> list[ModelCard]:
    """Those that pass every filter of the query, in the order they came."""
    asked: list[tuple[_Filter, object]] = [
        (passes, value)
        for name, passes in _FILTERS.items()
        if (value := getattr(query, name)) is not None
    ]
    if query.output_modalities is None:
        asked.append((_FILTERS["output_modalities"], "text"))
    ages = [card for card in cards if _is_of_age(card, query, now_us)]
    return [card for card in ages if all(passes(card, value) for passes, value in asked)]


def page(cards: Sequence[ModelCard], query: PageQuery, path: str = "/api/v1/models") -> ModelsPage:
    """One page of them, sorted; `links.next` asks for the one after with the same words."""
    ordered = _sorted(cards, getattr(query, "sort", None))
    if query.offset is None and query.limit is None:
        return ModelsPage(data=tuple(ordered), total_count=len(ordered), links=PageLinks())
    first = query.offset or 0
    after = first + (query.limit or _PAGE)
    following = None
    if after < len(ordered):
        words = {**to_builtins(query), "offset": after, "limit": query.limit or _PAGE}
        following = f"{path}?{urlencode(words)}"
    links = PageLinks(next=following)
    return ModelsPage(data=tuple(ordered[first:after]), total_count=len(ordered), links=links)


def _sorted(cards: Sequence[ModelCard], sort: str | None) -> list[ModelCard]:
    match sort:
        case "pricing-low-to-high":
            return sorted(cards, key=_price)
        case "pricing-high-to-low":
            return sorted(cards, key=lambda card: -_price(card))
        case "context-high-to-low":
            return sorted(cards, key=lambda card: -card.context_length)
    return sorted(cards, key=lambda card: -card.created)


def _price(card: ModelCard) -> float:
    return float(card.pricing.prompt) + float(card.pricing.completion)


def _is_of_age(card: ModelCard, query: CountQuery, now_us: int) -> bool:
    days = (now_us / _MILLION - card.created) / _DAY_S
    least = query.min_age_days or 0
    return days >= least and (query.max_age_days is None or days <= query.max_age_days)


def _words(text: str) -> set[str]:
    return {word for part in text.split(",") if (word := part.strip().casefold())}


def _says(card: ModelCard, text: str) -> bool:
    said = f"{card.id} {card.name}".casefold()
    return all(word in said for word in text.casefold().split())


def _writes(card: ModelCard, text: str) -> bool:
    words = _words(text)
    return "all" in words or not words or bool(words & set(card.architecture.output_modalities))


def _reads(card: ModelCard, text: str) -> bool:
    return _words(text) <= set(card.architecture.input_modalities)


def _honours(card: ModelCard, text: str) -> bool:
    return _words(text) <= set(card.supported_parameters)


def _is_one_of(own: str, text: str) -> bool:
    return own.casefold() in _words(text)


def _million(price: str) -> float:
    return float(price) * _MILLION


def _unknown(card: ModelCard, value: object) -> bool:
    """Nothing is known of it, so nothing can be promised."""
    del card, value
    return False


_FILTERS: dict[str, _Filter] = {
    "q": lambda card, text: _says(card, str(text)),
    "supported_parameters": lambda card, text: _honours(card, str(text)),
    "input_modalities": lambda card, text: _reads(card, str(text)),
    "output_modalities": lambda card, text: _writes(card, str(text)),
    "context": lambda card, least: card.context_length >= _number(least),
    "min_price": lambda card, least: _million(card.pricing.prompt) >= _number(least),
    "max_price": lambda card, most: _million(card.pricing.prompt) <= _number(most),
    "min_output_price": lambda card, least: _million(card.pricing.completion) >= _number(least),
    "max_output_price": lambda card, most: _million(card.pricing.completion) <= _number(most),
    "arch": lambda card, text: _is_one_of(card.architecture.tokenizer, str(text)),
    "model_authors": lambda card, text: _is_one_of(card.owned_by, str(text)),
    "providers": lambda _, text: _is_one_of("stealth", str(text)),
    "distillable": lambda _, wanted: wanted == "false",
    **dict.fromkeys(("zdr", "region"), _unknown),
    **dict.fromkeys(("min_intelligence_index", "max_intelligence_index"), _unknown),
    **dict.fromkeys(("min_coding_index", "max_coding_index"), _unknown),
    **dict.fromkeys(("min_agentic_index", "max_agentic_index"), _unknown),
    **dict.fromkeys(("min_tool_success_rate", "max_tool_success_rate"), _unknown),
}


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return value
