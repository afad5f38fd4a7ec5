"""What a verdict says of evidence that was made by hand."""

import math

import pytest
from fusion_kit import FAMILIES, KNOWN, O200K, counted, evidence, written
from msgspec import structs

from darkhorse.attribution.evidence import Evidence, Level
from darkhorse.attribution.fusion.fuse import fuse, recounted
from darkhorse.attribution.fusion.hypotheses import prior_of
from darkhorse.attribution.fusion.views import RECUT, REWRITTEN, TWO
from darkhorse.attribution.library.calibration import Calibration, Step
from darkhorse.attribution.verdict import NOBODY


def test_nothing_seen_leaves_the_prior_and_names_nobody() -> None:
    verdict = fuse([], KNOWN)
    prior = prior_of(KNOWN)
    assert verdict.outcome == "cannot-say"
    assert verdict.posterior == pytest.approx({lab or NOBODY: p for lab, p in prior.items()})
    assert prior[""] == pytest.approx(0.25)
    assert set(verdict.within) == set(verdict.posterior)


def test_evidence_that_is_alike_under_all_leaves_the_prior() -> None:
    flat = evidence("prompt-counts", "exact", {"family": (dict.fromkeys(FAMILIES, -40.0), -40.0)})
    assert fuse([flat], KNOWN).posterior == pytest.approx(fuse([], KNOWN).posterior)


def test_counts_and_style_of_one_model_name_it() -> None:
    verdict = fuse([counted("C"), written("anthropic/opus")], KNOWN)
    assert (verdict.outcome, verdict.lab, verdict.model) == ("model", "anthropic", "anthropic/opus")
    assert verdict.posterior["anthropic"] > 0.99
    assert "anthropic" in verdict.within


def test_style_alone_names_no_model() -> None:
    trusting = Calibration(style_bar=(Step(1, 0.9),))
    known = structs.replace(KNOWN, calibration=trusting)
    verdict = fuse([written("anthropic/opus", answers=64, gap=150.0)], known)
    assert verdict.outcome == "lab"
    assert verdict.lab == "anthropic"
    assert verdict.model == ""
    assert "Style alone" in verdict.why


def test_counts_of_a_gateway_alone_never_say_its_vocabularys_maker() -> None:
    verdict = fuse([counted(O200K)], KNOWN)
    assert verdict.lab == verdict.model == verdict.family == ""


def test_a_shared_vocabulary_names_the_weights_and_not_the_lab() -> None:
    verdict = fuse([counted("D")], KNOWN)
    assert (verdict.outcome, verdict.family, verdict.lab) == ("family", "D", "")


def test_a_vocabulary_without_a_known_model_is_a_new_model_or_a_strangers() -> None:
    verdict = fuse([counted("L")], KNOWN)
    assert verdict.outcome in {"family", "lab"}
    assert verdict.outcome == "family" or verdict.is_new


def test_a_writer_like_deepseek_on_another_tokenizer_is_not_deepseek() -> None:
    unknown = evidence(
        "prompt-counts",
        "exact",
        {"family": (dict.fromkeys(FAMILIES, -30.0), 0.0)},
        vetoed=tuple(("family", each) for each in FAMILIES),
    )
    verdict = fuse([unknown, written("deepseek/v3", gap=6.0)], KNOWN)
    assert verdict.lab != "deepseek" or verdict.is_new
    assert verdict.model == ""
    assert verdict.writes_like.startswith("Like DeepSeek")
    assert max(verdict.style, key=verdict.style.__getitem__) == "deepseek"


@pytest.mark.parametrize("signal", ["truncation", "chunk-borders"])
def test_borders_win_over_counts_that_were_rewritten(signal: str) -> None:
    verdict = fuse([counted(O200K), counted("C", signal=signal)], KNOWN)
    assert verdict.lab == "anthropic"
    assert verdict.findings == (REWRITTEN,)


@pytest.mark.parametrize("signal", ["truncation", "chunk-borders", "completion"])
def test_two_tokenizers_give_no_name(signal: str) -> None:
    verdict = fuse([counted("Q"), counted("C", signal=signal), written("qwen/max")], KNOWN)
    assert verdict.outcome == "cannot-say"
    assert verdict.why == TWO


def test_counts_of_nobody_beside_borders_of_somebody_give_no_name() -> None:
    unseen = evidence("prompt-counts", "exact", {"family": (dict.fromkeys(FAMILIES, -30.0), 0.0)})
    verdict = fuse([unseen, counted("C", signal="truncation")], KNOWN)
    assert verdict.outcome == "cannot-say"
    assert verdict.why == TWO


def test_pieces_that_are_cut_anew_are_a_finding_of_their_own() -> None:
    seen = [counted("C", signal="truncation"), counted("Q", signal="chunk-borders")]
    verdict = fuse(seen, KNOWN)
    assert verdict.findings == (RECUT,)
    assert verdict.lab == "anthropic"


@pytest.mark.parametrize("signal", ["prompt-counts", "truncation", "chunk-borders", "completion"])
def test_one_view_of_its_tokenizer_is_enough_for_its_lab(signal: str) -> None:
    verdict = fuse([counted("C", signal=signal)], KNOWN)
    assert (verdict.outcome, verdict.lab, verdict.model) == ("lab", "anthropic", "")
    assert "tells its models apart" in verdict.why


def test_the_wire_alone_names_nobody() -> None:
    wire = evidence("wire", "exact", {"lab": ({"anthropic": 40.0}, 0.0)})
    verdict = fuse([wire], KNOWN)
    assert (verdict.outcome, verdict.lab) == ("cannot-say", "")
    odds = verdict.posterior["anthropic"] / verdict.posterior["qwen"]
    assert odds == pytest.approx(math.exp(3))


def test_the_wire_is_held_to_a_nat_where_counts_are_a_gateways() -> None:
    wire = evidence("wire", "strong", {"lab": ({"anthropic": 40.0}, 0.0)})
    without = fuse([counted(O200K)], KNOWN).posterior
    beside = fuse([counted(O200K), wire], KNOWN).posterior
    moved = beside["anthropic"] / beside["qwen"] * without["qwen"] / without["anthropic"]
    assert moved == pytest.approx(math.e)


def test_a_gateways_counts_and_an_imitated_wire_together_name_nobody() -> None:
    wire = evidence("wire", "strong", {"lab": ({"openai": 40.0}, 0.0)})
    trusting = Calibration(exact_bar=(Step(1, 0.5),), mixed_bar=(Step(1, 0.5),))
    known = structs.replace(KNOWN, calibration=trusting)
    assert fuse([counted(O200K), wire], known).lab == ""
    assert fuse([counted(O200K), wire, written("openai/gpt-a")], known).lab == "openai"


def test_the_set_has_nobody_wherever_that_is_likely_enough() -> None:
    verdict = fuse([written("anthropic/opus", gap=4.0)], KNOWN)
    assert verdict.posterior[NOBODY] >= 0.05
    assert NOBODY in verdict.within


def test_a_tuner_is_less_likely_than_whose_weights_it_tunes() -> None:
    verdict = fuse([counted("D")], KNOWN)
    assert verdict.posterior["deepseek"] > 2 * verdict.posterior["microsoft"]


def test_views_of_one_tokenizer_are_not_added_up() -> None:
    once = fuse([counted(O200K)], KNOWN)
    thrice = fuse([counted(O200K), counted(O200K, "template"), counted(O200K, "completion")], KNOWN)
    assert thrice.posterior == pytest.approx(once.posterior)


def test_weak_signals_move_no_odds_by_more_than_one_nat() -> None:
    said = [
        evidence(name, "weak", {"lab": ({"openai": 50.0}, 0.0)})
        for name in ("self-report", "cutoff", "refusal")
    ]
    verdict = fuse(said, KNOWN)
    prior = prior_of(KNOWN)
    odds = verdict.posterior["openai"] / verdict.posterior["qwen"]
    assert math.log(odds * prior["qwen"] / prior["openai"]) == pytest.approx(1.0)
    assert verdict.outcome == "cannot-say"


def test_a_contradiction_vetoes_whatever_style_says() -> None:
    against = evidence("wire", "exact", {}, vetoed=(("lab", "anthropic"),))
    verdict = fuse([written("anthropic/opus", gap=150.0), against], KNOWN)
    assert verdict.posterior["anthropic"] == 0.0
    assert verdict.lab != "anthropic"


def test_everything_vetoed_leaves_somebody_we_do_not_know() -> None:
    all_of_it: tuple[tuple[Level, str], ...] = tuple(("lab", lab.name) for lab in KNOWN.labs)
    families: tuple[tuple[Level, str], ...] = tuple(("family", each) for each in FAMILIES)
    verdict = fuse([evidence("wire", "exact", {}, vetoed=(*all_of_it, *families))], KNOWN)
    assert verdict.outcome == "none"
    assert verdict.posterior[NOBODY] == pytest.approx(1.0)


def test_broken_evidence_gives_no_name_and_says_why() -> None:
    broken = evidence("constancy", "exact", {}, broken="Two models answer.")
    verdict = fuse([counted("C"), written("anthropic/opus"), broken], KNOWN)
    assert verdict.outcome == "cannot-say"
    assert verdict.why == "Two models answer."
    assert verdict.lab == verdict.model == verdict.family == ""


def _sibling(*, is_strange: bool = False) -> Evidence:
    """Written as somebody of that lab would, and as none of its models does."""
    nats = {
        "lab": ({"anthropic": 0.0, "openai": -60.0}, -40.0),
        "model": ({"anthropic/opus": -30.0}, -60.0),
    }
    found = evidence("style", "strong", nats, observations=16)
    return structs.replace(found, is_strange=is_strange)


def test_no_model_is_called_new_by_style_alone() -> None:
    verdict = fuse([counted("C"), _sibling()], KNOWN)
    assert (verdict.outcome, verdict.lab, verdict.is_new) == ("lab", "anthropic", False)


def test_a_model_is_new_where_exact_signals_object_to_each_of_its_labs() -> None:
    others = {each.name: -9.0 for each in KNOWN.models if each.lab == "anthropic"}
    frames = evidence("template", "exact", {"model": (others, 0.0)})
    verdict = fuse([counted("C"), frames, _sibling()], KNOWN)
    assert (verdict.outcome, verdict.lab, verdict.is_new) == ("lab", "anthropic", True)


def test_of_another_task_nobody_is_said_to_be_none_and_counts_prevail() -> None:
    labs = dict.fromkeys((lab for lab in fuse([], KNOWN).posterior if lab != NOBODY), -60.0)
    stranger = evidence("style", "strong", {"lab": (labs, 0.0)}, observations=32)
    strange = structs.replace(stranger, is_strange=True)
    assert fuse([stranger], KNOWN).outcome == "none"
    unsaid = fuse([strange], KNOWN)
    assert unsaid.outcome == "cannot-say"
    assert set(unsaid.within) == set(unsaid.posterior)
    named = fuse([counted("C"), strange], KNOWN)
    assert next(iter(named.posterior)) == "anthropic"


def test_counts_of_a_vocabulary_that_the_lab_never_had_are_said_to_be_somebody_elses() -> None:
    verdict = fuse([counted(O200K), written("anthropic/opus")], KNOWN)
    assert verdict.findings == (recounted(O200K),)
    assert fuse([counted(O200K), written("openai/gpt-a")], KNOWN).findings == ()
