"""Dated public events, asked so that nobody can say yes to them: the answer is a name.

Each is asked by month and year; what counts as known is a word that the question does not hold and
that is hard to guess. Two a quarter where two such were at hand. Some prizes and contests that do
not exist are asked among them: who names a winner of those invents, and has no ladder.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from darkhorse.base.chance import Draw

__all__ = ["EVENTS", "INTRODUCTION", "INVENTED", "Event", "Quarter", "asked_in", "groups", "listed"]

INTRODUCTION = (
    "Answer each line in a few words, from memory, with its number. Write “unknown” where you do"
    " not know; do not guess."
)


class Quarter(Struct, frozen=True, order=True):
    """Three months of a year; `number` from 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year} Q{self.number}"

    @property
    def index(self) -> int:
        """Quarters since the year nought: their distances count."""
        return self.year * 4 + self.number - 1


class Event(Struct, frozen=True, kw_only=True):
    """`keys`: any of these words in an answer shows that it is known: small, without accents."""

    id: str
    quarter: Quarter
    asks: str
    keys: tuple[str, ...]


def _event(name: str, asks: str, *keys: str) -> Event:
    year, number = name[:4], name[5]
    return Event(id=name, quarter=Quarter(int(year), int(number)), asks=asks, keys=keys)


_SONG = "Who won the Eurovision Song Contest in May {}, and with which song?"
_NOBEL = "Who won the Nobel Prize in Literature in October {}?"
_BOOKER = "Which novel won the Booker Prize in {}?"

EVENTS: tuple[Event, ...] = (
    _event("2022q2-song", _SONG.format(2022), "stefania", "kalush"),
    _event("2022q4-nobel", _NOBEL.format(2022), "ernaux"),
    _event(
        "2023q1-bank",
        "Which bank did Californian regulators close on 10 March 2023?",
        *("silicon valley bank", "svb"),
    ),
    _event("2023q1-minister", "Who became First Minister of Scotland in March 2023?", "yousaf"),
    _event("2023q2-song", _SONG.format(2023), "tattoo"),
    _event("2023q2-vote", "Who was elected president of Paraguay on 30 April 2023?", "pena"),
    _event("2023q3-fire", "Which town in Hawaii did a wildfire destroy in August 2023?", "lahaina"),
    _event("2023q3-minister", "Who became prime minister of Thailand in August 2023?", "srettha"),
    _event("2023q4-nobel", _NOBEL.format(2023), "fosse"),
    _event("2023q4-novel", _BOOKER.format("November 2023"), "prophet song"),
    _event("2024q1-ship", "Which ship struck a bridge in Baltimore in March 2024?", "dali"),
    _event("2024q1-vote", "Who was elected president of Senegal in March 2024?", "faye"),
    _event("2024q2-song", _SONG.format(2024), "nemo"),
    _event("2024q2-shot", "Which politician was shot in Handlova in May 2024?", "fico"),
    _event("2024q3-yacht", "Which yacht sank off Porticello in Sicily in August 2024?", "bayesian"),
    _event(
        "2024q3-minister",
        "Who became prime minister of Thailand in August 2024?",
        "paetongtarn",
    ),
    _event("2024q4-nobel", _NOBEL.format(2024), "han kang"),
    _event("2024q4-novel", _BOOKER.format("November 2024"), "orbital"),
    _event("2025q1-minister", "Who became prime minister of Canada in March 2025?", "carney"),
    _event("2025q1-film", "Which film won Best Picture at the Oscars in March 2025?", "anora"),
    _event(
        "2025q2-pope",
        "Who was elected pope in May 2025?",
        *("prevost", "leo xiv"),
    ),
    _event("2025q2-song", _SONG.format(2025), "wasted love"),
    _event(
        "2025q3-minister",
        "Who became interim prime minister of Nepal in September 2025?",
        "karki",
    ),
    _event(
        "2025q3-sprint",
        "Who became world champion over 100 metres (men) in Tokyo in September 2025?",
        "seville",
    ),
    _event("2025q4-nobel", _NOBEL.format(2025), "krasznahorkai"),
    _event("2025q4-novel", _BOOKER.format("November 2025"), "flesh"),
    _event(
        "2026q1-player",
        "Who was the most valuable player of Super Bowl LX in February 2026?",
        "walker",
    ),
    _event(
        "2026q1-film",
        "Who won the Oscar for Best Supporting Actress in March 2026?",
        "madigan",
    ),
    _event("2026q2-song", _SONG.format(2026), "bangaranga", "dara"),
)
"""Checked against the news of the day. The last quarter has one, the two before 2023 are anchors:
who does not know those was not asked in earnest."""

INVENTED: tuple[str, ...] = (
    "Who won the Halvorsen Prize for Cartography in June 2023?",
    "Which choir won the Trans-Alpine Yodelling Bowl in Brixlegg in May 2024?",
    "Who was elected steward of the Ostrava Clockmakers' League in March 2024?",
    "Which ferry won the Lake Varnholt Regatta in August 2023?",
)
"""Nothing of the kind exists."""

_BY_ASKS = {event.asks: event for event in EVENTS}


def listed(questions: Sequence[str]) -> str:
    """One prompt with all of them."""
    lines = (f"{at}. {each}" for at, each in enumerate(questions, 1))
    return "\n".join((INTRODUCTION, "", *lines))


def asked_in(prompt: str) -> Iterator[tuple[int, Event | None]]:
    """The events in a prompt, each with its line's number (0: no list); None for an invented one.

    A question that stands alone is found as well.
    """
    for line in prompt.splitlines():
        number, _, rest = line.strip().partition(". ")
        is_listed = number.isdecimal() and number.isascii() and len(number) <= 3
        text = rest if is_listed else line.strip()
        if text in _BY_ASKS or text in INVENTED:
            yield int(number) if is_listed else 0, _BY_ASKS.get(text)


def groups(many: int, size: int, draw: Draw) -> Iterator[tuple[str, ...]]:
    """So many lists of that size, each with an invented one; over all, every event as often."""
    deck: list[str] = []
    for turn in range(many):
        while len(deck) < size:
            deck += _shuffled([each.asks for each in EVENTS], draw)
        taken = list(dict.fromkeys(deck[:size]))
        del deck[:size]
        yield tuple(_shuffled([*taken, INVENTED[turn % len(INVENTED)]], draw))


def _shuffled(texts: Iterable[str], draw: Draw) -> list[str]:
    return [text for _, text in sorted((draw(), text) for text in texts)]
