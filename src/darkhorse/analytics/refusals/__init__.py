"""Does an answer decline to do what was asked? By rule, on its beginning. Pure.

A refusal is somebody who will not: "I can't help with that", "this goes against my guidelines". No
refusal is somebody who cannot find, open or know something, who has not been given it, who says it
is sorry for another reason, who quotes or translates a refusal in quotation marks; nor one that
does not say who made it, or what its instructions are, which is what these models are told.

Covered: English, Chinese, Spanish, Russian, German, French, Portuguese, Japanese. Not covered: a
refusal further on in an answer, one that only changes the subject, one inside a story.
"""

from darkhorse.analytics.refusals.recogniser import is_refusal

__all__ = ["is_refusal"]
