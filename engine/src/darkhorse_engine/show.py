"""The arithmetic of a shape: parameters, cache, and what one decoded token costs at any context.

From the configuration alone: neither weights nor torch are needed. A multiplication and an addition
are two FLOPs; norms, softmax, activations and rotary positions are left out, as is usual.

*Total* counts every parameter of the model; the MTP block is stated beside it. *Active* is what a
decoded token goes through: embedding and head whole, all attention with its indexers, dense MLPs,
gates, shared experts and the routed experts chosen. That is how GLM-5's "744B-A40B" is counted.
"""

from dataclasses import dataclass

from darkhorse_engine.config import Config

__all__ = ["CONTEXTS", "Cost", "Parameters", "cache_bytes", "cost", "parameters"]

CONTEXTS = (1024, 2048, 8192, 32_768, 131_072, 200_000)
"""Tokens, where a cost is shown unless others are asked for."""

_NUMBER = 2
"""Bytes of a weight or of a cached value: bfloat16."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Counts of numbers. `mtp` is in neither `total` nor `active`."""

    total: int
    active: int
    embedding: int
    head: int
    """0 where it is tied to the embedding."""
    attention: int
    indexers: int
    dense_mlp: int
    experts: int
    """Routed and shared, and their gates."""
    norms: int
    """Outside of attention."""
    mtp: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one decoded token that sees `context` tokens, itself included. FLOPs and bytes read."""

    context: int
    weights_flops: int
    index_flops: int
    sparse_flops: int
    """Attention to what was picked."""
    dense_flops: int
    """Attention to everything; then no index is scored."""
    weights_bytes: int
    index_bytes: int
    sparse_bytes: int
    dense_bytes: int
    cache_bytes: int
    """Held for the context, whatever is read of it."""

    @property
    def flops(self) -> int:
        """As this engine runs it, sparsely."""
        return self.weights_flops + self.index_flops + self.sparse_flops

    @property
    def bytes(self) -> int:
        """Read as this engine runs it, sparsely."""
        return self.weights_bytes + self.index_bytes + self.sparse_bytes

    @property
    def saved(self) -> float:
        """How many times more FLOPs dense attention takes than index and sparse attention."""
        return self.dense_flops / (self.index_flops + self.sparse_flops)


def parameters(config: Config) -> Parameters:
    """Everything that `Model(config)` has, by kind."""
    layers = range(config.num_hidden_layers)
    sparse = sum(not config.is_dense(layer) for layer in layers)
    parts = {
        "embedding": config.vocab_size * config.hidden_size,
        "head": 0 if config.tie_word_embeddings else config.vocab_size * config.hidden_size,
        "attention": len(layers) * _attention(config),
        "indexers": sum(config.indexer_types) * _indexer(config),
        "dense_mlp": (len(layers) - sparse) * _swiglu(config, config.intermediate_size),
        "experts": sparse * _experts(config, config.n_routed_experts),
        "norms": (2 * len(layers) + 1) * config.hidden_size,
    }
    idle = config.n_routed_experts - config.num_experts_per_tok
    total = sum(parts.values())
    return Parameters(
        total=total,
        active=total - sparse * idle * _swiglu(config, config.moe_intermediate_size),
        mtp=config.num_nextn_predict_layers * _mtp(config),
        **parts,
    )


def cache_bytes(config: Config) -> int:
    """Of one token, in bfloat16, without the MTP block."""
    keys = sum(config.indexer_types) * config.index_head_dim
    return _NUMBER * (config.num_hidden_layers * config.latent_width + keys)


def cost(config: Config, context: int) -> Cost:
    """A decoded token without MTP, attention absorbed, weights and cache in bfloat16.

    Where nothing is to be picked from (`context` up to index_topk), no index is scored.
    """
    layers, indexers = config.num_hidden_layers, sum(config.indexer_types)
    seen = min(context, config.index_topk)
    scored = 0 if context <= config.index_topk else context * indexers
    dot = 2 * config.num_attention_heads * (config.latent_width + config.kv_lora_rank)
    index_dot = 2 * config.index_n_heads * config.index_head_dim
    latent = _NUMBER * config.latent_width
    weights = _multiplied(config)
    return Cost(
        context=context,
        weights_flops=2 * weights,
        index_flops=index_dot * scored,
        sparse_flops=dot * layers * seen,
        dense_flops=dot * layers * context,
        weights_bytes=_NUMBER * weights,
        index_bytes=_NUMBER * config.index_head_dim * scored,
        sparse_bytes=latent * layers * seen,
        dense_bytes=latent * layers * context,
        cache_bytes=cache_bytes(config) * context,
    )


def _multiplied(config: Config) -> int:
    """Active parameters that a token is multiplied with: of an embedding it takes one row."""
    counted = parameters(config)
    return counted.active - (0 if config.tie_word_embeddings else counted.embedding)


def _attention(config: Config) -> int:
    heads, hidden = config.num_attention_heads, config.hidden_size
    query = config.q_lora_rank * (hidden + 1 + heads * config.qk_head_dim)
    latent = hidden * config.latent_width + config.kv_lora_rank
    expanded = config.kv_lora_rank * heads * (config.qk_nope_head_dim + config.v_head_dim)
    return query + latent + expanded + heads * config.v_head_dim * hidden


def _indexer(config: Config) -> int:
    queries = config.q_lora_rank * config.index_n_heads * config.index_head_dim
    key = config.index_head_dim * (config.hidden_size + 2)  # its norm has a bias
    return queries + key + config.index_n_heads * config.hidden_size


def _swiglu(config: Config, inner: int) -> int:
    return 3 * config.hidden_size * inner


def _experts(config: Config, routed: int) -> int:
    gate = config.n_routed_experts * (config.hidden_size + 1)  # and its correction bias
    each = _swiglu(config, config.moe_intermediate_size)
    return gate + (routed + config.n_shared_experts) * each


def _mtp(config: Config) -> int:
    """A whole block with an indexer, what joins its two inputs, and three norms more."""
    hidden = config.hidden_size
    if config.is_dense(config.num_hidden_layers):
        mlp = _swiglu(config, config.intermediate_size)
    else:
        mlp = _experts(config, config.n_routed_experts)
    return _attention(config) + _indexer(config) + mlp + 2 * hidden * hidden + 5 * hidden
