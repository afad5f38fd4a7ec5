"""Leaks are planted into the clean product, one at a time: the audit finds each by its own name.

The product is the real relay over a scripted upstream; what a plant changes is what a leaking
product would say. Most shapes are those of real upstreams and gateways.
"""

import gc
from itertools import chain

import pytest

from darkhorse.audit.attacks import ATTACKS
from darkhorse.audit.reasons import REASONS
from darkhorse.catalog.channels import CHANNELS
from live.stage import CANARY

from .planted import (
    plants_counts,
    plants_fields,
    plants_listed,
    plants_speech,
    plants_wire,
    plants_words,
)
from .planted.leaky import Leaky
from .planted.plants_speech import even, paced
from .planted.played import BRISK
from .planted.stages import SETS, House, stages_of

BEDS = (plants_counts, plants_fields, plants_wire, plants_words, plants_listed, plants_speech)
PLANTS = [plant for bed in BEDS for plant in bed.BED]
UNTRIED = set(REASONS) - {"false-identity"}
"""Channels that no client can try."""
WORST = ("untested", "closed", "reduced", "leaks")


@pytest.fixture(scope="module")
def house(scripted, tmp_path_factory):
    listings = {name: [(scripted.url, each.scenario)] for name, each in SETS.items()}
    relay = House(tmp_path_factory.mktemp("planted"), listings).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def stages(house, scripted):
    return stages_of(house, scripted)


@pytest.fixture(scope="module")
def clean(stages):
    """What the audit says of each stage where nothing is planted; asked when it is wanted."""
    known = {}

    def of(name, attacks=BRISK):
        if (name, attacks) not in known:
            known[name, attacks] = stages[name].audit(None, attacks)
            gc.freeze()  # tapes stay until the end: looking through them costs a fifth
        return known[name, attacks]

    yield of
    gc.unfreeze()


def leaking(findings):
    return {each.channel for each in findings if each.verdict == "leaks"}


def verdicts(findings):
    """Channel → the worst that is said of it."""
    told = {}
    for each in findings:
        told.setdefault(each.channel, []).append(WORST.index(each.verdict))
    return {channel: WORST[max(found)] for channel, found in told.items()}


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_a_planted_leak_is_found_under_its_own_name(plant, stages, clean):
    attacks = ATTACKS if plant in plants_speech.BED else BRISK
    before = verdicts(clean(plant.behind, attacks))
    findings = stages[plant.behind].audit(plant.change, attacks)
    found = [
        each for each in findings if each.channel == plant.channel and each.verdict == plant.verdict
    ]
    assert found, [each for each in findings if each.channel == plant.channel]
    assert any(each.deterministic == plant.deterministic for each in found), found
    shown = [side for each in found for one in each.exhibits for side in (one.asked, one.answered)]
    assert any(plant.tells in each for each in shown), found
    told = verdicts(findings)
    changed = {channel for channel in told if told[channel] != before[channel]}
    assert changed - {plant.channel, "together"} <= set(plant.also), [
        each for each in findings if each.channel in changed
    ]


@pytest.mark.parametrize("name", SETS)
def test_the_clean_product_has_no_leak(name, clean):
    findings = clean(name, ATTACKS)
    assert not leaking(findings), findings
    assert {each.channel for each in findings} == {each.name for each in CHANNELS}
    broken = [each for each in findings if "the attack broke" in each.public]
    assert not broken
    assert not [each for each in findings if each.could_not]


def test_leaks_stand_in_every_channel_that_can_be_tried():
    planted = {plant.channel for plant in PLANTS}
    assert planted | UNTRIED | {"rhythm", "style", "together"} == {each.name for each in CHANNELS}
    assert len(PLANTS) >= 60
    assert len({str(plant) for plant in PLANTS}) == len(PLANTS)


def test_real_upstreams_are_imitated_without_marks():
    like = [plant for plant in PLANTS if plant.like]
    assert len(like) >= 20
    assert len({plant.like for plant in like}) >= 20
    texts = chain.from_iterable((plant.name, plant.tells) for plant in PLANTS)
    assert not [text for text in texts if CANARY in text.upper()]


@pytest.fixture(scope="module")
def leaky(house):
    proxy = Leaky(house.port)
    yield proxy
    proxy.close()


def test_the_clean_product_has_no_leak_behind_a_proxy(stages, leaky):
    with leaky.leaking(lambda _asked, _said: None):
        findings = stages["main"].audit_at(leaky.port, BRISK)
    assert not leaking(findings), findings


def test_leaks_are_found_over_sockets_as_on_a_tape(stages, leaky):
    wanted = {
        "headers": "of-litellm-x-litellm-model-id",
        "answer-ids": "of-anthropic",
        "side-routes": "ollama-api-tags",
        "stream-grammar": "a-ping",
        "status-codes": "status-529",
        "transport": "a-header-of-errors-alone",
    }
    plants = [each for each in PLANTS if wanted.get(each.channel) == each.name]
    assert len(plants) == len(wanted)
    attacks = [each for each in BRISK if set(each.channels) & set(wanted)]

    def all_of_them(asked, said):
        for plant in plants:
            plant.change(asked, said)

    with leaky.leaking(all_of_them):
        findings = stages["main"].audit_at(leaky.port, attacks)
    assert leaking(findings) == set(wanted)


def rhythm_of(stage, change):
    """What is said of the rhythm of a product that sends so."""
    attacks = [each for each in ATTACKS if "rhythm" in each.channels]
    return next(each for each in stage.audit(change, attacks) if each.channel == "rhythm")


FIRST_S, CHARS_PER_S = 0.8, 400.0


def test_an_envelope_that_is_kept_is_told_from_one_that_is_not(stages):
    stage = stages["plain"]
    kept = rhythm_of(stage, paced(FIRST_S, CHARS_PER_S, even))
    assert kept.verdict == "closed", kept
    bursts = rhythm_of(stage, paced(FIRST_S, CHARS_PER_S, lambda at: -0.06 * (at % 4)))
    assert bursts.verdict == "reduced", bursts
    assert rhythm_of(stage, None).verdict == "reduced"
