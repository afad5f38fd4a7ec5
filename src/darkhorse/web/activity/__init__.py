"""My activity: what one key was used for, for whoever has it in their browser."""

from darkhorse.web.activity.routes import Means, activity_routes

__all__ = ["Means", "activity_routes"]
