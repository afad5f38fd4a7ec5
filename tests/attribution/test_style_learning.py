import numpy as np
import pytest
from msgspec import msgpack, structs
from scipy.sparse import csr_matrix, random
from scipy.special import log_softmax, logsumexp
from scipy.stats import multivariate_normal

from attribution.style_kit import WRITERS, answer, learnt, rows
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.learn.style import learn_style
from darkhorse.attribution.learn.style_fit import fitted, products_of, weights_of
from darkhorse.attribution.learn.style_folds import folds_of
from darkhorse.attribution.learn.style_table import chosen_of, fold_keys
from darkhorse.attribution.library.style import Spread
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.style.reader import SEPARATOR, Reader
from darkhorse.attribution.style.spread import nats_of


def best(nats):
    return max(nats, key=nats.get)


def test_a_known_writer_is_told_on_questions_that_were_held_out():
    places = {m: [n for n, r in enumerate(rows()) if r.model == m] for m in WRITERS}
    for model, there in places.items():
        lab, model_level = learnt().weigh(there[:4], "").likelihoods
        assert best(model_level.nats) == model
        assert best(lab.nats) == model.partition("/")[0]
        assert model_level.nats[model] > model_level.other


def test_a_lab_that_is_left_out_is_nowhere_and_less_like_anybody():
    there = [n for n, r in enumerate(rows()) if r.model == "cedar/dash-1"][:8]
    without = learnt().weigh(there, "cedar").likelihoods[1]
    known = learnt().weigh(there, "").likelihoods[1]
    assert "cedar/dash-1" not in without.nats
    assert max(without.nats.values()) - without.other < max(known.nats.values()) - known.other


def test_nothing_is_said_of_rows_that_were_not_scored():
    assert learnt().weigh([10_000], "") is None
    assert learnt().weigh([], "") is None
    assert learnt().weigh([0], "nobody we left out") is None


def test_the_same_rows_give_the_same_bytes():
    labs = {lab: frozenset({lab}) for lab in ("ash", "birch", "cedar", "dogwood")}
    again = learn_style(rows(), labs, lambda *_: None).style
    assert msgpack.encode(again, order="sorted") == msgpack.encode(learnt().style, order="sorted")


@pytest.mark.parametrize("few", [(), rows()[:30], rows()[:40]])
def test_too_little_gives_an_empty_style(few):
    assert learn_style(few, {}, lambda *_: None).style.classes == ()


def test_half_letters_and_separators_do_not_break_the_file():
    odd = [
        structs.replace(r, seen=Observation(text="\ud800\x00 " * 5 + r.seen.text)) for r in rows()
    ]
    style = learn_style(odd, {}, lambda *_: None, strangers=False).style
    marks = style.whole.marks.split(SEPARATOR)
    assert len(marks) * len(style.classes) == len(style.whole.weights)
    assert Reader(msgpack.decode(msgpack.encode(style), type=type(style))).place("words " * 20)


def test_plain_python_reads_as_the_learner_does():
    """The same scores but for the rounding of weights to a byte."""
    reader = Reader(learnt().style)
    for model in WRITERS:
        placed = reader.place(answer(model, "rivers", 99))
        assert placed.is_known
        assert learnt().style.classes[int(np.argmax(placed.scores))] == model
        assert sum(placed.scores) == pytest.approx(0, abs=1e-9)


def test_logistic_regression_reaches_its_minimum():
    """Oracle: the gradient at the minimum is nought, worked out from the weights themselves."""
    values = csr_matrix(random(60, 20, density=0.5, random_state=3).astype(np.float32))
    classes = np.arange(60) % 3
    fit = fitted(products_of(values), np.arange(60), classes, 3, steps=500)
    weights = weights_of(values, fit)
    scores = values @ weights
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    slope = values.T @ (likely - np.eye(3)[classes]) / 60 + 1e-4 * weights
    assert np.abs(slope).max() < 2e-4


def test_products_are_those_of_all_pairs():
    values = csr_matrix(random(50, 90, density=0.2, random_state=4).astype(np.float32))
    assert np.allclose(products_of(values), (values @ values.T).toarray(), atol=1e-5)


def test_likelihoods_are_normal_densities():
    """Oracle: scipy's, but for the constant that all share."""
    spread = Spread(
        axes=((1.0, 0.5), (0.0, 1.0)),
        centres=((1.0, 0.0), (-1.0, 0.5)),
        origin=(0.0, 0.0),
        within=(2.0, 1.0),
        topics=(0.3, 0.6),
        labs=(4.0, 1.5),
        kin=(1.0, 0.7),
        density=0.2,
    )
    scores = [[0.2, 0.4], [1.0, -0.2]]
    at = np.mean(scores, axis=0) @ np.array(spread.axes)
    noise = np.array(spread.within) / 2 + np.array(spread.topics) / 2
    nats = nats_of(scores, spread, ("a/one", "b/two"))
    known = [multivariate_normal.logpdf(at, c, np.diag(noise)) for c in spread.centres]
    other = multivariate_normal.logpdf(at, spread.origin, np.diag(noise + np.array(spread.labs)))
    mean = logsumexp(list(nats.models.values())) - np.log(2)
    assert mean - nats.other == pytest.approx(logsumexp(known) - np.log(2) - other)
    likely = log_softmax(np.array(scores), axis=1).sum(axis=0) + 0.2 * np.array(known)
    assert nats.models["a/one"] - nats.models["b/two"] == pytest.approx(likely[0] - likely[1])


def test_where_densities_do_not_hold_somebody_new_is_as_likely_as_before():
    nats = nats_of([[3.0, -3.0]], Spread(), ("a/one", "b/two"))
    assert nats.models["a/one"] - nats.models["b/two"] == pytest.approx(6.0)
    assert nats.models["a/one"] - nats.other == pytest.approx(np.log(2), abs=0.01)


def test_a_question_stays_whole_over_sets():
    asked = [
        Row(model="a/b", seen=Observation(), set=name, question=f"{name}_{n:02d}")
        for name in ("x", "y")
        for n in range(30)
    ]
    folds = folds_of(fold_keys(asked)).tolist()
    assert folds[:30] == folds[30:]
    assert len(set(folds)) == 4


def test_no_model_drowns_the_others():
    many = [structs.replace(rows()[0], question=str(n)) for n in range(20_000)]
    chosen = chosen_of([*many, *rows()[40:80]])
    assert len(chosen) <= 12_000
    assert {20_000 + n for n in range(40)} <= set(chosen)
