"""What the audit reads of the times and lengths of streams."""

import asyncio
import random

import pytest

from darkhorse.audit.attacks import ATTACKS, QUICK
from darkhorse.audit.attacks.pieces import PieceLengths
from darkhorse.audit.attacks.rhythm import Rhythm, pace_of
from darkhorse.audit.attacks.streams import Flow, Flows, flows
from darkhorse.audit.odds import entropy, spread, told_bits
from darkhorse.audit.runner import read

from .audit_kit import Manner, audited, door, opened

PIECES, PIECE = 20, 24
MANY = 24


def stream(first, rate, chance, *, noise=0.0, jitter=0.002, is_long=False, piece=PIECE):
    """Pieces that leave when those before them have had their time."""
    first *= 1 + chance.uniform(-noise, noise)
    rate *= 1 + chance.uniform(-noise, noise)
    moments = tuple(
        (first + at * piece / rate + chance.uniform(0, jitter), piece) for at in range(PIECES)
    )
    return Flow(is_long, moments, ((piece,) * PIECES,))


def streams(first, rate, seed=0, long_factor=1.0, **how):
    chance = random.Random(seed)
    return Flows(
        tuple(
            stream(first * (long_factor if at % 2 else 1), rate, chance, is_long=at % 2 == 1, **how)
            for at in range(MANY)
        )
    )


ENGINE = streams(0.3, 800, noise=0.3, seed=1)


def judged(public, raw=ENGINE):
    (finding,) = Rhythm().judge(raw, public)
    return finding


def test_an_envelope_that_holds_is_closed():
    finding = judged(streams(1.0, 250, seed=2))
    assert finding.verdict == "closed"
    assert "an envelope" in finding.public
    assert {exhibit.side for exhibit in finding.exhibits} == {"raw", "public"}


def test_an_engine_of_steady_pace_is_not_taken_for_an_envelope():
    steady = streams(0.3, 800, seed=3)
    finding = judged(steady, raw=streams(0.28, 805, seed=4))
    assert finding.verdict == "reduced"
    assert "as fast as the endpoint" in finding.public
    assert finding.left > 5
    (alone,) = Rhythm().judge(None, steady)
    assert alone.verdict == "untested"


def test_an_envelope_faster_than_the_engine_hides_nothing():
    assert judged(streams(0.1, 5000, seed=5)).verdict == "reduced"
    assert judged(streams(0.5, 1500, seed=5)).verdict == "reduced"


def test_a_start_held_back_makes_room_for_a_rate_like_the_engines():
    finding = judged(streams(1.0, 250, seed=5), raw=streams(0.1, 245, seed=6, noise=0.02))
    assert finding.verdict == "closed"


def test_what_filling_a_piece_takes_is_no_envelope():
    tokens = streams(0.07, 588, seed=6, piece=6)
    assert judged(streams(0.07 + 24 / 588, 588, seed=7), raw=tokens).verdict == "reduced"


def test_an_engine_that_misses_its_envelope_now_and_then_shows():
    chance = random.Random(6)
    late = tuple(
        Flow(
            each.is_long,
            tuple(
                (at + 0.1 * (place > 5 and chance.random() < 0.3), many)
                for place, (at, many) in enumerate(each.moments)
            ),
            each.parts,
        )
        for each in streams(1.0, 250, seed=7).all
    )
    finding = judged(Flows(late))
    assert finding.verdict == "reduced"
    assert 0 < finding.left < 1


def test_without_an_envelope_it_is_measured():
    rough = judged(streams(0.5, 400, noise=0.5, seed=8))
    fine = judged(streams(0.5, 400, noise=0.2, jitter=0.2, seed=8))
    assert rough.verdict == fine.verdict == "reduced"
    assert fine.left > rough.left > 0
    assert "no envelope" in rough.public


def test_what_a_long_prompt_adds_is_told():
    pace = pace_of(streams(0.5, 400, seed=9, long_factor=3).all)
    assert pace.long_first == pytest.approx(3 * pace.first, rel=0.05)
    assert judged(streams(0.5, 400, seed=9, long_factor=3), raw=ENGINE).verdict == "reduced"


def test_too_few_streams_say_nothing():
    assert judged(Flows(ENGINE.all[:3])).verdict == "untested"
    assert judged(Flows((), "no stream came: 503")).public == "no stream came: 503"


def lengths(*parts):
    moments = tuple((0.0, many) for part in parts for many in part)
    return Flows(tuple(Flow(is_long=False, moments=moments, parts=parts) for _ in range(8)))


def pieces(public, raw=None):
    (finding,) = PieceLengths().judge(raw, public)
    return finding


def test_pieces_of_one_length_are_closed():
    finding = pieces(lengths((24, 24, 24, 5), (24, 24, 24)), raw=lengths((3, 1, 4, 1, 5)))
    assert finding.verdict == "closed"
    assert "3" in finding.exhibits[1].answered


@pytest.mark.parametrize(
    ("parts", "bits"),
    [
        (((3, 1, 4, 1, 5, 9, 2, 6),), entropy([3, 1, 4, 1, 5, 9, 2])),
        (((24, 48, 24, 48, 24, 5),), entropy([24, 48, 24, 48, 24])),
        (((24, 24, 24, 60),), 0),
    ],
)
def test_pieces_of_several_lengths_are_counted_in_bits(parts, bits):
    finding = pieces(lengths(*parts))
    assert (finding.verdict, finding.unit) == ("reduced", "bits")
    assert finding.left == pytest.approx(bits)


def test_both_attacks_read_the_same_streams_once():
    async def play():
        async with opened(Manner(say=lambda _: "The harbour is quiet at dawn. " * 4)) as url:
            front = door("public", url)
            first, again = await flows(front, 8), await flows(front, 8)
            return front.spent.calls, first, again

    calls, first, again = asyncio.run(play())
    assert calls == 8
    assert first is again
    assert sum(each.is_long for each in first.all) == 4
    assert all(sum(sum(part) for part in each.parts) == 120 for each in first.all)


def test_a_door_of_tokens_shows_in_both():
    tokens = Manner(say=lambda _: "a bc def " * 9, pieces=lambda text: text.split(" "))
    found = audited(tokens, [Rhythm(8), PieceLengths(8)])
    assert found["piece-borders/lengths"].verdict == "reduced"
    assert found["rhythm"].verdict == "reduced"


def test_measures():
    assert spread([1.0] * 9 + [50.0]) == 0
    assert spread([0.8, 0.9, 1.0, 1.1, 1.2, 1.0, 1.0]) == pytest.approx(0.1, rel=0.01)
    assert entropy("ab") == 1
    assert told_bits(0.02, 1, 1000) == told_bits(0.001, 1, 1000) > told_bits(0.2, 1, 1000) > 0
    assert told_bits(9.0, 1, 10) == 0


class Noted:
    """An attack that notes when it reads."""

    channels, calls = ("rhythm",), 0

    def __init__(self, name, notes, *, needs_quiet):
        self.name, self.notes, self.needs_quiet = name, notes, needs_quiet

    async def read(self, _door):
        self.notes.append(f"{self.name} begins")
        await asyncio.sleep(0)
        self.notes.append(f"{self.name} ends")

    def judge(self, _raw, _public):
        return ()


def test_what_measures_time_reads_alone_and_last():
    notes = []
    attacks = [Noted(name, notes, needs_quiet=name in "ab") for name in "acbd"]
    asyncio.run(read(door("public", "http://127.0.0.1:1/v1"), attacks))
    assert notes[-4:] == ["a begins", "a ends", "b begins", "b ends"]
    assert notes[:2] == ["c begins", "d begins"]


def test_a_quick_audit_tries_the_same_with_fewer_calls():
    assert [each.name for each in QUICK] == [each.name for each in ATTACKS]
    assert sum(each.calls for each in QUICK) < sum(each.calls for each in ATTACKS)
