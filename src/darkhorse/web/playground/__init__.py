"""The playground: live listings, tried in a browser with a key that no script can read."""

from darkhorse.web.playground.own_key import Held, OwnKeys
from darkhorse.web.playground.routes import playground_routes

__all__ = ["Held", "OwnKeys", "playground_routes"]
