"""What a model wrote, as something a browser may show: nothing in it is trusted."""

from darkhorse.web.answers.artefacts import artefact_response
from darkhorse.web.answers.markdown import MOST, answer_html

__all__ = ["MOST", "answer_html", "artefact_response"]
