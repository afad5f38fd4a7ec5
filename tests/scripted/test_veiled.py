"""Anonymous models behind gateways: what they count, repeat and hide."""

import json

import msgspec
import pytest
from msgspec import Raw

from darkhorse.upstream.scripted import ScenarioError, find
from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.measured import Measured, load
from darkhorse.upstream.scripted.plant import Plant
from darkhorse.upstream.scripted.veiled.gateways import GATEWAYS, NEUTRAL

PROBE = ".\nété 雨"
MEASURED = Measured(
    counts={"A": {PROBE: 9, "hi": 1}, "B": {PROBE: 14}, NEUTRAL: {PROBE: 6}},
    borders={"A": {"rain and sea": (4, 8, 12), "\nrain and sea": (8, 12)}},
)
FRAME = 7


def answered(model: str, asked: str, *, number: int = 0, **fields) -> dict:
    scenario, wish = find(f"veiled?{model}")
    limit = fields.pop("max_tokens", None)
    ask = Ask(
        stream=bool(fields.get("stream")),
        shape=wish.shape,
        plant=Plant(),
        messages=Raw(msgspec.json.encode([{"role": "user", "content": asked}])),
        max_tokens=limit,
        body=msgspec.json.encode({"model": model, **fields}),
        count=lambda _: number,
        measured=MEASURED,
    )
    steps = b"".join(s for s in scenario.play(ask, **wish.arguments()) if isinstance(s, bytes))
    body = steps.partition(b"\r\n\r\n")[2]
    return json.loads(body) if not fields.get("stream") else {"events": body.decode()}


def prompt_tokens(behind: str, of: str = "A") -> int | None:
    usage = answered(f"of={of}&behind={behind}", PROBE).get("usage")
    return usage and usage["prompt_tokens"]


@pytest.mark.parametrize(
    ("behind", "wanted"),
    [
        ("", FRAME + 9),
        ("recount", 3 + 4 + 6),
        ("recount-prompt", 3 + 4 + 6),
        ("quarters", 4 + 3),
        ("hidden", None),
        ("zeros", 0),
        ("scaled", 16 * 8 // 7),
        ("tens", 20),
        ("wrapped", FRAME + 9 + 37),
        ("batched", FRAME + 9),
        ("constant", 1000),
    ],
)
def test_a_gateway_tells_what_its_name_says(behind, wanted):
    assert prompt_tokens(behind) == wanted


def test_a_noisy_gateway_is_off_by_up_to_three():
    assert FRAME + 9 <= prompt_tokens("noisy") <= FRAME + 12


def test_only_gateways_that_count_anew_are_alike_for_two_tokenizers():
    alike = {name for name in GATEWAYS if prompt_tokens(name) == prompt_tokens(name, "B")}
    assert alike == {"recount", "recount-prompt", "quarters", "hidden", "zeros", "constant"}


def test_it_repeats_what_stands_behind_an_empty_line_in_its_own_pieces():
    asked = "Repeat this, word for word:\n\nrain and sea"
    whole = answered("of=A", asked)
    assert whole["choices"][0]["message"]["content"] == "rain and sea"
    assert whole["usage"]["completion_tokens"] == 3
    cut = answered("of=A", asked, max_tokens=2)
    assert cut["choices"][0]["message"]["content"] == "rain and"
    assert cut["choices"][0]["finish_reason"] == "length"
    events = answered("of=A", asked, stream=True)["events"]
    assert [f'"content":"{piece}"' in events for piece in ("rain", " and", " sea")] == [True] * 3


def test_a_line_behind_another_may_be_cut_otherwise():
    text = "rain and sea\nrain and sea"
    assert MEASURED.tokens("A", text) == ["rain", " and", " sea", "\n", "rain and", " sea"]


def test_two_models_answer_in_turn():
    turns = [
        answered("of=A~B", PROBE, number=at)["usage"]["prompt_tokens"] - FRAME for at in range(4)
    ]
    assert turns == [9, 14, 9, 14]


def test_a_tokenizer_nobody_measured_is_a_slip():
    with pytest.raises(ScenarioError, match="no tokenizer 'C'"):
        answered("of=C", "hi")


def test_a_file_of_another_form_is_refused(tmp_path):
    path = tmp_path / "measured.json"
    path.write_bytes(msgspec.json.encode(MEASURED))
    assert load(path) == MEASURED
    path.write_text('{"counts": {"A": {"x": "many"}}}')
    with pytest.raises(ValueError, match=r"measured\.json"):
        load(path)
