"""Reads every field of every answer: what nobody's contract has, and values that are somebody's."""

import json
import re
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.door import Door
from darkhorse.attribution.forms.written import owner_of_field, owner_of_value
from darkhorse.audit.attack import exhibit, unanswered, untested
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.neutral_fields import allows, channel_of, rules_of
from darkhorse.audit.neutral_headers import HEADERS
from darkhorse.audit.survey import Scene, Survey, survey
from darkhorse.audit.tells import Wanted
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Fields"]

_WELL = {
    "answer-ids": "ids are minted here, one form for every dialect",
    "call-ids": "ids of calls and items are minted here, and taken back",
    "fingerprint": "no fingerprint, no tier of service",
    "finish-reason": "only the usual words, `native_finish_reason` the same",
    "model-name": "the listing's name everywhere",
    "extra-fields": "no field beyond the dialects' own",
    "reasoning-shape": "one shape, format `unknown`, no signature, no tag in the text",
}
_TAGS = re.compile(
    r"</?(?:think|thinking|reasoning|seed:think|analysis)>|◁/?think▷|\[/?THINK\]"
    r"|<\|(?:channel|start|message|end|im_start|im_end|endoftext)\|>|<\uff5c[^\uff5c]{2,30}\uff5c>"
)


class Fielded(Struct, frozen=True, dict=True):
    """The usual questions; what they tell of a raw side is put into words once."""

    usual: Survey

    @cached_property
    def before(self) -> dict[str, str]:
        """Channel → what a side with nothing before it says."""
        return _before(self.usual)


class Fields:
    """Holds each JSON value against the list of what an API that tells nothing says."""

    name = "fields"
    channels = tuple(_WELL)
    calls = 42

    async def read(self, door: Door) -> Fielded:
        """The usual questions."""
        return Fielded(await survey(door))

    def judge(self, raw: Fielded | None, public: Fielded) -> Iterable[Finding]:
        """What the public side's fields tell."""
        if public.usual.problem:
            return [unanswered(channel, public.usual.problem) for channel in self.channels]
        gathering = Gathering()
        told = [_Told(scene) for scene in public.usual.answered]
        for each in told:
            _fields(each, gathering)
            _ids(each.scene, gathering)
            _created(each.scene, gathering)
            _finishes(each, gathering)
            _tags(each.scene, gathering)
        _models(public.usual, told, gathering)
        names = (*public.usual.names.all, *(raw.usual.names.all if raw else ()))
        _names(names, told, gathering)
        before, lacking = raw.before if raw else {}, public.usual.lacking
        found = [
            finding
            for channel in (*self.channels, *_OTHERS)
            for finding in gathering.findings(
                channel, _WELL.get(channel, ""), before.get(channel, ""), unless=lacking
            )
            if finding.verdict == "leaks" or channel in _WELL
        ]
        if lacking or any(each.scene.answer.calls for each in told):
            return found
        why = untested("call-ids", "the model called no tool")
        return [why if each.name == why.name else each for each in found]


class _Told:
    """An answer's values with their paths."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rules = rules_of(scene.dialect, streamed=scene.answer.reply.is_stream)
        self.values = scene.values

    def of(self, channel: str) -> Iterator[tuple[str, Any]]:
        """The values of a channel's fields."""
        return ((p, v) for p, v in self.values if v not in _NOTHING and channel_of(p) == channel)

    def shown(self, path: str, value: Any) -> Exhibit:
        """One of its values, for people."""
        said = f"{path}: {json.dumps(value, ensure_ascii=False)}"
        return exhibit("public", self.scene.title, said)


_NOTHING: tuple[Any, ...] = (None, "", [], {})


_DAY = re.compile(HEADERS["date"])
_MINUTES_S = 900  # an answer may have waited long for its turn
_OTHERS = ("logprobs", "stream-grammar", "cache-and-cost")
"""Channels of other attacks that a field may give away too."""


def _fields(told: _Told, gathering: Gathering) -> None:
    for path, value in told.values:
        if allows(told.rules, path, value):
            continue
        known = path in told.rules
        owner = _owner(path, value, known=known)
        what = "has a value of its own" if known else "is a field of nobody's contract"
        gathering.add(
            f"{channel_of(path)}/{'value' if known else 'unknown'}",
            f"`{path}` {what}{f'; {owner} writes so' if owner else ''}",
            told.shown(path, value),
        )


def _owner(path: str, value: Any, *, known: bool) -> str:
    by_value = owner_of_value(value) if isinstance(value, str) else ""
    return by_value if known else owner_of_field(path) or by_value


def _ids(scene: Scene, gathering: Gathering) -> None:
    """One id and one moment an answer, whatever its events; the header says the same id."""
    told: dict[str, set[str]] = {"id": set(), "created": set()}
    for body in scene.answer.reply.objects:
        envelope = body.get("response") or body.get("message") or body
        for name in ("id", "created", "created_at"):
            if isinstance(envelope, dict) and envelope.get(name) is not None:
                told[name.removesuffix("_at")].add(str(envelope[name]))
    if header := scene.answer.reply.header("x-generation-id"):
        told["id"].add(header)
    for name, values in told.items():
        if len(values) > 1:
            shown = exhibit("public", scene.title, f"{name}: {', '.join(sorted(values))}")
            gathering.add("answer-ids/several", f"several values of `{name}` in one answer", shown)


def _created(scene: Scene, gathering: Gathering) -> None:
    """The moment it was made is that of the `date` header, but for minutes."""
    day = scene.answer.reply.header("date")
    for body in scene.answer.reply.objects:
        envelope = body.get("response") if isinstance(body.get("response"), dict) else body
        made = envelope.get("created", envelope.get("created_at"))
        if isinstance(made, int) and _DAY.fullmatch(day) and not _is_near(made, day):
            shown = exhibit("public", scene.title, f"created {made}, date {day}")
            gathering.add("answer-ids/created", "`created` is not the answer's moment", shown)
            return


def _is_near(made: int, day: str) -> bool:
    return abs(parsedate_to_datetime(day).timestamp() - made) <= _MINUTES_S


def _finishes(told: _Told, gathering: Gathering) -> None:
    scene = told.scene
    broke = any(body.get("error") for body in scene.answer.reply.objects)
    if not scene.answer.finish and not broke:
        shown = exhibit("public", scene.title, scene.answer.reply.text[-300:])
        gathering.add("finish-reason/missing", "an answer ends without a reason", shown)
    for path, value in told.values:
        if path == "choices[]" and isinstance(value, dict) and "native_finish_reason" in value:
            native = value["native_finish_reason"]
            if native != value.get("finish_reason"):
                text = "`native_finish_reason` is another word than `finish_reason`"
                gathering.add(
                    "finish-reason/native", text, told.shown("native_finish_reason", native)
                )


def _tags(scene: Scene, gathering: Gathering) -> None:
    """A template's own marks in what the model says."""
    for part in (scene.answer.text, scene.answer.reasoning):
        if found := _TAGS.search(part):
            around = part[max(0, found.start() - 60) : found.end() + 60]
            gathering.add(
                "reasoning-shape/tags",
                f"a template's tag in the text: {found[0]}",
                exhibit("public", scene.title, around),
            )


def _models(public: Survey, told: list[_Told], gathering: Gathering) -> None:
    """One name for all answers, and one that is listed."""
    named = [(each, *pair) for each in told for pair in each.of("model-name")]
    for each, path, value in named:
        if value != public.model and value not in public.listed:
            text = f"`{path}` is neither what was asked for nor a listed name"
            gathering.add("model-name/unlisted", text, each.shown(path, value))
        elif value != named[0][2]:
            text = f"`{path}` changes from answer to answer"
            gathering.add("model-name/changes", text, each.shown(path, value))


def _names(names: Iterable[str], told: list[_Told], gathering: Gathering) -> None:
    """The names of maker and model, wherever they stand but in what the model says."""
    wanted = Wanted(names)
    for each in told if wanted.names else ():
        for path, value in each.values:
            if not isinstance(value, str) or path.rpartition(".")[2] in _SPOKEN:
                continue
            if path in each.rules and wanted.find(value):
                text = f"`{path}` has the true name"
                gathering.add(f"{channel_of(path)}/name", text, each.shown(path, value))


_SPOKEN = frozenset(
    {"content", "text", "reasoning", "thinking", "arguments", "partial_json", "refusal", "delta"}
    | {"output_text", "input", "instructions"}
)


def _before(raw: Survey) -> dict[str, str]:
    """What the raw side says under each channel."""
    told: dict[str, dict[str, str]] = {}
    for each in map(_Told, raw.answered):
        for path, value in each.values:
            if value is None or isinstance(value, list | dict):
                continue
            channel = channel_of(path)
            if channel not in _TELLING and allows(each.rules, path, value):
                continue
            owner = _owner(path, value, known=path in each.rules)
            word = value if channel in _TELLING else ""
            said = f"`{path}` {json.dumps(value, ensure_ascii=False)[:60]}"
            said += f" ({owner})" if owner else ""
            told.setdefault(channel, {}).setdefault(f"{path} {owner} {word}", said)
    return {channel: "; ".join([*said.values()][:_FEW]) for channel, said in told.items()}


_TELLING = ("model-name", "finish-reason")  # shown even where the words are anybody's
_FEW = 4
