"""The page for callers has every error that a client can be told, as the tree has it."""

from collections.abc import Iterator
from pathlib import Path

from darkhorse.base import errors

PAGE = Path(__file__).parents[2] / "docs" / "calling.md"
NEVER_SENT = {errors.ClientError, errors.ServerError, errors.ClientGone}


def tree(root: type[errors.DarkhorseError]) -> Iterator[type[errors.DarkhorseError]]:
    for each in root.__subclasses__():
        yield each
        yield from tree(each)


def row(error: type[errors.DarkhorseError]) -> str:
    retry = error.default_retry_after
    cells = (
        str(error.status),
        f"`{error.error_type}`",
        f"`{error.availability}`" if error.availability else "",
        "" if retry is None else f"{retry}, or as it says",
        error.default_message,
    )
    return "| " + " | ".join(cells) + " |"


def rows() -> list[str]:
    """One for each, by status."""
    told = [each for each in tree(errors.DarkhorseError) if each not in NEVER_SENT]
    return [row(each) for each in sorted(told, key=lambda each: each.status)]


def test_every_error_has_its_row():
    written = PAGE.read_text(encoding="utf-8").splitlines()
    head = next(at for at, line in enumerate(written) if line.startswith("| status |"))
    table = [line for line in written[head + 2 :][: len(rows()) + 1] if line.startswith("|")]
    assert table == rows()


def test_the_tree_is_whole():
    """A class that nobody lists would be missing on the page without a sound."""
    classes = [each for each in vars(errors).values() if isinstance(each, type)]
    own = {each for each in classes if issubclass(each, errors.DarkhorseError)}
    assert own - {errors.DarkhorseError} == set(tree(errors.DarkhorseError))
    assert len(rows()) > 20
