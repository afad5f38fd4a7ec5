"""What the catalogue says: fields, values that name a family, exact windows, names on pages."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import walk
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.forms.windows import WINDOWS, bits, is_round
from darkhorse.audit.attack import exhibit, reduced, untested
from darkhorse.audit.card import card_of, context_of, most_of
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.neutral_catalogue import CARD, ENDPOINT, NEUTRAL, PROVIDER_CARD
from darkhorse.audit.tells import Wanted, distinctive, strings
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Catalogue"]

_NAME = "catalogue"
_WHOLES = ("default_parameters", "native_tools")
"""Objects that are judged as a whole."""
_EVERYBODYS = frozenset(
    path.rpartition(".")[2].removesuffix("[]") for path in (*CARD, *ENDPOINT, *PROVIDER_CARD)
)
"""Names of fields that say nothing, such as `hugging_face_id`."""
_TAG = re.compile(r"</?[A-Za-z][\w-]*")
_SCALE = re.compile(
    r"\b\d+(?:\.\d+)?[- ]?(?:[BT]|billion|trillion)\b|knowledge cut-?off|open[- ](?:source|weight)",
    re.IGNORECASE,
)


class Page(Struct, frozen=True):
    """One page of a catalogue."""

    path: str
    reply: Reply

    def exhibit(self, what: str = "") -> Exhibit:
        """The page, or the part of it that tells."""
        return exhibit("public", f"GET {self.path}", what or self.reply.text)


class Reading(Struct, frozen=True):
    """The model's card and every page; `names`: who made it, as far as the door knows."""

    model: str
    card: dict[str, Any]
    pages: tuple[Page, ...]
    names: tuple[str, ...]


class Catalogue:
    """A dozen pages that anybody can read."""

    name = _NAME
    channels = (_NAME,)
    calls = 10

    async def read(self, door: Door) -> Reading:
        """Read them. Of a raw door only its card: the rest is another house's."""
        card = await card_of(door)
        if door.side == "raw":
            return Reading(door.model, card, (), door.names.all)
        slug = str(card.get("id") or door.model)
        below = ("/models", f"/model/{slug}", f"/models/{slug}", f"/models/{slug}/endpoints")
        others = ("/providers", "/endpoints/zdr", "/models?use_rss=true")
        targets = [door.base + path for path in (*below, *others)]
        targets += ["/openapi.json", "/", f"/{slug}"]
        replies = await asyncio.gather(*(door.route("GET", each) for each in targets))
        pages = tuple(Page(path, reply) for path, reply in zip(targets, replies, strict=True))
        return Reading(door.model, card, pages, door.names.all)

    def judge(self, raw: Reading | None, public: Reading) -> Iterable[Finding]:
        """Allowed fields with values of nobody, round windows, and no name anywhere."""
        if not public.card:
            return [untested(_NAME, "it has no catalogue that names the model")]
        gathering = Gathering()
        for page in public.pages:
            _judge_page(gathering, page, public)
        wanted = Wanted(_names(raw, public))
        for page in public.pages:
            if name := wanted.find(_words(page.reply)):
                gathering.add(f"{_NAME}/names", f"{page.path} says `{name}`", page.exhibit())
        _judge_shared(gathering, raw, public)
        before = _before(raw)
        said = "fields and values of nobody, and no name on any page"
        found = [*_odd(public.card, before), *_same_parameters(raw, public)]
        return [*gathering.findings(_NAME, said, before), *found]


def _names(raw: Reading | None, public: Reading) -> Iterator[str]:
    yield from public.names
    if raw is None:
        return
    yield from raw.names
    own = {key: value for key, value in raw.card.items() if key not in ("object", "created")}
    said = distinctive([raw.model, *strings(own)])
    known = "\n".join(strings(public.card)) if not public.card.get("hugging_face_id") else ""
    yield from (word for word in sorted(said) if word not in known)


def _judge_shared(gathering: Gathering, raw: Reading | None, public: Reading) -> None:
    """A moment that both catalogues name is no chance."""
    created = public.card.get("created")
    if raw and created and raw.card.get("created") == created:
        said = f"`created` is {created}, as at the endpoint"
        gathering.add(f"{_NAME}/created", said, exhibit("public", "GET /models", said))


def _same_parameters(raw: Reading | None, public: Reading) -> Iterator[Finding]:
    """A list of parameters that is the endpoint's own, word for word."""
    ours, theirs = (
        set(strings(card.get("supported_parameters")))
        for card in (public.card, raw.card if raw else {})
    )
    if ours and ours == theirs:
        said = f"it honours what the endpoint honours, no more and no less: {len(ours)} parameters"
        shown = exhibit("public", "GET /models", ", ".join(sorted(ours)))
        yield reduced(f"{_NAME}/supported_parameters", said, shown)


def _words(reply: Reply) -> str:
    """What a page says: of JSON without fields of everybody's, of HTML without the tags' names."""
    if reply.status != 200:
        return ""
    if isinstance(reply.json, dict | list):
        said = {*strings(reply.json), *_keys(reply.json)} - _EVERYBODYS
        return "\n".join(sorted(said))
    is_html = "html" in reply.header("content-type")
    return _TAG.sub(" ", reply.text) if is_html else reply.text


def _keys(value: Any) -> Iterator[str]:
    """Every name of a field, however deep."""
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _keys(inner)
    yield from value if isinstance(value, dict) else ()


def _judge_page(gathering: Gathering, page: Page, public: Reading) -> None:
    """Every entry of this model on a page of JSON."""
    body = page.reply.json
    if page.reply.status != 200 or not isinstance(body, dict):
        return
    data = body.get("data", body)
    if page.path.endswith("/providers"):
        for row in _rows(data):
            _judge_entry(gathering, page, row, PROVIDER_CARD)
    elif page.path.endswith("/endpoints") and isinstance(data, dict):
        rows = _rows(data.get("endpoints"))
        _judge_entry(gathering, page, {k: v for k, v in data.items() if k != "endpoints"}, CARD)
        for row in rows:
            _judge_entry(gathering, page, row, ENDPOINT)
    else:
        for row in _rows(data):
            if row.get("id") == public.card.get("id"):
                _judge_entry(gathering, page, row, CARD)


def _rows(data: Any) -> list[dict[str, Any]]:
    rows = data if isinstance(data, list) else [data]
    return [row for row in rows if isinstance(row, dict)]


def _judge_entry(
    gathering: Gathering, page: Page, entry: dict[str, Any], allowed: frozenset[str]
) -> None:
    for path, value in walk(entry):
        if path.partition(".")[0] in _WHOLES and "." in path:
            continue
        if path not in allowed:
            said = f"`{path}` is nobody's field"
            gathering.add(f"{_NAME}/fields", said, page.exhibit(f"{path}: {value}"))
        elif path in NEUTRAL and not _is_neutral(path, value):
            what = path.rpartition(".")[2]
            said = f"`{path}` is {value!r}, where a neutral catalogue says nothing"
            gathering.add(f"{_NAME}/{what}", said, page.exhibit(f"{path}: {value}"))
    author = str(entry.get("id", "")).partition("/")[0]
    if "owned_by" in entry and author and entry["owned_by"] != author:
        said = f"`owned_by` is {entry['owned_by']!r}"
        gathering.add(f"{_NAME}/owned_by", said, page.exhibit(said))


def _is_neutral(path: str, value: Any) -> bool:
    if path == "default_parameters" and isinstance(value, dict):
        return all(each is None for each in value.values())
    return value in NEUTRAL[path]


def _odd(card: dict[str, Any], before: str) -> Iterator[Finding]:
    """Exact windows that only some labs have, and what the description lets slip."""
    context = context_of(card)
    for what, tokens in (("window", context), *(("max_output", most) for most in most_of(card))):
        if tokens and not is_round(tokens) and (what == "window" or tokens in WINDOWS):
            labs = sorted(WINDOWS.get(tokens, ()))
            said = f"{tokens} is no round number; {', '.join(labs) or 'no known lab'} has it"
            shown = exhibit("public", "GET /models", f"{what}: {tokens}")
            yield reduced(f"{_NAME}/{what}", said, shown, raw=before, bits=bits(tokens))
    if found := _SCALE.search(str(card.get("description", ""))):
        said = f"the description says `{found[0]}`, which narrows the field"
        shown = exhibit("public", "GET /models", str(card["description"]))
        yield reduced(f"{_NAME}/description", said, shown)


def _before(raw: Reading | None) -> str:
    if raw is None:
        return ""
    if not raw.card:
        return "it lists no such model"
    window = context_of(raw.card)
    own = raw.card.get("owned_by") or raw.card.get("id")
    return f"it is {own}'s" + (f", with a window of {window}" if window else "")
