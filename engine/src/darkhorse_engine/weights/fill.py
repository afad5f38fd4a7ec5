"""Copies a checkpoint's tensors into a model, after checking that they are what it needs.

Nothing is read before every name and shape is right. Then each tensor is converted on its way into
the model's memory, an expert straight into its place among the packed ones.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from darkhorse_engine.model import Model, is_float32
from darkhorse_engine.weights.errors import WeightsError, first_few
from darkhorse_engine.weights.names import Placement, place
from darkhorse_engine.weights.source import Progress, Source

__all__ = ["fill"]


def fill(
    model: Model, source: Source, dtype: torch.dtype, progress: Progress | None = None
) -> None:
    """Gives a model made by `Model.empty` its weights, in `dtype`.

    Raises WeightsError for tensors that are missing, too many, or of another shape.
    """
    shapes = {name: weight.shape for name, weight in model.state_dict().items()}
    plan = {name: spot for name in source.entries if (spot := place(name, model.config))}
    _check(shapes, plan, source)
    weights = {
        name: torch.empty(shape, dtype=torch.float32 if is_float32(name) else dtype)
        for name, shape in shapes.items()
    }
    _copy(weights, plan, source, progress or (lambda _done, _of: None))
    model.load_state_dict(weights, assign=True)
    model.requires_grad_(requires_grad=False)


def _copy(
    weights: Mapping[str, Tensor],
    plan: Mapping[str, Placement],
    source: Source,
    progress: Callable[[int, int], None],
) -> None:
    done, of = 0, sum(source.entries[name].size for name in plan)
    progress(done, of)
    for name, (target, part) in plan.items():
        weights[target][part].copy_(source.read(name))
        done += source.entries[name].size
        progress(done, of)


def _check(shapes: Mapping[str, torch.Size], plan: Mapping[str, Placement], source: Source) -> None:
    unknown = [name for name, spot in plan.items() if spot.target not in shapes]
    if unknown:
        raise WeightsError(
            f"The checkpoint has {len(unknown)} tensors that its configuration has no place for: "
            f"{first_few(unknown)}. Is config.json of this checkpoint, and of type glm_moe_dsa?"
        )
    _check_shapes(shapes, plan, source)
    _check_whole(shapes, plan, source)


def _check_shapes(
    shapes: Mapping[str, torch.Size], plan: Mapping[str, Placement], source: Source
) -> None:
    wrong = []
    for name, (target, part) in plan.items():
        needed = _shape_of(shapes[target], part)
        if (found := source.entries[name].shape) != needed:
            wrong.append(f"{name} is {found}, not {needed}")
    if wrong:
        raise WeightsError(
            f"{len(wrong)} tensors are of another shape than the configuration says: "
            f"{first_few(wrong)}. Is config.json of this checkpoint?"
        )


def _check_whole(
    shapes: Mapping[str, torch.Size], plan: Mapping[str, Placement], source: Source
) -> None:
    """Each value of the model is to come from one tensor; experts may come in parts."""
    given: Counter[str] = Counter()
    for name, (target, _) in plan.items():
        given[target] += torch.Size(source.entries[name].shape).numel()
    if missing := [name for name, shape in shapes.items() if given[name] < shape.numel()]:
        raise WeightsError(
            f"{len(missing)} of {len(shapes)} tensors are missing or not whole: "
            f"{first_few(missing)}. Fetch the checkpoint's other files"
            f"{_hint(missing)}."
        )
    if twice := [name for name, shape in shapes.items() if given[name] > shape.numel()]:
        raise WeightsError(f"These are there twice, packed and in parts: {first_few(twice)}.")


def _hint(missing: list[str]) -> str:
    if missing == ["lm_head.weight"]:
        return ', or say "tie_word_embeddings": true in config.json if it has no head of its own'
    if all(".indexer." in name for name in missing):
        return ", or say in config.json (indexer_types) which layers share another's picks"
    return ""


def _shape_of(shape: torch.Size, part: tuple[int | slice, ...]) -> tuple[int, ...]:
    """Of that part of a tensor of `shape`; () where there is no such expert."""
    try:
        return tuple(torch.empty(shape, device="meta")[part].shape)
    except IndexError:
        return ()
