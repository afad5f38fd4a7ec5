"""Who is who among labs: one lab under several names, and labs that build on another's weights.

The names are those that stand before the slash where models are listed. A library keeps the one
that its data use (`settled`), so that a verdict is said in the words of whoever learnt it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

__all__ = ["base_of", "names_of", "settled", "title_of"]

_LABS: tuple[tuple[str, ...], ...] = (  # the title, then every name before a slash
    ("01.AI", "01-ai", "01ai"),
    ("AI21", "ai21", "ai21labs", "ai21-labs"),
    ("Ai2", "allenai", "ai2"),
    ("Alibaba (Qwen)", "qwen", "alibaba", "alibaba-nlp", "qwenlm", "tongyi"),
    ("Amazon", "amazon", "nova"),
    ("Ant Group", "inclusionai", "ant-group", "antgroup"),
    ("Anthropic", "anthropic", "claude"),
    ("Arcee AI", "arcee-ai", "arcee"),
    ("Baichuan", "baichuan", "baichuan-inc"),
    ("Baidu", "baidu", "ernie", "paddlepaddle"),
    ("ByteDance", "bytedance", "bytedance-seed", "bytedance-research", "doubao", "volcengine"),
    ("Cohere", "cohere", "cohereforai", "cohere-labs", "coherelabs"),
    ("Databricks", "databricks", "mosaicml"),
    ("Deep Cogito", "deepcogito"),
    ("DeepSeek", "deepseek", "deepseek-ai"),
    ("Google", "google", "gemini", "google-deepmind"),
    ("IBM", "ibm", "ibm-granite"),
    ("Inception Labs", "inception", "inceptionlabs"),
    ("Inflection AI", "inflection", "inflectionai"),
    ("Kuaishou", "kwaipilot", "kuaishou"),
    ("LG AI Research", "lgai-exaone", "lgai", "lg"),
    ("Liquid AI", "liquid", "liquidai"),
    ("Meituan", "meituan", "meituan-longcat"),
    ("Meta", "meta-llama", "meta", "llama", "facebook"),
    ("Microsoft", "microsoft"),
    ("MiniMax", "minimax", "minimaxai"),
    ("Mistral AI", "mistralai", "mistral", "mistral-ai"),
    ("Moonshot AI", "moonshotai", "moonshot", "moonshot-ai", "kimi"),
    ("Nous Research", "nousresearch", "nous"),
    ("NVIDIA", "nvidia"),
    ("OpenAI", "openai", "gpt"),
    ("Perplexity", "perplexity", "perplexity-ai"),
    ("Prime Intellect", "prime-intellect", "primeintellect"),
    ("Reka", "rekaai", "reka"),
    ("Shanghai AI Laboratory", "internlm", "opengvlab", "shanghai-ai-lab"),
    ("StepFun", "stepfun-ai", "stepfun"),
    ("Tencent", "tencent", "tencent-hunyuan", "hunyuan"),
    ("TII", "tiiuae", "tii"),
    ("TNG Technology", "tngtech", "tng"),
    ("Upstage", "upstage"),
    ("Writer Inc", "writer"),
    ("xAI", "x-ai", "xai", "xai-org", "grok"),
    ("Xiaomi", "xiaomi", "xiaomimimo", "mimo"),
    ("Zhipu AI (Z.ai)", "thudm", "z-ai", "zai-org", "zai", "zhipu", "zhipuai", "zhipu-ai", "glm"),
)
_OF = {name: row for row in _LABS for name in row[1:]}

_TUNES: tuple[tuple[str, str], ...] = (  # documented by who made them
    ("microsoft/mai-ds-r1*", "deepseek"),
    ("perplexity/r1-1776*", "deepseek"),
    ("perplexity/*llama*", "meta-llama"),
    ("perplexity/sonar", "meta-llama"),
    ("tngtech/*deepseek*", "deepseek"),
    ("tngtech/*chimera*", "deepseek"),
    ("deepseek/deepseek-r1-distill-llama*", "meta-llama"),
    ("deepseek/deepseek-r1-distill-qwen*", "qwen"),
    ("nvidia/*llama*", "meta-llama"),
    ("nvidia/*qwen*", "qwen"),
    ("nousresearch/hermes-3-llama*", "meta-llama"),
    ("nousresearch/hermes-4-70b*", "meta-llama"),
    ("nousresearch/hermes-4-405b*", "meta-llama"),
    ("nousresearch/hermes-2-mixtral*", "mistralai"),
    ("deepcogito/*llama*", "meta-llama"),
    ("deepcogito/*qwen*", "qwen"),
    ("deepcogito/*deepseek*", "deepseek"),
    ("microsoft/wizardlm-2-8x22b*", "mistralai"),
    ("arcee-ai/*coder*", "qwen"),
    ("arcee-ai/virtuoso*", "qwen"),
)


def names_of(lab: str) -> tuple[str, ...]:
    """Every name of the lab that has this one, the usual first; itself where nobody knows it."""
    row = _OF.get(lab.lower())
    return row[1:] if row else (lab,)


def title_of(lab: str) -> str:
    """Its name for people."""
    row = _OF.get(lab.lower())
    return row[0] if row else lab


def settled(models: Iterable[str]) -> Mapping[str, str]:
    """Each model's name with one name for each lab: the one that most of these models have.

    `z-ai/glm-5` beside nine of `thudm/…` becomes `thudm/glm-5`; alone it stays what it is.
    """
    names = sorted(set(models))
    spellings = Counter(name.partition("/")[0] for name in names)
    chosen: dict[str, str] = {}
    for lab in sorted(spellings, key=lambda each: (-spellings[each], each)):
        chosen.setdefault(names_of(lab)[0], lab)
    return {name: _renamed(name, chosen) for name in names}


def _renamed(name: str, chosen: Mapping[str, str]) -> str:
    lab, slash, model = name.partition("/")
    return f"{chosen[names_of(lab)[0]]}{slash}{model}"


def base_of(model: str) -> str:
    """The lab whose weights it is built on, by its usual name; empty where they are its own."""
    lab, _, name = model.lower().partition("/")
    plain = f"{names_of(lab)[0]}/{name}"
    return next((base for pattern, base in _TUNES if fnmatchcase(plain, pattern)), "")
