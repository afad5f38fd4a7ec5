"""The real upstreams that are imitated."""

from collections.abc import Mapping

from darkhorse.upstream.scripted.imitations.house import House
from darkhorse.upstream.scripted.imitations.houses.eastern import EASTERN_LABS
from darkhorse.upstream.scripted.imitations.houses.engines import ENGINES
from darkhorse.upstream.scripted.imitations.houses.hosts import HOSTS
from darkhorse.upstream.scripted.imitations.houses.labs import LABS

__all__ = ["HOUSES"]

HOUSES: Mapping[str, House] = {
    house.name: house for house in (*LABS, *EASTERN_LABS, *HOSTS, *ENGINES)
}
