"""Does it say who it is, or claim to be somebody else?"""

from collections import Counter
from collections.abc import Iterable

from msgspec import structs

from darkhorse.attribution.client.door import Door
from darkhorse.attribution.heard.names import Namebook, book_of, folded
from darkhorse.audit.attack import closed, exhibit, leaks, unanswered, untested
from darkhorse.audit.attacks.guesses import split
from darkhorse.audit.attacks.interview import Interview, Statement, interview
from darkhorse.audit.said import maker_of, other_makers
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Identity"]

_SHOWN = 4
_BARE = {"json", "schema", "tool"}
"""Where a name needs no sentence around it."""


class Identity:
    """Asks who it is; names in the answers are read with the audit's own eyes."""

    name = "who it is"
    channels = ("self-identification", "false-identity")

    def __init__(self, *, is_quick: bool = False) -> None:
        """`is_quick`: two ways a language instead of five."""
        self._is_quick = is_quick

    @property
    def calls(self) -> int:
        """About so many a door."""
        return 43 if self._is_quick else 70

    async def read(self, door: Door) -> Interview:
        """The interview."""
        return await interview(door, is_quick=self._is_quick)

    def judge(self, raw: Interview | None, public: Interview) -> Iterable[Finding]:
        """What it says of itself, of others, and by yes and no."""
        return [*self._heard(raw, public), *self._missed(public)]

    def _missed(self, public: Interview) -> list[Finding]:
        why = public.turnout.problem
        return [unanswered(channel, why) for channel in self.channels] if why else []

    def _heard(self, raw: Interview | None, public: Interview) -> Iterable[Finding]:
        before = _summary(raw) if raw else ""
        if raw and not public.names.all:
            public = structs.replace(public, names=raw.names)
        if not public.names.all:
            return [*_unknown(public), untested("false-identity", _NOBODY)]
        return [*_own(public, before), *_guessed(public, before), *_false(public, before)]


_NOBODY = "nobody told the audit who it truly is"
_Said = list[tuple[Statement, str]]


def _own(public: Interview, before: str) -> Iterable[Finding]:
    """The true name."""
    said = _true(public)
    many = len(public.statements)
    if not said:
        text = f"no answer in eight languages names its maker or model ({public.turnout.said})"
        return [closed("self-identification", text, raw=before)]
    names = ", ".join(sorted({name for _, name in said}))
    text = f"{len(said)} of {many} answers name it: {names}"
    is_sure = len(said) > 1
    shown = [_shown(each) for each, _ in said[:_SHOWN]]
    name = "self-identification/name"
    return [leaks(name, text, *shown, raw=before, deterministic=is_sure)]


def _guessed(public: Interview, before: str) -> Iterable[Finding]:
    """Yes and no, to the true name and to others."""
    asked = [each for each in public.statements if each.way == "whether"]
    true = [each for each in asked if each.tried == "true"]
    others = [each for each in asked if each.tried == "decoy"]
    told = split([each.outcome for each in true], [each.outcome for each in others])
    if told is None:
        return []
    text = f"“are you …?” tells: of the true name {told.true}, of others {told.others}"
    shown = [_shown(each) for each in [*true[:2], *others[:2]]]
    name = "self-identification/yes-or-no"
    return [leaks(name, text, *shown, raw=before, deterministic=told.is_certain)]


def _false(public: Interview, before: str) -> Iterable[Finding]:
    """A name that is not its own."""
    said = _claims(public, book_of(*other_makers(public.names)))
    said += [(each, "") for each in public.statements if each.tried == "decoy" and _agrees(each)]
    others = sum(each.tried == "decoy" for each in public.statements)
    yes = [each for each, name in said if not name]
    named = [(each, name) for each, name in said if name]
    if named:
        makers = ", ".join(sorted({name for _, name in named}))
        text = f"{len(named)} of {len(public.statements)} answers claim another origin: {makers}"
        shown = [_shown(each) for each, _ in named[:_SHOWN]]
        is_sure = max(Counter(name for _, name in named).values()) > 1
        return [leaks("false-identity/name", text, *shown, raw=before, deterministic=is_sure)]
    if yes:
        text = f"it says yes to {len(yes)} of {others} names that are not its own"
        shown = [_shown(each) for each in yes[:_SHOWN]]
        return [leaks("false-identity/yes", text, *shown, raw=before, deterministic=False)]
    return [
        closed(
            "false-identity", f"no answer claims another origin ({public.turnout.said})", raw=before
        )
    ]


def _agrees(statement: Statement) -> bool:
    return statement.outcome == "yes"


def _unknown(public: Interview) -> Iterable[Finding]:
    """Nobody knows who it is: whatever it claims is taken for true."""
    said = _claims(public, book_of(*other_makers(public.names)))
    many = len(public.statements)
    if not said:
        text = f"no answer claims a known maker ({public.turnout.said})"
        return [closed("self-identification", text)]
    makers = ", ".join(sorted({name for _, name in said}))
    text = f"{len(said)} of {many} answers say who it is: {makers}"
    shown = [_shown(each) for each, _ in said[:_SHOWN]]
    is_sure = len(said) > 1
    return [leaks("self-identification/name", text, *shown, deterministic=is_sure)]


def _true(told: Interview) -> _Said:
    """Statements with the true name, each with it. What was put to the model does not count."""
    exact = {folded(name) for name in told.names.all}
    book = book_of(maker_of(told.names))
    found: _Said = []
    for each in told.statements:
        asked = {hit.name for hit in book.find(each.asked)}
        for hit in book.find(each.answered):
            plainly = folded(hit.name) in exact or each.way in {*_BARE, "spelled", "complete"}
            if not asked and (plainly or hit.is_claim):
                found.append((each, hit.name))
                break
    return found


def _claims(told: Interview, book: Namebook) -> _Said:
    """Statements that claim a name of this book, which was not in the question."""
    found: _Said = []
    for each in told.statements:
        asked = {hit.maker for hit in book.find(each.asked)}
        for hit in book.find(each.answered):
            if hit.maker not in asked and (hit.is_claim or each.way in _BARE):
                found.append((each, hit.maker))
                break
    return found


def _shown(statement: Statement) -> Exhibit:
    asked = f"/{statement.dialect}, {statement.way} ({statement.language}): {statement.asked}"
    return exhibit("public", asked, statement.shown)


def _summary(raw: Interview) -> str:
    """What the endpoint says where nothing is in front of it."""
    many = len(raw.statements)
    if not many:
        return f"no question was answered: {raw.turnout.said}"
    told = (
        ("name it", _true(raw)),
        ("claim another origin", _claims(raw, book_of(*other_makers(raw.names)))),
    )
    words = [
        f"{len(said)} of its {many} answers {what}: {', '.join(sorted({name for _, name in said}))}"
        for what, said in told
        if said
    ]
    return "; ".join(words) or f"none of its {many} answers names anybody"
