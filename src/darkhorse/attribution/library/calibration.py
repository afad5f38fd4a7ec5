"""What a posterior and a verdict are calibrated with, on makers left out."""

from msgspec import Struct

__all__ = ["Calibration", "Step", "at"]


class Step(Struct, frozen=True):
    """A value that was learned for so many answers."""

    answers: int
    value: float


class Calibration(Struct, frozen=True, kw_only=True):
    """Defaults are cautious guesses, for a library of too few labs to learn from.

    Probabilities are of labs.
    """

    nobody: float = 0.25  # prior of a lab that is not in the library
    new: float = 0.4  # prior, within a lab, of a model that is not in the library
    weight: tuple[Step, ...] = (Step(1, 0.6),)  # what a nat of style is worth
    novelty: tuple[Step, ...] = (Step(1, 0.0),)  # nats of style to add for a lab that is new
    sibling: tuple[Step, ...] = (Step(1, 0.0),)  # the same for a known lab's model that is new
    exact_bar: tuple[Step, ...] = (Step(1, 0.9),)  # least probability of a name exact signals bear
    mixed_bar: tuple[Step, ...] = (Step(1, 0.99),)  # where exact signals allow it and no more
    style_bar: tuple[Step, ...] = (Step(1, 0.99),)  # where no exact signal says anything
    model_bar: float = 0.8
    none_bar: float = 0.8
    exact_mass: float = 0.98  # of the 90 % set
    style_mass: tuple[Step, ...] = (Step(1, 0.995),)
    false_rate: float = 0.02  # what the bars were set for
    false_rates: tuple[Step, ...] = ()  # what it was in fact, of labs that had no part in them
    labs: int = 0  # left out in turn to set them; 0: these are defaults

    def stated(self, answers: int) -> float:
        """How often somebody unknown was given a name; 0: nobody measured it."""
        return 0.0 if not self.labs else max(self.false_rate, at(self.false_rates, answers))


def at(steps: tuple[Step, ...], answers: int) -> float:
    """The value for so many answers: that of the greatest step not above it, else of the first."""
    fitting = [each.value for each in steps if each.answers <= answers]
    return fitting[-1] if fitting else steps[0].value if steps else 0.0
