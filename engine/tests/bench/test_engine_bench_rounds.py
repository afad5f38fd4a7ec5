"""The bench's arithmetic, and that an engine's failure is told and stops none of the others."""

from pathlib import Path

import pytest
from decoding.peer import Peer
from decoding.rounds import Measured, Plan, Point, measure
from decoding.telling import by_context, held, real_against_synthetic, spread

PLAN = Plan((256, 1024, 65_536), (256,), threads=2, rounds=2, steps=3)


@pytest.fixture(autouse=True)
def _found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def scripted(name, *series, breaks_at=1 << 30, per_token=1.0, most=1 << 18):
    options = {"breaks_at": breaks_at, "per_token": per_token}
    return Peer(name, "scripted_decoder", series or (name,), options, most)


def test_each_context_is_measured_in_rounds_and_the_read_one_apart(tmp_path):
    heard = []
    peers = (scripted("a", "one", "two"), scripted("short", most=1024))
    measured = measure(peers, PLAN, tmp_path, heard.append)
    assert not measured.failed
    assert measured.points["one", 1024, False].cpu_ms == [1024, 1025, 1026] * 2
    assert measured.points["one", 65_536, False].cpu_ms == [65_536 + at for at in range(6)]
    assert measured.points["two", 256, True].cpu_ms == [257, 258, 259]
    assert by_context(measured, lambda point: point.cpu_ms) == {
        "one": {256: 257, 1024: 1025, 65_536: 65_538.5},
        "two": {256: 257, 1024: 1025, 65_536: 65_538.5},
        "short": {256: 257, 1024: 1025},
    }
    assert measured.cache_bytes == {"a": 7, "short": 7}
    decoded = [line for line in heard if line.startswith("1,024 tokens: ") and "given" not in line]
    assert [line.split(": ")[1] for line in decoded] == ["one", "two", "short"] * 2


def test_an_engine_that_fails_is_told_and_the_others_go_on(tmp_path):
    peers = (
        scripted("full", breaks_at=1024),
        scripted("falls", "gone"),
        Peer("missing", "no_such_module", ("missing",)),
        scripted("well"),
    )
    measured = measure(peers, PLAN, tmp_path, lambda _: None)
    assert measured.failed["full"] == "MemoryError: no room for that"
    assert measured.failed["falls"].endswith("fell over")
    assert "no_such_module" in measured.failed["missing"]
    costs = by_context(measured, lambda point: point.cpu_ms)
    assert set(costs["full"]) == {256}
    assert set(costs["well"]) == {256, 1024, 65_536}
    assert set(costs) == {"full", "well"}


def test_goals_are_held_where_both_sides_were_measured():
    costs = {
        "ours int4": {256: 20.0, 8192: 30.0, 131_072: 51.0},
        "llama.cpp": {8192: 90.0, 32_768: 500.0},
        "llama.cpp, fa off": {8192: 60.0},
    }
    found = {each["what"]: (each["ratio"], each["is_met"]) for each in held(costs)}
    assert found == {
        "llama.cpp at 8K": (3.0, True),
        "llama.cpp, fa off, at 8K": (2.0, False),
        "growth from 256 to 131K": (2.55, False),
    }


def test_costs_are_over_the_threads():
    points = {("a", 8, False): Point([2.0, 60.0, 4.0]), ("a", 8, True): Point([3.0, 5.0, 9.0])}
    measured = Measured(points)
    assert by_context(measured, lambda point: point.cpu_ms) == {"a": {8: 4.0}}
    assert spread(measured, 2) == {"a": {8: (1.0, 30.0)}}
    assert real_against_synthetic(measured, 2) == [
        {"series": "a", "context": 8, "real": 2.5, "synthetic": 2.0}
    ]
