"""One rule of the cloak, and how to take it away."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """`file` is one of src/darkhorse; `old` stands there once. `tests`: paths below
    tests/, or node ids of them, with blanks between."""

    channel: str
    name: str
    file: str
    old: str
    new: str
    tests: str

    @property
    def words(self) -> tuple[str, ...]:
        """For pytest."""
        return tuple(f"tests/{each}" for each in self.tests.split())
