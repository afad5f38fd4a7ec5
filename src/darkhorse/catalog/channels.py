"""Every known way in which an anonymous model can be told, and what is done about each.

docs/anonymity.md is made from this. The first 34 are published cases and our own threat model; the
others were found on the way. The audit names its findings by the same words. Pure data.
"""

from darkhorse.catalog.channel import Channel
from darkhorse.catalog.channels_around import AROUND
from darkhorse.catalog.channels_of_answers import OF_ANSWERS

__all__ = ["CHANNELS"]

CHANNELS: tuple[Channel, ...] = (*OF_ANSWERS, *AROUND)
