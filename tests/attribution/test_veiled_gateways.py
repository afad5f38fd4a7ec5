"""Every vocabulary behind every gateway: named where counts are the model's, and never wrongly."""

from urllib.parse import quote

import pytest
from veiled_kit import MEASURED, asked

from darkhorse.attribution.judging import judge
from darkhorse.attribution.library.families import is_neutral
from darkhorse.attribution.library.shipped import shipped
from darkhorse.attribution.signals.prompt_counts import PromptCounts
from darkhorse.base.chance import seeded_draw
from darkhorse.upstream.scripted.veiled.gateways import GATEWAYS

VOCABULARIES = tuple(MEASURED.counts)
NATIVE = ("", "wrapped", "batched")
RECOUNTED = ("recount", "recount-prompt")
SILENT = ("quarters", "hidden", "zeros", "constant")
BLURRED = ("scaled", "tens", "noisy")
SURE = 4.0  # nats: about fifty to one
ALIKE = {frozenset({"DeepSeek LLM", "DeepSeek V2"})}


def leaning(vocabulary: str, behind: str, budget: str = "standard"):
    """Family → nats over somebody unknown, and the evidence."""
    signal = PromptCounts()
    probes = signal.probes(budget, seeded_draw(5), shipped())
    found = signal.weigh(asked(f"veiled?of={quote(vocabulary)}&behind={behind}", probes), shipped())
    families = [each for each in found.likelihoods if each.level == "family"] if found else []
    if not families:
        return {}, found
    (likelihoods,) = families
    return {name: nats - likelihoods.other for name, nats in likelihoods.nats.items()}, found


def best(nats: dict[str, float]) -> tuple[str, float]:
    ordered = sorted(nats.items(), key=lambda each: -each[1])
    if len(ordered) < 2:
        return "", 0.0
    return ordered[0][0], ordered[0][1] - ordered[1][1]


def test_the_gateways_are_all_here():
    assert {*NATIVE, *RECOUNTED, *SILENT, *BLURRED} == set(GATEWAYS)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
class TestEveryVocabulary:
    @pytest.mark.parametrize("behind", NATIVE)
    def test_is_named_by_its_own_counts(self, vocabulary, behind):
        nats, _ = leaning(vocabulary, behind)
        top = max(nats.values())
        assert nats[vocabulary] == pytest.approx(top, abs=0.1)

    @pytest.mark.parametrize("behind", RECOUNTED)
    def test_is_not_contradicted_by_a_recount(self, vocabulary, behind):
        nats, found = leaning(vocabulary, behind, "quick")
        assert found.vetoed == ()
        assert max(nats.values()) - nats[vocabulary] < SURE
        assert is_neutral(best(nats)[0])

    @pytest.mark.parametrize("behind", SILENT)
    def test_is_told_by_nothing_where_nothing_is_told(self, vocabulary, behind):
        nats, found = leaning(vocabulary, behind, "quick")
        assert found is None or found.vetoed == ()
        assert all(abs(each) < 0.05 for each in nats.values())

    @pytest.mark.parametrize("behind", BLURRED)
    def test_is_never_taken_for_another_where_counts_are_blurred(self, vocabulary, behind):
        name, lead = best(leaning(vocabulary, behind, "deep")[0])
        assert name == vocabulary or lead < SURE


def test_two_models_in_turn_are_given_no_name():
    of = "~".join(quote(name) for name in ("Qwen 2 to 3", "Llama 3"))
    probes = PromptCounts().probes("deep", seeded_draw(5), shipped())
    case = judge(asked(f"veiled?of={of}", probes), shipped())
    assert case.verdict.outcome == "cannot-say"
    assert case.verdict.lab == ""
