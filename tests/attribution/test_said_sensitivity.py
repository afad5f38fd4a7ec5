"""Special strings, switches, prefills, and what stands in front."""

from collections.abc import Callable

import pytest
from said_kit import KNOWN, asked, nats, said

from darkhorse.attribution.asked.handling import PREFILLS, THOUGHT_OF
from darkhorse.attribution.asked.marks import COPY, MARKS, NOBODYS, PLAIN, copy_of
from darkhorse.attribution.client.asking import Message
from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signal import Probe
from darkhorse.attribution.signals.sensitivity import Sensitivity, reacted
from darkhorse.audit.known.tokenizers import TOKENIZERS

SIGNAL = Sensitivity()


def copies(change: Callable[[str], str]) -> Callable[[Probe], str]:
    """Copies a line after a server did this to it."""
    return lambda probe: change(probe.ask.messages[-1].text.removeprefix(COPY))


def weighed(change: Callable[[str], str]) -> Evidence:
    evidence = SIGNAL.weigh(asked(SIGNAL, "standard", copies(change)), KNOWN)
    assert evidence is not None
    return evidence


def test_families_are_called_as_everywhere() -> None:
    assert {family for families in MARKS.values() for family in families} <= TOKENIZERS.keys()


@pytest.mark.parametrize("mark", MARKS)
def test_a_string_that_is_swallowed_tells_its_template(mark: str) -> None:
    found = nats(SIGNAL, asked(SIGNAL, "standard", copies(lambda line: line.replace(mark, ""))))
    best = {family for family, value in found.items() if value == max(found.values())}
    assert best == set(MARKS[mark])
    assert max(found.values()) == 1.0


def test_a_string_that_ends_the_answer_tells_it_too() -> None:
    seen = [said(copy_of(mark), f"amber {mark} birch") for mark in (*MARKS, NOBODYS)]
    seen += [said(copy_of("<|eot_id|>"), "amber ")] * 2
    assert nats(SIGNAL, seen)["Llama 3"] == 1.0


def test_strings_that_come_back_tell_nothing() -> None:
    evidence = weighed(lambda line: line)
    assert evidence.likelihoods == ()
    assert "None of" in evidence.exhibit.says


def test_who_cleans_all_texts_is_no_template() -> None:
    def clean(line: str) -> str:
        for mark in (*MARKS, NOBODYS):
            line = line.replace(mark, "")
        return line

    evidence = weighed(clean)
    assert evidence.likelihoods == ()
    assert "takes strings" in evidence.findings[0]


def test_who_strips_every_known_string_is_no_template_either() -> None:
    def strip(line: str) -> str:
        for mark in MARKS:
            line = line.replace(mark, "")
        return line

    assert weighed(strip).likelihoods == ()


def test_one_token_for_a_string_tells_its_vocabulary() -> None:
    costs = {"<end_of_turn>": 21, PLAIN: 21, NOBODYS: 27}
    seen = [
        said(copy_of(mark), f"amber {mark} birch", usage={"prompt_tokens": costs.get(mark, 26)})
        for mark in (*MARKS, NOBODYS, PLAIN)
    ]
    assert nats(SIGNAL, seen)["Gemma 3"] == 1.0
    assert nats(SIGNAL, seen)["Llama 3"] < 0


def test_counts_that_never_change_tell_no_token() -> None:
    seen = [
        said(copy_of(mark), f"amber {mark} birch", usage={"prompt_tokens": 21})
        for mark in ("<end_of_turn>", NOBODYS, PLAIN)
    ]
    assert nats(SIGNAL, seen) == {}


def test_a_cleaner_that_misses_most_is_a_cleaner_still() -> None:
    evidence = weighed(lambda line: line.replace("<|eot_id|>", "").replace(NOBODYS, ""))
    assert evidence.likelihoods == ()


def test_a_switch_that_turns_thinking_off() -> None:
    thinks = said(THOUGHT_OF, "18", reasoning="Let Anna be x.")
    silent = said(f"{THOUGHT_OF} /no_think", "18")
    assert nats(SIGNAL, [thinks, silent])["Qwen 2 to 3"] == pytest.approx(0.7)
    assert nats(SIGNAL, [silent]) == {}


def outcome(text: str, status: int = 200) -> str:
    asks, begun = PREFILLS[0].asks, PREFILLS[0].begun
    prompt = (Turn("user", asks), Turn("assistant", begun))
    told = list(reacted(Observation(prompt=prompt, text=text, status=status)))
    return told[0][1] if told else ""


def test_an_answer_that_was_begun() -> None:
    assert outcome("ris.") == "goes on"
    assert outcome("The capital of France is Paris.") == "gives it back"
    assert outcome("Paris is the capital.") == "starts anew"
    assert outcome("", status=400) == "refused"
    assert outcome("", status=503) == ""


def test_what_stands_in_front_is_a_finding() -> None:
    evidence = SIGNAL.weigh([said("Hi.", "Hello.", usage={"prompt_tokens": 900})], KNOWN)
    assert evidence is not None
    assert "899 tokens" in evidence.findings[0]
    assert SIGNAL.weigh([said("Hi.", "Hello.", usage={"prompt_tokens": 9})], KNOWN) is None


def test_orders_are_heard() -> None:
    def answer(probe: Probe) -> str:
        return {"Answer": "OK.", "Write": "GOOD MORNING!", "End": "Blue."}.get(
            probe.ask.system.partition(" ")[0], ""
        )

    told = {each for seen in asked(SIGNAL, "deep", answer) for each in reacted(seen)}
    assert ("sensitivity/order ok", "obeys") in told
    assert ("sensitivity/order capitals", "obeys") in told
    assert ("sensitivity/order pineapple", "does not") in told


def test_a_prefill_is_the_last_message() -> None:
    first = SIGNAL.probes("quick", lambda: 0.5, KNOWN)[0]
    assert first.ask.messages[-1] == Message(role="assistant", text=PREFILLS[0].begun)


def test_a_prompt_that_is_charged_less_than_its_text_is_not_given_a_negative_cost() -> None:
    line = copy_of("<|eot_id|>")
    seen = [
        Observation(prompt=(Turn("user", line),), text="amber ", usage={"prompt_tokens": 1})
    ] * 2
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert evidence is not None
    assert "costs" not in evidence.exhibit.says
    assert evidence.exhibit.says not in ("", ".")
