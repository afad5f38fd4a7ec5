"""Any evidence ends in a verdict whose numbers are numbers."""

import math

from fusion_kit import FAMILIES, KNOWN
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods, Reliability
from darkhorse.attribution.fusion.fuse import fuse
from darkhorse.attribution.library.library import Lab, Library, Model
from darkhorse.attribution.verdict import NOBODY

_LEVELS = st.sampled_from(("family", "lab", "model"))
_NAMES = st.one_of(
    st.sampled_from([*FAMILIES, *(m.name for m in KNOWN.models), *(m.lab for m in KNOWN.models)]),
    st.text(max_size=5),
)
_NATS = st.floats(allow_nan=True, allow_infinity=True)
_LIKELIHOODS = st.builds(
    Likelihoods,
    level=_LEVELS,
    nats=st.dictionaries(_NAMES, _NATS, max_size=6),
    other=_NATS,
)
_SIGNALS = st.sampled_from(("prompt-counts", "template", "truncation", "style", "wire", "x"))


def _evidence(
    signals: st.SearchStrategy[str] = _SIGNALS,
    classes: tuple[Reliability, ...] = ("exact", "strong", "weak"),
) -> st.SearchStrategy[Evidence]:
    return st.builds(
        Evidence,
        signal=signals,
        reliability=st.sampled_from(classes),
        exhibit=st.just(Exhibit(title="Anything", says="Anything.")),
        likelihoods=st.lists(_LIKELIHOODS, max_size=3).map(tuple),
        vetoed=st.lists(st.tuples(_LEVELS, _NAMES), max_size=4).map(tuple),
        observations=st.integers(-5, 2**70),
    )


_LIBRARIES = st.sampled_from(
    (
        KNOWN,
        Library(),
        Library(labs=(Lab(name="a", title=""),), models=(Model(name="a/b", lab="a"),)),
        Library(models=(Model(name="no-slash", lab="no-slash", family="?", base="nobody"),)),
    )
)


@settings(max_examples=60)
@given(st.lists(_evidence(), max_size=5), _LIBRARIES)
def test_the_posterior_is_one_and_names_stand_in_it(seen: list[Evidence], known: Library) -> None:
    verdict = fuse(seen, known)
    assert all(0 <= share <= 1 for share in verdict.posterior.values())
    assert math.isclose(math.fsum(verdict.posterior.values()), 1, abs_tol=1e-9)
    assert all(
        math.isfinite(share) for share in (*verdict.models.values(), *verdict.style.values())
    )
    assert verdict.lab in {"", *verdict.posterior} - {NOBODY}
    assert verdict.within
    assert set(verdict.within) <= set(verdict.posterior)
    assert verdict.outcome != "model" or verdict.model


@settings(max_examples=60)
@given(st.lists(_evidence(), max_size=5))
def test_the_order_of_signals_changes_nothing(seen: list[Evidence]) -> None:
    there, back = fuse(seen, KNOWN), fuse(seen[::-1], KNOWN)
    for lab, share in there.posterior.items():
        assert math.isclose(share, back.posterior[lab], abs_tol=1e-9)


@settings(max_examples=40)
@given(st.lists(_evidence(st.just("style"), ("strong", "weak")), max_size=3))
def test_style_alone_never_names_a_model(seen: list[Evidence]) -> None:
    assert fuse(seen, KNOWN).model == ""
