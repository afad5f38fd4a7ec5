"""A directory in Hugging Face's layout: `model.safetensors`, or shards and their index.

Files are mapped, not read: a tensor's bytes come in when they are copied out, so that loading
holds the model and about one tensor beside it. FP8 weights come out as float32 (`fp8`).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from darkhorse_engine.config import Config
from darkhorse_engine.weights import fp8
from darkhorse_engine.weights.errors import WeightsError, first_few
from darkhorse_engine.weights.source import Entry

__all__ = ["SafetensorsDir", "save"]

_MODE = 0o644

_SINGLE = "model.safetensors"
_INDEX = "model.safetensors.index.json"


class SafetensorsDir:
    """The tensors of a directory, by name (`source.Source`).

    Raises WeightsError, before anything is read, for a file that is missing or cut short.
    """

    def __init__(self, directory: Path) -> None:
        self._where = _where(directory)
        self._files = {path: _open(path) for path in sorted(set(self._where.values()))}
        absent = {name for name in self._where if name not in self._names_in(self._where[name])}
        if absent:
            raise WeightsError(
                f"{directory}: the index names tensors that their files lack: "
                f"{first_few(absent)}. They are of different downloads; fetch both again."
            )
        self.entries: Mapping[str, Entry] = {
            name: self._entry(name) for name in self._where if not self._is_scale(name)
        }

    def read(self, name: str) -> Tensor:
        """As stored, and still on disk until it is copied; FP8 as float32."""
        weight = self._tensor(name)
        if not fp8.is_fp8(weight.dtype):
            return weight
        scale = name + fp8.SCALE_SUFFIX
        if scale not in self._where:
            raise WeightsError(
                f"{name} is in fp8 and {scale} is missing; this engine reads fp8 with one scale "
                "for each block of 128 x 128."
            )
        try:
            return fp8.dequantise(weight, self._tensor(scale))
        except WeightsError as e:
            raise WeightsError(f"{name}: {e}") from None

    def _tensor(self, name: str) -> Tensor:
        tensor: Tensor = self._files[self._where[name]].get_tensor(name)
        return tensor

    def _names_in(self, path: Path) -> frozenset[str]:
        return frozenset(self._files[path].keys())

    def _is_scale(self, name: str) -> bool:
        weight = name.removesuffix(fp8.SCALE_SUFFIX)
        return weight != name and weight in self._where

    def _entry(self, name: str) -> Entry:
        part = self._files[self._where[name]].get_slice(name)
        shape = tuple(part.get_shape())
        return Entry(shape, _bits(part.get_dtype()) * torch.Size(shape).numel() // 8)


def save(
    directory: Path, config: Config, tensors: Mapping[str, Tensor], *, shard_bytes: int = 4 << 30
) -> None:
    """Writes `config.json` and the tensors, in files of about `shard_bytes` at most.

    The configuration comes last: a directory without one is not whole. Raises WeightsError where
    weights already lie there.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.glob("*.safetensors*")):
        raise WeightsError(f"{directory}: has weights already; name another, or empty it.")
    shards = _shards(tensors, shard_bytes)
    where: dict[str, str] = {}
    for number, names in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors" if shards[1:] else _SINGLE
        own = _own_memory({name: tensors[name] for name in names})
        save_file(own, directory / file, metadata={"format": "pt"})
        (directory / file).chmod(_MODE)  # the library lets nobody else read it
        where.update(dict.fromkeys(names, file))
    if shards[1:]:
        size = sum(tensor.nbytes for tensor in tensors.values())
        index = {"metadata": {"total_size": size}, "weight_map": where}
        (directory / _INDEX).write_text(json.dumps(index, indent=2) + "\n")
    (directory / "config.json").write_text(json.dumps(config.to_hf(), indent=2) + "\n")


def _shards(tensors: Mapping[str, Tensor], most: int) -> list[list[str]]:
    """Names in their order, a new shard where the next tensor would not fit."""
    shards: list[list[str]] = [[]]
    filled = 0
    for name, tensor in tensors.items():
        if shards[-1] and filled + tensor.nbytes > most:
            shards.append([])
            filled = 0
        shards[-1].append(name)
        filled += tensor.nbytes
    return shards


def _own_memory(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The format refuses tensors that share memory, or lie in it out of order."""
    seen: set[int] = set()
    own = {}
    for name, tensor in tensors.items():
        memory = tensor.untyped_storage()
        whole = memory.nbytes() == tensor.nbytes and memory.data_ptr() not in seen
        seen.add(memory.data_ptr())
        own[name] = tensor.contiguous() if whole else tensor.clone().contiguous()
    return own


def _where(directory: Path) -> dict[str, Path]:
    """The file of each tensor."""
    index = directory / _INDEX
    if not index.exists():
        single = directory / _SINGLE
        if not single.exists():
            raise WeightsError(
                f"{directory}: has neither {_SINGLE} nor {_INDEX}; name the directory of a "
                "checkpoint in Hugging Face's layout."
            )
        return dict.fromkeys(_open(single).keys(), single)
    files = _weight_map(index)
    missing = {file for file in set(files.values()) if not (directory / file).is_file()}
    if missing:
        raise WeightsError(f"{directory}: shards are missing: {first_few(missing)}. Fetch them.")
    return {name: directory / file for name, file in files.items()}


def _weight_map(index: Path) -> dict[str, str]:
    try:
        files = json.loads(index.read_text())["weight_map"]
        named = {str(name): str(file) for name, file in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WeightsError(f"{index}: not an index of shards; fetch it again.") from None
    if outside := {file for file in named.values() if Path(file).name != file}:
        raise WeightsError(f"{index}: shards have to lie beside it, not at {first_few(outside)}.")
    return named


def _open(path: Path) -> Any:
    try:
        return safe_open(path, framework="pt")
    except (SafetensorError, OSError) as e:
        raise WeightsError(f"{path}: damaged or cut short ({e}); fetch it again.") from None


def _bits(dtype: str) -> int:
    """Of one value, which the format's name for it tells: `F32`, `BF16`, `F8_E4M3`, …"""
    return 8 if dtype == "BOOL" else int(dtype.partition("_")[0].lstrip("BCFIU"))
