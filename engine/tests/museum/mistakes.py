"""The collection."""

from museum.mutants import Mistake

__all__ = ["IN_ATTENTION", "IN_DRAFTS"]

IN_ATTENTION = (
    Mistake(
        "index heads rotated in half-split order",
        "attention",
        "interleaved=self.config.indexer_rope_interleave,",
        "interleaved=False,",
        "DeepSeek-V3.2's layout on GLM's weights: gibberish beyond index_topk, perfect below "
        "(mlx-lm#1453, ik_llama.cpp#2099, transformers#46842)",
        hides=True,
    ),
    Mistake(
        "the last dimensions of an index head rotated",
        "attention",
        "width = self.config.index_rope_dim",
        "width = self.config.index_rope_dim; x = x.roll(width, -1)",
        "MLA has position last, the indexer has it first",
        hides=True,
    ),
    Mistake(
        "IndexShare ignored",
        "model",
        "x, picks = block(x, by, step, picks)",
        "x, picks = block(x, by, step, picks if picks is None else (None,) * len(picks))",
        "shared layers attend densely (mlx-lm#1418, llama.cpp#24770)",
        hides=True,
    ),
    Mistake(
        "index scores weighed in bfloat16",
        "attention",
        "weights = self.weights_proj(",
        "weights = (lambda x: self.weights_proj.bfloat16()(x.bfloat16()).float())(",
        "flips picks (axolotl#3832)",
        hides=True,
    ),
    Mistake(
        "no ReLU",
        "sparse",
        ".relu_()",
        "",
        "the weighted sum of products is then one product: the heads are for nothing",
        hides=True,
    ),
    Mistake(
        "RMSNorm on index keys",
        "attention",
        "self.k_norm = nn.LayerNorm(config.index_head_dim, eps=1e-6).requires_grad_(False)",
        "self.k_norm = Norm(config.index_head_dim, 1e-6)",
        "every other norm of the model is one; this one has a bias and takes the mean away",
        hides=True,
    ),
    Mistake(
        "index keys not kept while everything is attended to",
        "attention",
        "self.indexer.remember(h, turns, keys, step.slots)",
        "late = step.positions >= self.config.index_topk; "
        "self.indexer.remember(h[late], turns[late], keys, step.slots[late])",
        "the fast path below index_topk has to store keys all the same (sglang#31324)",
        hides=True,
    ),
    Mistake(
        "picks from the future",
        "attention",
        "scores.masked_fill_(_future(len(queries), first, scores.shape[1]), -torch.inf)",
        "pass",
        "a prompt's picks without the causal mask",
        hides=True,
    ),
    Mistake(
        "dense one token too long",
        "attention",
        "return min(max(topk - span.start, 0), span.count)",
        "return min(max(topk + 1 - span.start, 0), span.count)",
        "a border taken for the next (vLLM#47827, TensorRT-LLM#15295 crash there)",
        hides=True,
    ),
    Mistake(
        "absorbed attention scaled by the latent's width",
        "attention",
        "sparse.attend(inside, latents, rows, rank, self._scale)",
        "sparse.attend(inside, latents, rows, rank, inside.shape[-1] ** -0.5)",
        "the scale is that of expanded heads, whatever the form",
        hides=True,
    ),
    Mistake(
        "positions of each chunk from 0",
        "cache",
        "positions = torch.cat([torch.arange(span.start, span.end) for span in spans])",
        "positions = torch.cat([torch.arange(span.count) for span in spans])",
        "chunked prefill that forgets where it is",
    ),
    Mistake(
        "latents kept before their norm",
        "attention",
        "torch.cat([self.kv_a_layernorm(kv[:, :rank]), turned[:, -1]], dim=-1)",
        "torch.cat([kv[:, :rank], turned[:, -1]], dim=-1)",
        "what is read from the cache is not normed again",
    ),
    Mistake(
        "the rotated key normed too",
        "attention",
        "kv[:, None, rank:]], dim=1)",
        "F.rms_norm(kv[:, None, rank:], kv[0, rank:].shape)], dim=1)",
        "kv_a_layernorm is of the latent alone",
    ),
    Mistake(
        "latent norms with the model's epsilon",
        "attention",
        "self.kv_a_layernorm = Norm(rank, config.latent_norm_eps)",
        "self.kv_a_layernorm = Norm(rank, config.rms_norm_eps)",
        "1e-5 for transformers' 1e-6: greedy text does not see it",
    ),
    Mistake(
        "the gate's bias in the weights",
        "experts",
        "weights = scores.gather(1, chosen)",
        "weights = (scores + self.e_score_correction_bias).gather(1, chosen)",
        "the bias chooses and does not weigh",
    ),
    Mistake(
        "the gate's bias forgotten",
        "experts",
        "choice = self._in_best_groups(scores + self.e_score_correction_bias)",
        "choice = self._in_best_groups(scores)",
        "experts chosen by score alone",
    ),
    Mistake(
        "softmax scores in the gate",
        "experts",
        ".sigmoid()",
        ".softmax(-1)",
        "DeepSeek-V2's gate",
    ),
    Mistake(
        "experts' sum not scaled",
        "experts",
        "return chosen, weights * config.routed_scaling_factor",
        "return chosen, weights",
        "routed_scaling_factor is 2.5",
    ),
    Mistake(
        "a group counts as its best expert",
        "experts",
        "groups.topk(2, dim=-1).values.sum(-1)",
        "groups.amax(-1)",
        "noaux_tc sums the best two",
    ),
    Mistake(
        "gate and up the wrong way round",
        "experts",
        "gate, up = F.linear",
        "up, gate = F.linear",
        "packed experts have gate first",
    ),
)

IN_DRAFTS = (
    Mistake(
        "the next draft is given the raw state",
        "model",
        "return normed",
        "return x",
        "DeepSeek's carry on GLM's weights: second drafts are right one time in ten "
        "(vllm-project/vllm#46075)",
    ),
    Mistake(
        "hidden state before embedding",
        "model",
        "joined = torch.cat([self.enorm(embedded), self.hnorm(hidden)], dim=-1)",
        "joined = torch.cat([self.hnorm(hidden), self.enorm(embedded)], dim=-1)",
        "eh_proj has the embedding's columns first",
    ),
    Mistake(
        "norms of embedding and hidden state exchanged",
        "model",
        "joined = torch.cat([self.enorm(embedded), self.hnorm(hidden)], dim=-1)",
        "joined = torch.cat([self.hnorm(embedded), self.enorm(hidden)], dim=-1)",
        "both have the same shape, so nothing complains",
    ),
)
