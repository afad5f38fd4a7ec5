"""Against transformers' `GlmMoeDsaForCausalLM`: the same weights, the same numbers."""

from dataclasses import replace

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from parity.original import Original
from parity.running import logits, sets_of_picks

TINY = Config.preset("tiny")
CLOSE = 1e-4
"""Of float32 logits: the bound that the project has set itself."""
TIE = 1e-5
"""Scores so near to each other may fall either way."""


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Small shapes: mixed full and shared layers, dense and experts, groups, odd widths."""
    layers = draw(st.integers(1, 5))
    groups = draw(st.sampled_from([1, 2, 4]))
    rope = draw(st.sampled_from([8, 16]))
    return replace(
        TINY,
        num_hidden_layers=layers,
        num_attention_heads=draw(st.integers(1, 4)),
        q_lora_rank=draw(st.sampled_from([24, 32])),
        kv_lora_rank=draw(st.sampled_from([16, 32])),
        qk_nope_head_dim=draw(st.sampled_from([8, 24])),
        qk_rope_head_dim=rope,
        v_head_dim=draw(st.sampled_from([8, 16])),
        n_group=groups,
        topk_group=draw(st.integers(1, groups)),
        num_experts_per_tok=draw(st.integers(1, 2)),
        norm_topk_prob=draw(st.booleans()),
        first_k_dense_replace=draw(st.integers(0, layers)),
        # Fewer than 16 leave many scores at exactly 0, and then transformers itself is not of one
        # mind: its full and its cached forward pick differently.
        index_n_heads=draw(st.sampled_from([16, 32])),
        index_head_dim=draw(st.sampled_from([16, 32])),
        index_rope_dim=rope,
        index_topk=draw(st.sampled_from([1, 8, 16, 200])),
        indexer_types=(True, *draw(st.tuples(*[st.booleans()] * (layers - 1)))),
        num_nextn_predict_layers=0,
        tie_word_embeddings=draw(st.booleans()),
    )


@st.composite
def tokens(draw: st.DrawFn) -> torch.Tensor:
    source = torch.Generator().manual_seed(draw(st.integers(0, 2**20)))
    return torch.randint(0, TINY.vocab_size, (draw(st.integers(1, 90)),), generator=source)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    config=configs(), tokens=tokens(), seed=st.integers(0, 2**20), cuts=st.sets(st.integers(1, 89))
)
def test_logits_and_picks_are_those_of_transformers(
    config: Config, tokens: torch.Tensor, seed: int, cuts: set[int]
) -> None:
    ours = Model.random(config, seed)
    original = Original.of(ours)
    wanted = original.logits(tokens)
    if not _is_tied(original, config.index_topk):
        pieces = {cut for cut in cuts if cut < len(tokens)}
        assert (logits(ours, tokens) - wanted).abs().max() <= CLOSE
        assert (logits(ours, tokens, sorted(pieces)) - wanted).abs().max() <= CLOSE
    _compare_picks(ours, original, tokens)


def _is_tied(original: Original, topk: int) -> bool:
    """Is there a query whose last pick and the first it passed over have one score?"""
    return any(
        _edge_is_tied(row[: at + 1], topk)
        for heard in original.heard.values()
        for at, row in enumerate(heard.scores)
        if at >= topk
    )


def _edge_is_tied(scores: torch.Tensor, topk: int) -> bool:
    ranked = scores.sort(descending=True).values
    return bool(ranked[topk - 1] - ranked[topk] < TIE)


def _compare_picks(ours: Model, original: Original, tokens: torch.Tensor) -> None:
    """The first layer's alone where there are ties: what follows them hangs on how they fell."""
    topk = ours.config.index_topk
    found = sets_of_picks(ours, tokens)
    for layer, heard in original.heard.items():
        for row, mine in enumerate(found[layer]):
            query = row + topk
            theirs = set(heard.picks[query].tolist())
            scores = heard.scores[query]
            edge = min(scores[list(theirs)])
            assert len(mine) == topk
            assert all(abs(scores[at] - edge) < TIE for at in mine ^ theirs), (layer, query)
        if any(_edge_is_tied(heard.scores[at, : at + 1], topk) for at in range(topk, len(tokens))):
            return


def test_shared_layers_use_the_picks_of_the_last_full_one() -> None:
    config = replace(TINY, indexer_types=(True, True, False, True))
    tokens = torch.arange(100) * 7 % TINY.vocab_size
    found = sets_of_picks(Model.random(config, 5), tokens)
    assert found[2] == found[1] != found[0]
    assert found[3] != found[2]


def test_bfloat16_is_near() -> None:
    """Cosine and divergence, never closeness of single logits."""
    ours = Model.random(TINY, 11)
    tokens = torch.arange(16) * 31 % TINY.vocab_size
    whole = logits(ours, tokens)
    half = _in(torch.bfloat16, TINY)
    half.load_state_dict(ours.state_dict())
    rough = logits(half, tokens)
    cosine = torch.cosine_similarity(whole, rough, dim=-1)
    divergence = torch.nn.functional.kl_div(
        rough.log_softmax(-1), whole.softmax(-1), reduction="batchmean"
    )
    assert cosine.min() >= 0.999
    assert divergence <= 1e-3


def _in(dtype: torch.dtype, config: Config) -> Model:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        return Model(config)
    finally:
        torch.set_default_dtype(before)
