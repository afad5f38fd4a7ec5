"""Journal files whose numbers say that they are packed, and whose frames say that they are not.

It comes about where a writer went on behind a mark that was older than what is packed.
"""

from pathlib import Path

from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.mark import PackedMark
from darkhorse.storage.ledger.packed.dropping import Held, compare

__all__ = ["give_numbers", "misnumbered"]


def misnumbered(
    directory: Path, mark: PackedMark, packed: Path, writer: str = "relay"
) -> list[tuple[JournalFile, Held]]:
    """Files up to the mark's number that hold more than what is packed, or something else.

    Raises ConfigError where packed bytes are damaged, OSError.
    """
    found = []
    for file in _own(directory, writer):
        if file.number > mark.number:
            break
        try:
            held = compare(file, mark, packed)
        except FileNotFoundError:
            continue  # let go since it was listed
        if held.ahead or held.other or held.given_up:
            found.append((file, held))
    return found


def give_numbers(directory: Path, mark: PackedMark, first: JournalFile) -> None:
    """Number `first`, and all files behind it, anew behind the mark's; their order stays.

    Broken off, it is begun again without harm.
    """
    files = [file for file in _own(directory, first.writer) if file.number >= first.number]
    shift = mark.number + 1 - first.number
    for file in reversed(files):
        file.path.rename(JournalFile(directory, file.writer, file.number + shift).path)


def _own(directory: Path, writer: str) -> list[JournalFile]:
    return [file for file in journal_files(directory) if file.writer == writer]
