"""What is masked, what is not, and that docs/masking.md says the truth of it."""

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from export_kit import Ledger, asked, calling
from hypothesis import given
from hypothesis import strategies as st
from lookalikes import innocent
from masking_table import page, results
from planted import planted
from third_set import shows, third_set

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.export.cover import cover
from darkhorse.storage.ledger.masking.kingfisher import Kingfisher
from darkhorse.storage.ledger.masking.masker import Masker, Piece
from darkhorse.storage.ledger.masking.patterns import mask_patterns
from darkhorse.storage.records import Answer

DOCS = Path(__file__).parents[2] / "docs" / "masking.md"
KEY = "sk-ant-api03-" + "Zx7Q" * 23 + "fAA"


@pytest.fixture(scope="module")
def found(masker):
    return results(masker)


def test_the_set_is_large_enough():
    cases = planted()
    assert len(cases) >= 300
    assert len({each.kind for each in cases}) >= 25
    assert len(innocent()) >= 300
    assert all(each.secret in each.text for each in cases)
    others = third_set()
    assert len(others) >= 750
    assert len({each.kind for each in others if each.family == "API keys"}) == 110
    assert all(shows(each, each.value) for each in others)


def test_the_page_is_what_is_measured(found):
    assert DOCS.read_text() == page(found, DOCS.read_text())


@pytest.mark.parametrize("family", ["API keys", "emails"])
def test_recall(found, family):
    for rows in (found.planted, found.second, found.third):
        hits = sum(row.found for row in rows if row.family == family)
        total = sum(row.total for row in rows if row.family == family)
        assert hits / total >= 0.95


def test_false_alarms(found):
    assert sum(row.changed for row in found.innocent) <= 0.02 * len(innocent())


def test_the_library_alone_finds_a_key_in_any_surroundings(masker):
    """Ours know no such form: two on one line, before a full stop, in brackets."""
    one = "shippo_live_8f3a91c07be24d65f01c9a7e3b5d2846cf90ab13"
    two = "shippo_live_d17c4e0b92f6a83501ce7b94fd20a63e85b1c7f2"
    text = f"First {one}, then ({two}). Or {one}."
    (masked,) = masker.mask([Piece(text)])
    assert masked.text == "First [API_KEY], then ([API_KEY]). Or [API_KEY]."
    assert masked.counts == {"API_KEY": 3}


def test_it_looks_where_a_repository_would_not(rules, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / ".ignore").write_text("*\n")
    seen = Kingfisher(cache=rules, work=tmp_path / "work")
    (found,) = seen.find([f"key {KEY} here"])
    assert KEY in [each.words for each in found]


def test_silence_is_no_answer(rules, tmp_path, monkeypatch):
    monkeypatch.setattr("darkhorse.storage.ledger.masking.kingfisher._PLANTED", "no key at all")
    with pytest.raises(ConfigError, match="did not find the key that was planted"):
        Kingfisher(cache=rules, work=tmp_path).find(["nothing"])


def test_text_that_looks_like_something_else_is_read_all_the_same(masker):
    leads = ("\0\1\2", "%PDF-1.7\n", "PK\x03\x04", "\x1f\x8b\x08", "\ud800")
    for masked in masker.mask([Piece(f"{lead} {lead} the key is {KEY}\0") for lead in leads]):
        assert KEY not in masked.text


def test_every_text_of_an_export_is_masked(tmp_path, rules):
    ledger = Ledger(tmp_path / "data", rules)
    tool = {"type": "function", "function": {"name": "look", "description": f"Use {KEY}"}}
    body = asked(f"I am anna@acme.io, my key is {KEY}")
    body["messages"][0]["content"] = [{"type": "text", "text": body["messages"][0]["content"]}]
    body |= {"tools": [tool], "user": "bob@acme.io"}
    arguments = {"to": "carl@acme.io", "password": "Tr0ub4dor&3", "dora@acme.io": [1, "\n"]}
    ledger.tell(body, calling(json.dumps(arguments)))
    ledger.tell(asked("Who?"), Answer("eve@acme.io", reasoning="frank@acme.io"))
    ledger.pack()
    for form in ("chat", "parquet"):
        ledger.export(tmp_path / form, form, masked=True)
        assert ledger.done.manifest.masked["EMAIL"] >= 4
        assert not (tmp_path / form / "work").exists()
    table = pl.read_parquet(tmp_path / "parquet" / "part-00001.parquet").write_ndjson()
    for text in (table, (tmp_path / "chat" / "part-00001.jsonl").read_text()):
        assert "@acme.io" not in text
        assert KEY not in text
        assert "Tr0ub4dor" not in text
    first = json.loads(text.splitlines()[0])
    call = first["messages"][-1]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(call) == {"to": "[EMAIL]", "password": "[SECRET]", "[EMAIL]": [1, "\n"]}
    assert first["messages"][0]["content"][0]["text"] == "I am [EMAIL], my key is [API_KEY]"


def test_what_is_made_does_not_depend_on_what_came_before(rules, masker, tmp_path):
    """An export that goes on starts with an empty memory."""
    texts = [Piece(each.text) for each in planted()[::40]]
    together = masker.mask(texts)
    fresh = Masker(Kingfisher(cache=rules, work=tmp_path))
    assert fresh.mask(texts[::-1])[::-1] == together


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text()
    | st.sampled_from(["a@b.io", KEY, "{"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(["arguments", "password"]), inner, max_size=4)
    ),
    max_leaves=12,
)


class Blind:
    """A scanner that finds nothing: what is tried is the walk."""

    def find(self, texts):
        return [[] for _ in texts]


def _shape(value):
    if isinstance(value, dict):
        return [_shape(each) for each in value.values()]
    return [_shape(each) for each in value] if isinstance(value, list) else type(value)


@given(st.lists(VALUES, max_size=3))
def test_structure_stays(values):
    counts = Counter()
    covered = cover(values, Masker(Blind()), counts)
    assert _shape(covered) == _shape(values)
    assert "a@b.io" not in json.dumps(covered)
    if not counts.total():
        assert covered == values


@given(st.text(alphabet=st.sampled_from("aA1@.-_=: \"'/[]+\n://eyJsk"), max_size=400))
def test_masking_is_done_once(text):
    counts = Counter()
    masked = mask_patterns(text, counts)
    assert (masked == text) == (not counts.total())


@pytest.mark.parametrize(
    "text", ["a@" * 50_000, "sk-" * 50_000, "password " * 20_000, "://" * 50_000, "x" * 500_000]
)
def test_hostile_text_takes_no_age(text):
    """Under pytest's own limit by far; a pattern that backtracks would take hours."""
    assert len(mask_patterns(text * 2, Counter())) <= 2 * len(text)
