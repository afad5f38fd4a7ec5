"""A Llama in GLM-5's architecture, exactly, without training.

`source.py`: is it a Llama that fits, and which shape does it become; `exact.py`: its weights in
their new places; `indexer.py`: where sparse attention looks before anything is learned; `lift.py`:
these together, as a directory; `original.py` and `check.py`: the original itself, and the proof.

A trained indexer replaces, on each layer that has one, `self_attn.indexer.{wq_b.weight, wk.weight,
k_norm.weight, k_norm.bias, weights_proj.weight}`, and nothing else.
"""

__all__ = ["check", "exact", "indexer", "lift", "original", "source"]
