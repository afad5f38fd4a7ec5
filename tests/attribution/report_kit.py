"""Cases to show: one of each level, and one that wants to break out."""

import math

from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods, Plot
from darkhorse.attribution.library.library import Lab, Library, Source
from darkhorse.attribution.verdict import NOBODY, Case, Verdict

AT = 1_795_376_273
HOSTILE = (
    "</pre></details><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "<img src=x onerror=alert(1)>",
    "</style><style>*{background:url(https://example.com)}",
    "{{ case.__class__ }} {% raw %}",
    "\u202egnp.exe\u0000\u001b[31m\u001b]0;owned\u0007",
    "\ud800 half a sign",
    "<!-- ]]> <svg onload=alert(1)>",
)
KNOWN = Library(
    version="4f1c",
    labs=(Lab(name="x-ai", title="xAI"), Lab(name="qwen", title="Alibaba")),
    sources=(
        Source(
            name="speechmap-data",
            url="https://github.com/xlr8harder/speechmap-data",
            licence="Apache-2.0",
            sha256="aa40",
            rows=14378,
        ),
    ),
)


def verdict(**fields):
    usual = {
        "outcome": "lab",
        "says": "Alibaba made it, and it is none of its models that the library knows.",
        "made_by": "Alibaba (Qwen 2 to 3 vocabulary, 16 of 16 prompts).",
        "writes_like": "Anthropic's models, at 71 % by style alone.",
        "lab": "qwen",
        "is_new": True,
        "posterior": {"qwen": 0.931, NOBODY: 0.052, "deepseek": 0.0164, "x-ai": 0.0006},
        "style": {"anthropic": 0.71, "qwen": 0.2, "openai": 0.09},
        "within": ("qwen",),
        "false_rate": 0.018,
        "would_change": ("Counts that fit another vocabulary on ten prompts or more.",),
    }
    return Verdict(**usual | fields)


def exhibit(**fields):
    usual = {
        "title": "Prompt tokens",
        "says": "16 of 16 prompts cost what `Qwen 2 to 3` says plus 8.",
        "head": ("vocabulary", "prompts that fit", "residual"),
        "rows": (("Qwen 2 to 3", "16 of 16", "8"), ("GPT-4o and later (o200k)", "3 of 16", "?")),
        "against": "A gateway may count anew; then o200k would fit.",
        "would_change": "Another constant residual.",
        "plot": Plot(
            title="Share that fits", unit="of 16", bars=(("Qwen 2 to 3", 1.0), ("o200k", 0.19))
        ),
    }
    return Exhibit(**usual | fields)


def evidence(signal="prompt-counts", reliability="exact", **fields):
    usual = {
        "exhibit": exhibit(),
        "likelihoods": (
            Likelihoods(level="family", nats={"Qwen 2 to 3": -3.0, "GLM-4": -41.0}, other=-35.5),
            Likelihoods(level="lab", nats={"qwen": -1.0, "z-ai": -1.2}, other=-1.5),
        ),
        "vetoed": (("family", "GLM-4"),),
    }
    return Evidence(signal=signal, reliability=reliability, **usual | fields)


def case(*evidence_, **fields):
    usual = {
        "verdict": verdict(),
        "findings": ("Counts are the model's own.",),
        "subject": "https://api.example/v1 as pony",
        "observations": 64,
        "calls": 66,
        "tokens": 12_345,
        "seconds": 31.4,
        "budget": "standard",
        "library": "4f1c",
        "version": "1.0",
        "at": AT,
    }
    style = evidence(
        "style", "strong", exhibit=exhibit(title="Style", rows=(), head=(), plot=None), vetoed=()
    )
    return Case(evidence=evidence_ or (style, evidence()), **usual | fields)


def hostile_case(text):
    """That text wherever a stranger's may stand."""
    shown = exhibit(
        title=text,
        says=text,
        head=(text, text),
        rows=((text, text),),
        against=text,
        would_change=text,
        plot=Plot(title=text, unit=text, bars=((text, 3.0), ("none", math.nan))),
    )
    odd = evidence(
        text,
        exhibit=shown,
        likelihoods=(Likelihoods(level="lab", nats={text: 4.0, "b": math.nan, "c": math.inf}),),
        vetoed=(("lab", text),),
        findings=(text,),
        broken=text,
    )
    told = verdict(
        says=text,
        made_by=text,
        writes_like=text,
        why=text,
        posterior={text: 0.9, NOBODY: math.nan},
        models={text: 1.0},
        style={text: math.inf},
        style_models={text: -1.0},
        within=(text,),
        would_change=(text,),
    )
    return case(odd, verdict=told, findings=(text,), subject=text, budget=text, library=text)
