"""`darkhorse up` with one of its processes under cProfile.

profiled.py NAME FILE OPTIONS…: the options are those of `darkhorse up`; when the process ends, what
it did lies in FILE. It runs a few times slower meanwhile, so look at shares, not at times.
"""

import sys

from msgspec import structs

from darkhorse.cli.up import up
from darkhorse.supervise import house
from darkhorse.supervise.part import Part
from darkhorse.wiring.config import Config

name, file, *options = sys.argv[1:]


def parts(config: Config, place: house.Place) -> tuple[Part, ...]:
    return tuple(_profiled(part) for part in house.parts(config, place))


def _profiled(part: Part) -> Part:
    if part.name != name:
        return part
    python, *rest = part.argv
    at = rest.index("-m")  # what is before it is Python's own
    argv = (python, *rest[:at], "-m", "cProfile", "-o", file, *rest[at:])
    return structs.replace(part, argv=argv)


up.main(options, obj=parts)
