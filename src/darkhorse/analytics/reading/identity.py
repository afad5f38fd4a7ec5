"""Does a text ask who or what the model is, who made it, or for its prompt?

By rule, in the languages of the classifier and four more, for what is too short for a classifier.
Pure.
"""
# ruff: noqa: E501, RUF001  a rule is read in one line; letters are those of its language

import re

__all__ = ["asks_who"]

_FIRST, _LAST = 400, 200  # characters

_MADE = "made|built|created|trained|developed|designed|programmed|owns|invented"
_MODELS = "model|ai|llm|version|engine|bot|assistant|chatbot|language model|gpt|neural network"
_NAMES = "chatgpt|gpt|claude|gemini|llama|mistral|deepseek|qwen|grok|kimi|文心|通义|豆包|yandexgpt|gigachat"
_SHOW = r"\b(?:print|reveal|show|tell|give|repeat|output|dump|leak|share|display|paste)\b"
_YOURS = r"(?:all (?:of )?)?(?:your|the (?:full|entire|whole|exact|hidden|verbatim))"
_RULES = (
    ("who ", rf"\bwho(?: \w+)? (?:{_MADE}|is behind) (?:you|u)\b(?! (?:think|feel|do|want|say))"),
    (
        "ou",
        rf"\b(?:what|which)(?: \w+){{0,3}} (?:{_MODELS})(?: \w+){{0,2}} (?:are|r|is) (?:you|u|this)\b",
    ),
    (
        " you",
        rf"\b(?:what|which) (?:company|lab|organi[sz]ation|team|firm)(?: \w+)? (?:{_MADE}) you\b",
    ),
    ("ou", r"\b(?:who|what) (?:are|r) (?:you|u)(?: really| exactly| actually)?\s*(?:[?!.,]|$)"),
    (
        "are ",
        rf"\bare (?:you|u) (?:really |actually |secretly |just |based on |a |an |the |real )*(?:{_NAMES}|human|bot\b|ai\b|robot|person\b)",
    ),
    ("yourself", r"^\W*(?:please )?(?:introduce|describe) yourself\b"),
    (
        "你",
        rf"你(?:就是|是不是|其实是|是)(?:{_NAMES}|真人|机器人)|^\W*(?:请)?(?:先)?(?:自我介绍|介绍一下你自己)",
    ),
    ("忽略", r"忽略.{0,16}(?:指令|指示|提示).{0,40}(?:身份|提示词|系统|名字|模型|你是谁)"),
    (
        "te ",
        r"\bqu[eé] (?:empresa|compañ[ií]a|laboratorio) te (?:cre|hizo|entren|desarroll)|\bc[oó]mo te llamas\b",
    ),
    (
        "instrucciones",
        r"\b(?:ignora|olvida)\b.{0,40}\binstrucciones\b.{0,80}\b(?:tu|tus) (?:\w+ )?(?:nombre|prompt|instrucciones|identidad)",
    ),
    ("теб", r"\bкак тебя зовут\b|\bкакая (?:компания|фирма|лаборатория) тебя "),
    (
        "инструкци",
        r"\b(?:забудь|игнорируй|проигнорируй)\b.{0,40}инструкци.{0,80}\b(?:сво\w+|твой) (?:\w+ )?(?:имя|промпт|инструкци)",
    ),
    (
        "eres",
        rf"\beres (?:realmente |en realidad |un |una )*(?:{_NAMES}|bot\b|robot|humano|persona real)",
    ),
    ("ты", rf"\bты (?:это |на самом деле |правда )?(?:{_NAMES}|бот|робот|человек)\b"),
    (
        "your",
        r"\bwhat(?:'s| is) your (?:real |true |actual )?(?:name|model|identity|knowledge cut-?off|system prompt|training cut-?off)\b",
    ),
    (
        "prompt",
        rf"{_SHOW} (?:me )?{_YOURS} (?:system |initial |hidden |original |secret |developer )?prompt\b",
    ),
    (
        "instructions",
        rf"{_SHOW} (?:me )?{_YOURS} (?:system|initial|hidden|original|secret|developer) instructions\b",
    ),
    (
        "or",
        r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|earlier)\b.{0,20}\b(?:instructions|prompts?|rules)\b.{0,80}\b(?:prompt|instructions|who|identity|model|reveal)",
    ),
    (
        "你",
        r"你(?:到底|究竟|真的)?(?:是|叫)(?:谁|什么(?:名字|模型|ai|版本|大模型)|哪个(?:模型|公司)|哪家)",
    ),
    (
        "您",
        r"您(?:到底|究竟|真的)?(?:是|叫)(?:谁|什么(?:名字|模型|ai|版本|大模型)|哪个(?:模型|公司)|哪家)",
    ),
    (
        "谁",
        r"谁(?:开发|创造|训练|制造|设计|研发)(?:了|出)?(?:你|您)|(?:你|您)(?:是|由)谁(?:开发|创造|训练|制造|研发|做)",
    ),
    ("公司", r"(?:你|您)(?:是|由)?(?:哪家公司|哪个公司|什么公司)(?:开发|创造|训练|制造|研发|做)"),
    (
        "的",
        r"(?:你|您)的(?:系统|初始|完整|内部|隐藏)*(?:提示词?|指令|系统消息).{0,12}(?:是什么|告诉|发|输出|打印|给我)",
    ),
    (
        "系统",
        r"(?:输出|告诉|打印|重复|显示|泄露|展示).{0,12}(?:你|您)的?.{0,6}系统(?:提示|指令)|(?:输出|打印|泄露)(?:完整的?)?系统提示",
    ),
    ("qui", r"\bqui[eé]n te (?:hizo|cre[oó]|entren[oó]|desarroll[oó]|program[oó]|dise[nñ][oó])"),
    (
        "e",
        r"\bqu[eé] (?:modelo|ia|versi[oó]n|inteligencia artificial)(?: \w+){0,3} (?:eres|sos|es usted)\b",
    ),
    ("s", r"\b(?:qui[eé]n|qu[eé]) (?:eres|sos)(?: t[uú]| realmente)?\s*(?:[?!.,]|$)"),
    (
        "tu",
        r"\btus? (?:prompt|instrucciones|mensaje)(?: \w+)? (?:del? sistema|iniciales|ocultas)\b",
    ),
    (
        "кто ",
        r"\bкто (?:тебя|вас) (?:\w+ )?(?:создал|сделал|разработал|обучил|придумал|написал|натренировал)",
    ),
    (
        "кто",
        r"\b(?:ты|вы) кто\b|\bкто (?:ты|вы)(?: такой| такая| такие| на самом деле)?\s*(?:[?!.,]|$)",
    ),
    (
        "ты",
        r"\b(?:какая|какой|что) ты (?:это )?(?:за )?(?:\w+ )?(?:модель|нейросеть|нейронка|версия|ии)\s*(?:[?!.,]|$)|\bкакая (?:\w+ )?(?:модель|нейросеть) ты\b",
    ),
    (
        "систем",
        r"\b(?:тво\w+|ваш\w+|покажи|выведи|напиши|повтори|раскрой)(?: \w+){0,3} системн\w+ (?:промпт|инструкци|подсказк)",
    ),
    (
        "dich",
        r"\bwer (?:hat|haben) dich (?:\w+ )?(?:gemacht|erschaffen|entwickelt|trainiert|gebaut|programmiert)",
    ),
    (
        "bist du",
        r"\bwelche[sr]? (?:\w+-?)?(?:modell|ki|version|sprachmodell)(?: genau)? bist du\b|\b(?:wer|was) bist du(?: wirklich| eigentlich)?\s*(?:[?!.,]|$)",
    ),
    (
        "qui ",
        r"\bqui (?:t'a|vous a) (?:\w+ )?(?:cr[eé]{1,2}|fait|entra[iî]n|d[eé]velopp|con[cç]u|programm)",
    ),
    (
        "quel",
        r"\bquel(?:le)? (?:mod[eè]le|ia|version|intelligence artificielle)(?: \w+){0,2} (?:es[- ]tu|[eê]tes[- ]vous)",
    ),
    ("qui", r"\bqui (?:es[- ]tu|[eê]tes[- ]vous)\b|\btu es qui\b"),
    (
        "quem ",
        r"\bquem te (?:criou|fez|treinou|desenvolveu|programou)\b|\bquem criou voc[eê]\b|\bquem (?:[eé] voc[eê]|voc[eê] [eé])\b",
    ),
    ("voc", r"\bque (?:modelo|ia|vers[aã]o)(?: \w+){0,3} (?:voc[eê] [eé]|[eé] voc[eê])\b"),
    (
        "prompt",
        r"\b(?:dein\w*|zeig\w*|ton|votre|affiche|r[eé]v[eè]le|seu|mostre|revele)(?: \w+){0,3} (?:system-?prompt|prompt (?:syst[eè]me|d[eo] sistema))\b",
    ),
    (
        "は",
        r"(?:あなた|君|きみ|お前)は(?:誰|だれ|何者|どの(?:モデル|ai)|何の(?:モデル|ai)|なんという(?:モデル|ai))",
    ),
    (
        "あなた",
        r"あなたって(?:誰|だれ|何者)|(?:誰|だれ|どこの会社|どの会社)(?:が|に)あなたを?(?:は)?(?:作っ|作られ|開発|訓練)|あなたは(?:誰|だれ|どこの会社)に(?:作|開発)",
    ),
    ("プロンプト", r"システムプロンプト(?:を|は).{0,12}(?:教え|表示|見せ|出力|何)"),
)
"""A text that has the word, and in which the rule is found, asks."""
_COMPILED = tuple((word, re.compile(rule)) for word, rule in _RULES)


def asks_who(text: str) -> bool:
    """Looked at are a text's first 400 characters and its last 200."""
    ends = text if len(text) <= _FIRST + _LAST else f"{text[:_FIRST]}\n{text[-_LAST:]}"
    plain = ends.lower().replace("\u2019", "'")
    return any(word in plain and rule.search(plain) for word, rule in _COMPILED)
