"""Every attack there is. Its author adds his line."""

from darkhorse.audit.attack import Attack
from darkhorse.audit.attacks.answers import AnswerCounts
from darkhorse.audit.attacks.borders import PieceBorders
from darkhorse.audit.attacks.cache import CacheAndCost
from darkhorse.audit.attacks.catalogue import Catalogue
from darkhorse.audit.attacks.context import ContextLimit
from darkhorse.audit.attacks.counts import PromptCounts, TemplateOverhead
from darkhorse.audit.attacks.dialects import Dialects
from darkhorse.audit.attacks.errors import Errors
from darkhorse.audit.attacks.fields import Fields
from darkhorse.audit.attacks.grammar import Grammar
from darkhorse.audit.attacks.headers import Headers
from darkhorse.audit.attacks.identity import Identity
from darkhorse.audit.attacks.language import Language
from darkhorse.audit.attacks.left_out import LeftOut
from darkhorse.audit.attacks.logprobs import Logprobs
from darkhorse.audit.attacks.media import MediaLimits
from darkhorse.audit.attacks.parameters import Parameters
from darkhorse.audit.attacks.pieces import PieceLengths
from darkhorse.audit.attacks.record import GenerationRecord
from darkhorse.audit.attacks.rhythm import Rhythm
from darkhorse.audit.attacks.routes import SideRoutes
from darkhorse.audit.attacks.streams import FEW
from darkhorse.audit.attacks.together import Together
from darkhorse.audit.attacks.transport import Transport
from darkhorse.audit.attacks.words_oracle import WordFilter

__all__ = ["ATTACKS", "QUICK"]

_BRIEF: tuple[Attack, ...] = (
    PromptCounts(),
    TemplateOverhead(),
    AnswerCounts(),
    Logprobs(),
    Fields(),
    Headers(),
    Grammar(),
    CacheAndCost(),
    PieceBorders(),
    Errors(),
    Parameters(),
    Catalogue(),
    GenerationRecord(),
    SideRoutes(),
    Transport(),
    MediaLimits(),
)

ATTACKS: tuple[Attack, ...] = (
    *_BRIEF,
    Dialects(),
    ContextLimit(),
    Identity(),
    Together(),
    WordFilter(),
    Language(),
    Rhythm(),
    PieceLengths(),
)

QUICK: tuple[Attack, ...] = (
    *_BRIEF,
    Dialects(texts=1),
    LeftOut(ContextLimit()),
    Identity(is_quick=True),
    Together("quick"),
    WordFilter(),
    Language(times=1, is_quick=True),
    Rhythm(FEW),
    PieceLengths(FEW),
)
"""The same without prompts as long as the context; fewer questions, repeats and streams."""
