"""An answer of a model that is known: what a library is learnt from."""

from msgspec import Struct

from darkhorse.attribution.observation import Observation

__all__ = ["Row"]


class Row(Struct, frozen=True, kw_only=True):
    """One answer. What is said of its maker stands in `model` alone, never in `seen`.

    `question` is its id within `set`, and where there is none, a hash of the prompt: the same
    question has the same one under every model.
    """

    model: str  # `lab/model`
    seen: Observation
    set: str = ""
    question: str = ""

    @property
    def lab(self) -> str:
        """What stands before the slash."""
        return self.model.partition("/")[0]
