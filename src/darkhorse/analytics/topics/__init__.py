"""What a prompt is about, and in which language: local, small, the same answer every time."""

from darkhorse.analytics.topics.categories import CATEGORIES, Topic
from darkhorse.analytics.topics.languages import language_of
from darkhorse.analytics.topics.model import classify
from darkhorse.analytics.topics.quality import QUALITY, Quality

__all__ = ["CATEGORIES", "QUALITY", "Quality", "Topic", "classify", "language_of"]
