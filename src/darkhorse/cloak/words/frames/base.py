"""What the languages share: the sentence a name stands in, and rules that read it.

A rule is a pair of regexes: what leads to the name, to be found at the lead's end, and what
follows it. Everything is bounded: a lead has 320 characters, a tail 160.
"""

import re
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

__all__ = ["LATEST", "Kind", "Language", "Rule", "Sentence", "cue", "plain", "rule", "sentence"]

Kind = Literal["maker", "model"]

LATEST = 160
"""Characters after a name by which it is decided, whatever comes."""

_MORE = "\x02"
"""Stands at the end of a tail that goes on, so that `$` does not fit it yet."""

_AWAITED = 20
"""So many characters of a tail are read before what forbids a rule is held absent."""

_SETTLED = 36
"""So many, before a sentence is read without a rule."""

_QUOTED = 60
"""So many, before an open quotation is held to be the speaker's."""

_BRIEF = 30
"""A lead of so few characters may be a label, or a sentence that begins with the name."""

_SHAPED: dict[str, int | str] = {
    **dict.fromkeys("\u2019\u2018\u02bc\u00b4`\uff07", "'"),
    **dict.fromkeys(
        "\u201c\u201d\u201e\u00ab\u00bb\u201f\u300c\u300d\u300e\u300f\u301d\u301e", '"'
    ),
    **dict.fromkeys("\u2014\u2015\u2212\u2500", "\u2013"),
    **dict.fromkeys("\u00e1\u00e0\u00e2\u00e4\u00e3\u00e5\u0101", "a"),
    **dict.fromkeys("\u00e9\u00e8\u00ea\u00eb\u0113", "e"),
    **dict.fromkeys("\u00ed\u00ec\u00ee\u00ef\u012b", "i"),
    **dict.fromkeys("\u00f3\u00f2\u00f4\u00f6\u00f5\u014d", "o"),
    **dict.fromkeys("\u00fa\u00f9\u00fb\u00fc\u016b", "u"),
    "\u00e7": "c",
    "\u00f1": "n",
    "\u0153": "oe",
    "\u00e6": "ae",
    "\u00df": "ss",
    "\u0451": "\u0435",
    # Arabic: one alef, one ya, one ta; no vowel marks
    **dict.fromkeys("\u0623\u0625\u0622\u0671", "\u0627"),
    "\u0649": "\u064a",
    "\u0629": "\u0647",
    **dict.fromkeys("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640", ""),
    "\u060c": ",",
    "\u061b": ";",
    # Chinese: traditional and Japanese shapes of what the cues are written with
    **dict(
        zip(
            "創訓練開發這個與對話語麼為團隊實驗稱當屬後製來誰問說請談機應該從過間號產設計構負責網們聲運營時項協"
            "発実験対",
            "创训练开发这个与对话语么为团队实验称当属后制来谁问说请谈机应该从过间号产设计构负责网们声运营时项协"
            "发实验对",
            strict=True,
        )
    ),
}


_SHAPES = str.maketrans(_SHAPED)


class _Characters(dict[int, "int | str"]):
    """str.translate is slow where a key is missing."""

    def __missing__(self, key: int) -> int:
        return key


_CHARACTERS = _Characters(_SHAPES)


def plain(text: str) -> str:
    """Folded text with one sort of quotes, no accents, one shape of a letter."""
    return text.replace("`", "'") if text.isascii() else text.translate(_CHARACTERS)


def cue(pattern: str) -> re.Pattern[str]:
    """A regex over plain text; it may be written with accents."""
    return re.compile(plain(pattern), re.DOTALL)


_REPORTED = cue(
    r"\",? ?(?:(?:says?|said|asks?|asked|writes?|wrote|claims?|claimed|replie[sd]|"
    r"answer(?:s|ed)|shout(?:s|ed)|declare[sd]|explains?|whisper(?:s|ed)) "
    r"(?!i\b|the (?:assistant|model|ai)\b|this\b)\w+|"
    r"(?:he|she|they) (?:says?|said|writes?|wrote)\b|"
    r"(?:sagt|sagte|schreibt|schrieb|erzahlt|erzahlte|ruft|rief|fragt|fragte|meint|meinte|"
    r"antwortet|antwortete|heisst es|erklart|erklarte|behauptet|behauptete|flustert) "
    r"(?!ich\b|(?:der|dieser|dein|ihr) assistent)\w+)"
)
"""Behind a quotation: somebody else says it."""


class Sentence(Struct, frozen=True):
    """The sentence a name stands in, without the name; plain."""

    lead: str
    tail: str
    earlier: str  # the passage before it
    is_whole: bool  # nothing that comes can belong to it


class Rule(Struct, frozen=True):
    """`lead` ends at the name, `tail` begins behind it; None is satisfied with anything."""

    lead: re.Pattern[str] | None = None
    tail: re.Pattern[str] | None = None
    kinds: tuple[Kind, ...] = ("maker", "model")
    unless: re.Pattern[str] | None = None  # found in lead, the name's place (U+0001) and tail
    earlier: re.Pattern[str] | None = None

    @property
    def is_content(self) -> bool:
        """Does what stands before the name suffice?"""
        return self.tail is None and self.unless is None

    def begins(self, lead: str, earlier: str, kind: Kind) -> bool:
        """Does what stands before the name allow it?"""
        return (
            kind in self.kinds
            and (self.lead is None or self.lead.search(lead) is not None)
            and (self.earlier is None or self.earlier.search(earlier) is not None)
        )

    def completes(self, lead: str, tail: str) -> bool:
        """Where it begins: does what follows say that the name is the speaker's?

        What forbids it may come soon after the name: until then it is not decided.
        """
        if self.unless is not None and tail.endswith(_MORE) and len(tail) <= _AWAITED:
            return False
        return (self.tail is None or self.tail.search(tail) is not None) and (
            self.unless is None or self.unless.search(f"{lead}\x01{tail}") is None
        )


def rule(
    lead: str = "",
    tail: str = "",
    *,
    kinds: tuple[Kind, ...] = ("maker", "model"),
    unless: str = "",
    earlier: str = "",
) -> Rule:
    """A rule of sources; `lead` is anchored at the name, `tail` is not."""
    return Rule(
        cue(f"(?:{lead})$") if lead else None,
        cue(tail) if tail else None,
        kinds,
        cue(unless) if unless else None,
        cue(earlier) if earlier else None,
    )


class Language(Struct, frozen=True, eq=False):
    """How one language says who is speaking, and how it declines to."""

    code: str
    rules: tuple[Rule, ...]
    maker: str  # what stands for a maker's name
    model: str  # for a model's
    name: str  # for either, after `my name is`
    naming: re.Pattern[str]  # a lead that asks for a name, not for a thing
    aside: re.Pattern[str]  # what a sentence can be read without
    gate: re.Pattern[str]  # no rule fits a sentence without one of these, unless it begins with it
    marks: re.Pattern[str]  # words that show the language
    speaker: re.Pattern[str]  # a word for who is speaking, or spoken to
    identity: re.Pattern[str]  # a word of what it is, or of its making
    other: re.Pattern[str]  # somebody else, or another relation than that
    quoting: re.Pattern[str] | None = None  # a lead in which somebody else speaks
    attributive: re.Pattern[str] | None = None  # a lead that asks for an adjective
    adjective: str = ""

    @property
    def leading(self) -> tuple[Rule, ...]:
        """The rules that read what stands before the name: the others are not read twice."""
        return _leading(self)

    def tells(self, sentence: Sentence, kind: Kind) -> bool:
        """Does some rule hold, of the sentence as it is or without its asides?"""
        lead = sentence.lead
        tail = sentence.tail if sentence.is_whole else sentence.tail + _MORE
        if len(lead) > _BRIEF and not self.gate.search(lead) and not self.gate.search(tail):
            return False
        if '"' in lead and _is_quoted(lead, sentence):
            return False
        begun = _begun(self, lead, sentence.earlier, kind)
        if begun is None:
            return False
        return any(each.completes(read, tail) for read, each in begun) or (
            (sentence.is_whole or len(tail) > _SETTLED) and self._implies(sentence)
        )

    def _implies(self, sentence: Sentence) -> bool:
        """Speaker, making and name in one sentence, and nothing that relates them otherwise."""
        tail = sentence.tail.partition(";")[0]
        text = f"{sentence.lead.rpartition(';')[2]}\x01{tail}"
        return (
            self.speaker.search(text) is not None
            and self.identity.search(text) is not None
            and self.other.search(text) is None
        )

    def phrase(self, kind: Kind, lead: str) -> str:
        """What stands for the name behind `lead`."""
        if self.attributive is not None and self.attributive.search(lead):
            return self.adjective
        if self.naming.search(lead):
            return self.name
        return self.maker if kind == "maker" else self.model


def _is_quoted(lead: str, sentence: Sentence) -> bool:
    """Do these words, in open quotes, turn out to be another's: `…," says the robot`?"""
    if lead.count('"') % 2 == 0:
        return False
    if not sentence.is_whole and len(sentence.tail) <= _QUOTED:
        return True
    return _REPORTED.search(sentence.tail) is not None


@cache
def _leading(language: Language) -> tuple[Rule, ...]:
    return tuple(each for each in language.rules if each.lead is not None)


@lru_cache(maxsize=512)
def _begun(
    language: Language, lead: str, earlier: str, kind: Kind
) -> tuple[tuple[str, Rule], ...] | None:
    """The rules that fit what stands before a name, with and without its asides.

    None where it is somebody else who speaks. Kept: a name is asked about again as its sentence
    goes on.
    """
    if language.quoting is not None and language.quoting.search(lead):
        return None
    found: list[tuple[str, Rule]] = []
    for read in dict.fromkeys((lead, language.aside.sub(" ", lead))):
        for each in language.rules if read is lead else language.leading:
            if each.begins(read, earlier, kind):
                if each.is_content:
                    return ((read, each),)
                found.append((read, each))
    return tuple(found)


_END = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\binc\.)(?<!\bltd\.)(?<!\bco\.)(?<!\bcorp\.)(?<!\bvs\.)(?<!\bdr\.)"
    r"(?<=[.!?\u2026\u061f])[\"')\]*_]*(?=\s)|(?<=[\u3002\uff01\uff1f\uff0e])[\"')\]]*|"
    r"(?<=[\u3040-\u30ff\u3400-\u9fff][!?])[\"')\]]*|(?=\n)"
)
"""Where a sentence ends. A full stop within a word (`z.ai`, `5.2`) ends none."""
_STOP = re.compile(r"[.!?\u2026\u061f\u3002\uff01\uff1f\uff0e\n]")
_SHORT = re.compile(r"[\s\"'(:*#>-]*(?:the |a )?[\w' -]{0,12}")
_LINKED = re.compile(r"\]\([^)\s]{0,80}\)")
"""Behind a name that is the text of a link."""
_STOPPED = re.compile(r"^[\"')\]]*\s*[.!?\u3002\uff01\uff1f\n][\"')\]]*\s*")


def _begin(before: str) -> int:
    """Where the last sentence begins; from behind, since most of 320 characters are earlier."""
    for stop in reversed([each.start() for each in _STOP.finditer(before)]):
        if end := _END.search(before, max(0, stop)):
            return end.end()
    return 0


def sentence(before: str, after: str, *, ended: bool) -> Sentence:
    """The sentence between `before` and `after`, both plain."""
    if link := _LINKED.match(after):
        before, after = before.removesuffix("["), after[link.end() :]
    begin = _begin(before)
    lead, earlier = before[begin:].lstrip(), before[:begin].rstrip()
    after = after[:LATEST]
    at = 0
    if _SHORT.fullmatch(lead) and (stop := _STOPPED.match(after)):
        at = stop.end()  # `GLM. That is my name.`
    end_at = _END.search(after, at)
    is_whole = ended or end_at is not None or len(after) >= LATEST
    return Sentence(lead, after[: end_at.end()] if end_at else after, earlier, is_whole)
