"""Kingfisher, MongoDB's scanner for secrets, asked about texts rather than about a repository.

It is a program, made for files: each text is written to a file of its own, in a folder that only
we can read and that is gone afterwards. It is told to look nothing up anywhere, and given an
environment that knows of no proxy and no home. Its rules look for the end of a key at a space or a
quote, and it may tell only one of several findings of a line, so each file holds the text twice,
the second time one word a line; and the caller asks again until nothing is found. A key that is
planted in a file of its own must be found each time: silence is not taken for an answer.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import kingfisher
import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError

__all__ = ["Finding", "Kingfisher"]

_BETWEEN = re.compile(r"[\s,;()\[\]{}<>|`]|[^\x00-\x7f]|[.:!?](?=[\s,;)\]}>\"']|$)")
_APART = "\n" * 10  # more lines than any rule looks across
_LEAD = b"-\n"  # no text is taken for an archive by its first letters
_FOUND = 200  # its exit status where something was found


class Finding(Struct, frozen=True):
    """A rule's name, and the words it found in a text."""

    rule: str
    words: str


class _Rule(Struct, frozen=True):
    id: str = ""


class _Place(Struct, frozen=True):
    snippet: str
    path: str


class _Line(Struct, frozen=True):
    """One line of its report; the last is an account of the run."""

    rule: _Rule = _Rule()
    finding: _Place | None = None


_line = msgspec.json.Decoder(_Line)


class Kingfisher:
    """`cache` keeps its compiled rules (they take five seconds), `work` what is being scanned."""

    def __init__(self, *, cache: Path, work: Path) -> None:
        self._cache = cache.absolute()  # it is run in a directory of its own
        self._work = work.absolute()

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """What it finds in each. What it finds in one text depends on no other.

        Raises ConfigError where it cannot be run.
        """
        if not texts:
            return []
        found: list[list[Finding]] = [[] for _ in texts]
        with self._laid_out(texts) as folder:
            missed = True
            for line in self._report(folder):
                if line.finding is None:
                    continue
                name = Path(line.finding.path).name
                if name == _CANARY:
                    missed = False
                else:
                    number = int(name.removesuffix(".txt"))
                    found[number].append(Finding(line.rule.id, line.finding.snippet))
        if missed:
            raise ConfigError(
                f"{kingfisher.get_binary_path()}: did not find the key that was planted for it. "
                f"{_REMEDY}"
            )
        return found

    @contextmanager
    def _laid_out(self, texts: Sequence[str]) -> Iterator[Path]:
        """A folder with a file for each text; gone afterwards."""
        try:
            for each in (self._cache, self._work):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = tempfile.TemporaryDirectory(dir=self._work, prefix="scan-")
        except OSError as e:
            raise _unwritten(self._work, e) from None
        with made as name:
            folder = Path(name)
            try:
                for number, text in enumerate(texts):
                    _write(folder / f"{number}.txt", text)
                _write(folder / _CANARY, _PLANTED)
            except OSError as e:
                raise _unwritten(folder, e) from None
            yield folder

    def _report(self, folder: Path) -> Iterator[_Line]:
        command = [kingfisher.get_binary_path(), "scan", *_OPTIONS, str(folder)]
        environment = {
            "HOME": str(folder.parent),
            "TMPDIR": str(folder.parent),
            "PATH": os.defpath,
            "KF_RULE_CACHE_DIR": str(self._cache),
        }
        try:
            done = subprocess.run(  # noqa: S603 (a program of our own requirements)
                command, env=environment, capture_output=True, check=False, cwd=folder.parent
            )
        except OSError as e:
            raise ConfigError(f"{command[0]}: cannot be run ({e.strerror}). {_REMEDY}") from None
        if done.returncode not in (0, _FOUND):
            raise ConfigError(f"{command[0]}: ended with status {done.returncode}. {_REMEDY}")
        return (_line.decode(each) for each in done.stdout.splitlines() if each.startswith(b"{"))


_REMEDY = (
    "Nothing is exported unmasked; install it again with `scripts/install .venv run`, or leave "
    "masking out with --keep-secrets."
)
_CANARY = "planted.txt"
_PLANTED = "GITHUB_TOKEN=ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"  # nobody's
_OPTIONS = (
    "--no-update-check",
    "--no-validate",
    "--quiet",
    "--format=jsonl",
    "--no-dedup",  # the same key in another text is a finding too
    "--confidence=low",
    "--turbo",
    "--no-base64",
    "--no-extract-archives",
    "--git-history=none",
    "--max-file-size=0",
)


def _unwritten(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{path}: cannot be written ({error.strerror}); make room there, and the same command goes "
        "on."
    )


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        apart = f"{text}{_APART}{_BETWEEN.sub(chr(10), text)}"
        file.write(_LEAD + apart.encode(errors="replace"))
