"""`darkhorse up`, with children.py in place of relay, keeper and pages.

house.py EVENTS {"name": "behaviour", …} OPTIONS…: the options are those of `darkhorse up`.
"""

import json
import sys
from pathlib import Path

from darkhorse.cli.up import up
from darkhorse.supervise.house import Place
from darkhorse.supervise.part import Part
from darkhorse.wiring.config import Config

CHILD = str(Path(__file__).with_name("children.py"))
events, children, *options = sys.argv[1:]


def parts(config: Config, place: Place) -> tuple[Part, ...]:
    facts = {"DARKHORSE_LISTEN_FD": str(place.listen_fd), "RUNTIME": str(place.runtime)}
    return tuple(
        Part(
            name=name,
            argv=(sys.executable, CHILD, events, name, behaviour),
            facts=facts,
            fds=(place.listen_fd, place.lock_fd),
            drain_s=config.server.drain_s,
            needed=name != "desk",
        )
        for name, behaviour in json.loads(children).items()
    )


up.main(options, obj=parts)
