"""A ladder of events, and what it says of models."""

import re

import pytest
from said_kit import KNOWN, asked, library, nats, said

from darkhorse.attribution.asked.events import EVENTS, INVENTED, Quarter, asked_in, listed
from darkhorse.attribution.heard.ladder import Knowledge, climb, is_known
from darkhorse.attribution.heard.published import published
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.signals.cutoff import Cutoff, known_events

SIGNAL = Cutoff()


def knows_until(until: Quarter, *, invents: bool = False):  # type: ignore[no-untyped-def]
    """Answers as a model does that ends there."""

    def answer(probe: Probe) -> str:
        lines = []
        for number, event in asked_in(probe.ask.messages[0].text):
            known = event is not None and event.quarter <= until
            name = event.keys[0] if event and known else "unknown"
            lines.append(f"{number}. {'Ada Quill' if event is None and invents else name}")
        return "\n".join(lines)

    return answer


def test_no_question_holds_an_answer() -> None:
    for event in EVENTS:
        for other in EVENTS:
            assert not is_known(event, other.asks), (event.id, other.id)
        assert not any(is_known(event, text) for text in INVENTED)


def test_each_quarter_of_the_ladder_is_asked_for() -> None:
    asked_for = {each.quarter for each in EVENTS if each.quarter.year >= 2023}
    first, last = min(asked_for), max(asked_for)
    assert last.index - first.index + 1 == len(asked_for)
    assert [each.quarter for each in EVENTS] == sorted(each.quarter for each in EVENTS)


@pytest.mark.parametrize("budget", ["quick", "standard", "deep"])
@pytest.mark.parametrize("until", [Quarter(2023, 4), Quarter(2024, 3), Quarter(2025, 2)], ids=str)
def test_the_ladder_ends_where_the_knowledge_does(until: Quarter, budget: Budget) -> None:
    seen = asked(SIGNAL, budget, knows_until(until))
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert evidence is not None
    told = re.findall(r"(\d{4}) Q(\d)", evidence.exhibit.says)
    first, last = (Quarter(int(year), int(number)) for year, number in told[1:])
    assert first.index - 1 <= until.index <= last.index + 1


def test_a_model_whose_maker_says_so_is_likelier() -> None:
    known = library("openai/gpt-4o-2024-11-20", "x-ai/grok-3-beta", "nobody/knows")
    found = nats(SIGNAL, asked(SIGNAL, "standard", knows_until(Quarter(2023, 4))), known)
    assert found["openai/gpt-4o-2024-11-20"] > 0.5
    assert found["x-ai/grok-3-beta"] == -1.0
    assert "nobody/knows" not in found


def test_who_invents_winners_gets_no_cut_off() -> None:
    evidence = SIGNAL.weigh(
        asked(SIGNAL, "standard", knows_until(Quarter(2025, 2), invents=True)), KNOWN
    )
    assert evidence is not None
    assert evidence.likelihoods == ()
    assert "does not exist" in evidence.exhibit.says


@pytest.mark.parametrize("text", ["", "I cannot answer this.", "unknown"])
def test_who_knows_nothing_is_not_held_against_anybody(text: str) -> None:
    evidence = SIGNAL.weigh(asked(SIGNAL, "quick", lambda probe: text), KNOWN)
    assert evidence is None or evidence.likelihoods == ()


def test_a_model_that_knows_the_last_event_may_end_anywhere_later() -> None:
    evidence = SIGNAL.weigh(asked(SIGNAL, "deep", knows_until(EVENTS[-1].quarter)), KNOWN)
    assert evidence is not None
    assert "later" in evidence.exhibit.says


def test_a_clean_ladder_is_told_within_half_a_year() -> None:
    ladder = climb([Knowledge(e.quarter, 1, int(e.quarter <= Quarter(2024, 2))) for e in EVENTS])
    assert ladder is not None
    assert ladder.first == Quarter(2024, 2)  # no lucky guesses before
    assert ladder.last <= Quarter(2024, 4)  # the last quarters are known less


def test_gaps_in_memory_move_a_cut_off_little() -> None:
    known = [Knowledge(e.quarter, 1, int(e.quarter <= Quarter(2024, 4))) for e in EVENTS]
    holed = [
        Knowledge(each.quarter, 1, 0 if at % 4 == 1 else each.known)
        for at, each in enumerate(known)
    ]
    whole, gaps = climb(known), climb(holed)
    assert whole is not None
    assert gaps is not None
    assert abs(whole.likeliest.index - gaps.likeliest.index) <= 1
    assert gaps.last.index - gaps.first.index >= whole.last.index - whole.first.index


def test_a_question_that_stands_alone_is_found() -> None:
    event = next(each for each in EVENTS if each.id == "2024q4-nobel")
    told = list(known_events(said(event.asks, "It was Han Kang.")))
    assert told == [("cutoff/2024q4-nobel", "known")]
    assert not list(known_events(said("Who won the lottery?", "Han Kang.")))


def test_lists_are_read_line_by_line() -> None:
    prompt = listed([EVENTS[3].asks, INVENTED[0], EVENTS[5].asks])
    assert list(asked_in(prompt)) == [(1, EVENTS[3]), (2, None), (3, EVENTS[5])]


@pytest.mark.parametrize(
    ("model", "until"),
    [
        ("openai/gpt-4o-mini-2024-07-18", "2023-10"),
        ("openai/gpt-5-mini", "2024-05"),
        ("openai/gpt-5.2", None),
        ("openai/gpt-5-codex", None),
        ("anthropic/claude-3.5-sonnet", "2024-04"),
        ("anthropic/claude-sonnet-4.5", None),
        ("meta-llama/llama-3.1-70b-instruct", "2023-12"),
        ("x-ai/grok-4-fast", None),
        ("nousresearch/hermes-3-llama-3.1-70b", None),
    ],
)
def test_what_makers_publish_is_of_their_model_alone(model: str, until: str | None) -> None:
    found = published(model)
    assert (found.until if found else None) == until
