"""What Kingfisher does not look for: addresses and numbers of people, and secrets of no known form.

Every pattern is anchored at something rare (an `@`, a word such as `password`) and bounded, so that
a megabyte of anything takes milliseconds.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from darkhorse.storage.ledger.masking import shapes
from darkhorse.storage.ledger.masking.numbers import is_card, is_iban, is_phone

__all__ = ["mask_patterns", "placeholder"]

placeholder = re.compile(r"\[(?:API_KEY|SECRET|EMAIL|PHONE|CARD|IBAN)\]")


class _Look(NamedTuple):
    """What is looked for.

    Without any of `needles` in a text there is nothing to find, nor in a line without `hint`.
    `holds` is given the value and all that matched. `over`: a value of which a part is masked is
    masked whole.
    """

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str, str], bool]
    needles: tuple[str, ...] = ()
    hint: re.Pattern[str] | None = None
    over: bool = False


def mask_patterns(text: str, counts: Counter[str]) -> str:
    """The text without what the patterns find; `counts` grows by kind."""
    for look in _LOOKS:
        if not look.needles or any(needle in text for needle in look.needles):
            text = _masked(text, look, counts)
    return text


def _masked(text: str, look: _Look, counts: Counter[str]) -> str:
    parts: list[str] = []
    end = 0
    for match in _matches(text, look):
        value, (start, stop) = match["value"], match.span("value")
        if start < end or (placeholder.search(value) and not look.over):
            continue
        if not look.holds(value, match[0]):
            continue
        parts += (text[end:start], f"[{look.kind}]")
        end = stop
        counts[look.kind] += 1
    return "".join((*parts, text[end:])) if parts else text


def _matches(text: str, look: _Look) -> Iterator[re.Match[str]]:
    """Where there is a hint, only lines that hold it are read closely."""
    if look.hint is None:
        yield from look.pattern.finditer(text)
        return
    done = 0
    for hint in look.hint.finditer(text):
        if hint.start() < done:
            continue
        done = text.find("\n", hint.end())
        done = len(text) if done < 0 else done
        yield from look.pattern.finditer(text, text.rfind("\n", 0, hint.start()) + 1, done)


# --- secrets by the name beside them ---

_NAME = (
    r"(?:pass(?:word|wort|wd|phrase|code)|\bpwd|\bpw|_pwd|\bpass|_pass|secrets?|api[_-]?key|apikey|"
    r"access[_-]?key(?:[_-]?id)?|account[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|"
    r"private[_-]?key|master[_-]?key|shared[_-]?access[_-]?key|"
    r"(?:access|auth|refresh|bearer|session|api|bot|id|csrf|deploy|slack|github|secret)[_-]?token|"
    r"\btoken|_token|credentials?|_auth|webhook[_-]?url|_key)"
)
_NAMED = re.compile(
    rf"(?i)(?P<name>{_NAME}[\w-]{{0,12}})(?:\\{{0,3}}[\"'`\]]){{0,2}}[ \t]{{0,4}}"
    r"(?:(?::=|=>|=|:)[ \t]{0,4}|,[ \t]{0,2}(?=[\"']))"
    r"(?P<quote>\\{0,3}[\"'`])?"
    r"(?P<value>(?(quote)(?:[^\"'`\n\\]|\\(?![\"'`])){4,400}|"
    r"(?:[^\s\"'`,;<>(){}\\]|\\(?=[^nrt\"'`\\\s])){6,400}))(?(quote)(?P=quote))"
)
_HINT = re.compile(
    "[pP][aA][sS][sS]|[pP][wW]|[sS][eE][cC][rR][eE]|[tT][oO][kK][eE]|[kK][eE][yY]|"
    "[cC][rR][eE][dD]|[aA][uU][tT][hH]|[wW][eE][bB][hH]"
)
_NEAR_HINT = re.compile(
    "[kK][eE][yY]|[tT][oO][kK][eE]|[sS][eE][cC][rR][eE]|chl(?:ü|ue)ss|CHL|[cC][lL](?:[éÉ]|[aA][vV])|"
    "[cC]hiave|密钥|秘钥|密码|秘密鍵|令牌|キー|トークン|パスワード|[кК]люч|[тТ]окен|[пП]арол|키|토큰"
)
_ELSEWHERE_HINT = re.compile(
    "chl(?:ü|ue)ssel|asswort|ennwort|[cC]lé|[mM]ot de passe|[cC]lave|ontrase|[cC]hiave|"
    "[cC]have|[sS]enha|密钥|秘钥|密码|密碼|金鑰|令牌|キー|トークン|パスワード|[кК]люч|[тТ]окен|[пП]арол|키|토큰|비밀번호"
)
_ELSEWHERE = re.compile(
    rf"(?:{_ELSEWHERE_HINT.pattern})\w{{0,4}}?[ \t]{{0,2}}"
    r"(?:lautet|ist|war|est|était|es|era|è|é|是|为|為|は|が|это|는|은|:|\uff1a|=|—|-)"
    r"[ \t]{0,3}[\"'`「“«]?"
    r"(?P<value>[!#-&*+./0-9:=?@A-Z^_a-z|~-]{5,200}[#-&*+/0-9=@A-Z^_a-z|~-])"
)
_SAID = re.compile(
    r"(?i)\b(?:password|passphrase|passcode|secret|token|api[ _-]?key|key)[ \t]{1,2}"
    r"(?:is|was|will be|ist|est|es)[ \t:]{1,3}[\"'`]?"
    r"(?P<value>[^\s\"'`,;<>(){}]{5,200}[^\s\"'`,;<>(){}.!?])"
)
_URL = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,30}://[^\s:@/\"'<>]{0,100}:(?P<value>[^\s@/\"'<>]{2,200})@[\w\[.-]"
)
_NEAR = re.compile(
    r"(?i)(?:key|token|secret|schl(?:ü|ue)ssel|cl[eé]|clave|chiave|密钥|秘钥|密码|秘密鍵|令牌|キー|"
    r"トークン|パスワード|ключ|токен|пароль|키|토큰)s?(?:[^\w\n]|[^\x00-\x7f])[^\n]{0,24}?"
    r"(?<![A-Za-z0-9_./@-])(?P<value>[A-Za-z0-9][A-Za-z0-9_.~/+-]{22,300}[A-Za-z0-9])"
    r"(?![A-Za-z0-9_/@(-])"
)
_CALLED = re.compile(
    r"(?:Client|Auth|Api|API|OpenAI|Anthropic|Session|connect|login)\([ \t]*"
    r"[\"'](?P<value>[A-Za-z0-9_.-]{20,400})[\"']"
)
_ENV = re.compile(
    r"(?m)^[ \t]*(?:ENV|ARG|setx|set|export)[ \t]+[A-Z0-9_]*"
    r"(?:KEY|TOKEN|SECRET|PASS|PASSWORD|PWD|CREDENTIALS?)[A-Z0-9_]*[ \t]+"
    r"[\"']?(?P<value>[^\s\"']{6,400})"
)
_QUOTED = re.compile(
    r"(?i)(?:identified[ \t]+by|with[ \t]+password|password)[ \t]+(?P<quote>[\"'])"
    r"(?P<value>[^\"'\n]{4,200})(?P=quote)"
)
_ATTRIBUTE = re.compile(
    r"(?i)\b(?:key|name|id)[ \t]{0,2}=[ \t]{0,2}[\"'][\w.:-]{0,40}"
    r"(?:password|passwd|pwd|secret|token|apikey|api[_-]key)[\"'][^<>\n]{0,80}?"
    r"\bvalue[ \t]{0,2}=[ \t]{0,2}[\"'](?P<value>[^\"'\n]{4,400})[\"']"
)
_LOGIN = re.compile(
    r"(?i)\blogin:?[ \t]{1,3}[\w.@-]{1,64}[ \t]{0,2}[/|][ \t]{0,2}"
    r"(?P<value>[^\s\"'`,;<>(){}]{6,100})"
)
_USER = re.compile(
    r"\b(?:curl|wget|http|https)\b[^\n|]{0,300}?[ \t](?:-u|--user)[ =]?[\"']?[^\s:\"']{1,80}:"
    r"(?P<value>[^\s\"']{3,200})"
)
_SSHPASS = re.compile(r"\bsshpass[ \t]+-p[ \t]?[\"']?(?P<value>[^\s\"']{3,200})")
_ELEMENT = re.compile(
    r"(?i)<(?P<tag>[\w:.-]{0,30}(?:password|passwd|secret|apikey|api-key|token))>"
    r"(?P<value>[^<>\s]{4,400})</"
)
_BESIDE = re.compile(
    r"(?i)\b(?:password|passphrase|pwd)[ \t]{1,2}(?P<value>[^\s\"'`,;<>(){}]{6,100})"
)
_FLAG = re.compile(
    r"(?i)(?:--?(?:password|passwd|pass|token|secret|api-key))(?:[ =])[\"']?"
    r"(?P<value>[^\s\"'-][^\s\"']{4,200})"
)

_CODE = re.compile(
    r"[(){}<>$]|\[|^(?:process|os|self|this|env|config|settings|args|request|req|ctx|data|"
    r"response|user|params|str|string|null|none|undefined|true|false|secrets)[.\[]|^[*x.•_-]+$|"
    r"\.\.\.|…|://|^\*\*|^[A-Za-z]+:$"
)
_WORDS = re.compile(
    r"(?i)your|(?<![a-z])example(?![a-z])|changeme|placeholder|redacted|insert|dummy|xxxx|_here|todo"
)


def _always(_: str, __: str = "") -> bool:
    return True


def _is_secret(value: str, _: str = "") -> bool:
    """Does it look made up by a machine or a careful person, rather than named by a programmer?"""
    if _CODE.search(value) or _WORDS.search(value) or value.isdigit():
        return False
    kinds = sum(
        bool(re.search(each, value)) for each in (r"[0-9]", r"[a-z]", r"[A-Z]", r"[^A-Za-z0-9_.\s]")
    )
    if " " in value.strip():
        return False
    if kinds >= 3:
        return True
    if re.search(r"[0-9]", value):
        return kinds >= 2
    if re.fullmatch(r"[a-z-]+|[A-Z-]+", value):
        return False
    return kinds >= 2 and len(value) >= 8 and bool(re.search(r"[^A-Za-z0-9_.\s]", value))


def _is_literal(value: str, _: str = "") -> bool:
    return not _CODE.search(value) and not _WORDS.search(value)


def _is_mixed(value: str, _: str = "") -> bool:
    """Enough of a mixture to stand in a sentence and be no word of it."""
    bare = value.rstrip(".!?:")
    return (
        _is_secret(bare) and bool(re.search(r"[0-9]", bare)) and bool(re.search(r"[A-Za-z]", bare))
    )


def _is_named_secret(value: str, whole: str) -> bool:
    match = _NAMED.match(whole)
    if match is None:
        return False
    if _OTHERWISE.search(match["name"]):
        return False
    if _PHRASE.fullmatch(value):
        return bool(re.match("(?i)pass|_?p[wa]", match["name"]))
    if match["quote"] is None and _IDENTIFIER.fullmatch(value):
        return False
    if _DOUBTFUL.fullmatch(match["name"]):
        marked = match["quote"] is not None or match["name"].isupper()
        is_long = len(value) >= 24 and not re.search(r"[a-z]{5}", value)
        return (is_long or (marked and len(value) >= 12)) and _is_secret(value)
    return _is_secret(value)


_OURS = re.compile(
    r"(?i)(?:sha\d*|md5|uuid|gen|msg|req|call|chatcmpl|resp|run|thread|file|asst|toolu|item|rs|fc|ws)"
    r"[-_]|[\w-]+(?:\.[a-z_][\w-]*)+\Z"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]+")


def _is_random(value: str, _: str = "") -> bool:
    """Upper, lower and digits with no order to them; no digest, no id and no dotted name."""
    if _OURS.match(value) or _UUID.fullmatch(value) or _WORDS.search(value):
        return False
    changes = len(_CHANGES.findall(value))
    return len(re.findall(r"[0-9]", value)) >= 3 and changes >= len(value) // 5


_OTHERWISE = re.compile(
    r"(?i)token(?:iz|s\Z|_?(?:count|limit|type|id|ttl))|"
    r"(?:name|ref|path|file|ttl|prefix|length|policy|hint|field|label|type|url_template)\Z"
)
_PHRASE = re.compile(r"(?=.{16})[a-z]+(?:-[a-z]+){2,8}")  # correct-horse-battery
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9]*(?:[_.][a-z0-9_]+)+")
_DOUBTFUL = re.compile(r"(?i)_?(?:token|key|auth)")  # what a programmer may call anything


def _is_key(value: str, _: str = "") -> bool:
    """Letters and digits mixed; not a name made of words."""
    tail = re.sub(r"^[A-Za-z]+[-_]", "", value)
    digits = len(re.findall(r"[0-9]", tail))
    if digits >= 3:
        return bool(re.search(r"[A-Za-z]", tail))
    return digits > 0 and len(_CHANGES.findall(tail)) >= len(tail) // 5


_CHANGES = re.compile(r"[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z]")


def _is_bearer(value: str, _: str = "") -> bool:
    return bool(re.search(r"[0-9]", value)) and bool(re.search(r"[A-Za-z]", value))


# --- people ---

_DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[A-Za-z0-9-]{2,30}|[^\W\d_]{2,24})"
_EMAIL = re.compile(
    r"(?P<value>(?:\"[^\"\s@]{1,40}(?: [^\"\s@]{1,20})?\"|"
    r"(?<![\w.+%'/-])[\w.+%'!#$*^~-]{1,64}|[a-z0-9._%+'-]{1,64})"
    rf"(?:@|%40)(?:{_DOMAIN}|\[\d{{1,3}}(?:\.\d{{1,3}}){{3}}\]))(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
)
_SPELT = re.compile(
    r"(?i)(?P<value>(?<![\w.+-])[\w.+-]{1,64}[ \t]{0,2}"
    r"(?:[\[({<][ \t]?(?:at|@)[ \t]?[\])}>]|[ \t]at[ \t])"
    r"[ \t]{0,2}[\w-]{1,63}(?:(?:[ \t]{0,2}[\[({<][ \t]?(?:dot|\.)[ \t]?[\])}>][ \t]{0,2}|"
    r"[ \t]dot[ \t]|\.)[\w-]{2,63}){1,4})(?![\w-])"
)
_FILES = frozenset(
    {
        *("cjs", "css", "dll", "gif", "gz", "html", "ico", "jpeg", "jpg", "js", "json", "jsx"),
        *("lock", "mjs", "png", "scss", "svg", "tar", "toml", "ts", "tsx", "txt", "webp", "yaml"),
    }
)
"""`logo@2x.png`; endings that are no country's."""


def _is_email(value: str, _: str = "") -> bool:
    local, _at, domain = value.replace("%40", "@").rpartition("@")
    last = domain.rpartition(".")[2].lower()
    return last not in _FILES and local not in ("git", "hg", "svn") and not local.startswith("$")


def _is_spelt(value: str, _: str = "") -> bool:
    """` at ` alone is English; with ` dot ` or brackets around it, it is an address."""
    bracketed = re.search(r"(?i)[\[({<]\s?(?:at|@)\s?[\])}>]", value)
    return bool(bracketed) or bool(re.search(r"(?i)\sdot\s|[\[({<]\s?dot", value))


_PHONE = re.compile(
    r"(?<![\w+./-])(?P<value>\+\d[\d ().-]{7,22}\d|\(\d{3}\) ?\d{3}-\d{4})(?![\w-])"
)
_CARD = re.compile(
    r"(?<![\w.-])(?P<value>[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,7}|"
    r"3\d{3}[ -]?\d{6}[ -]?\d{5})(?![\w-])"
)
_IBAN = re.compile(
    r"(?<!\w)(?P<value>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?!\w)"
)

_PAIR = re.compile(
    r"(?i)\bname[\"']?:[ \t]{0,4}[\"']?"
    r"[\w.-]{0,60}(?:key|token|secret|pass|password|pwd|credentials?)[\"']?,?"
    r"[ \t]{0,4}\r?\n?[ \t]{0,40}"
    r"[\"']?value[\"']?:[ \t]{0,4}[\"']?(?P<value>[^\s\"',}]{6,400})"
)
_WRAPPED = re.compile(
    r"Secret(?:Str|String|Bytes)?\([ \t]{0,4}[\"'](?P<value>[^\"'\n]{6,400})[\"']"
)

_LOOKS = (
    _Look("SECRET", shapes.PEM, _always, ("PRIVATE KEY",)),
    _Look("SECRET", shapes.TEAMS, _always, (".com/",), over=True),
    _Look("SECRET", _URL, _is_literal, ("://",)),
    _Look("SECRET", shapes.DISCORD, _always, ("/webhooks/",)),
    _Look("SECRET", _PAIR, _is_secret, ("value", "VALUE")),
    _Look("SECRET", _WRAPPED, _is_secret, ("Secret",)),
    _Look("API_KEY", shapes.SHAPED, _always),
    _Look("API_KEY", shapes.SHAPED_TOO, _is_key),
    _Look("API_KEY", shapes.OKTA, _is_random, ("00",)),
    _Look("API_KEY", shapes.KEY, _is_key, ("-", "_")),
    _Look(
        "SECRET", shapes.BEARER, _is_bearer, hint=re.compile("[bB][eEaA][aAsS]|[tT][oO][kK][eE]")
    ),
    _Look("SECRET", _NAMED, _is_named_secret, ("=", ":", ","), _HINT),
    _Look("SECRET", _SAID, _is_secret, (" ",), _HINT),
    _Look("SECRET", _ELSEWHERE, _is_secret, hint=_ELSEWHERE_HINT),
    _Look("API_KEY", _NEAR, _is_random, hint=_NEAR_HINT),
    _Look("API_KEY", _CALLED, _is_random, ("(",)),
    _Look("SECRET", _ENV, _is_secret, (" ",)),
    _Look("SECRET", _QUOTED, _is_secret, ("dentified", "DENTIFIED", "assword", "ASSWORD")),
    _Look("SECRET", _ATTRIBUTE, _is_secret, ("value",)),
    _Look("SECRET", _LOGIN, _is_mixed, ("ogin", "OGIN")),
    _Look("SECRET", _FLAG, _is_secret, ("-",), _HINT),
    _Look("SECRET", _USER, _is_literal, (" -u", "--user")),
    _Look("SECRET", _SSHPASS, _is_literal, ("sshpass",)),
    _Look("SECRET", _ELEMENT, _is_secret, ("</",)),
    _Look("SECRET", _BESIDE, _is_mixed, hint=_HINT),
    _Look("EMAIL", _EMAIL, _is_email, ("@", "%40")),
    _Look("EMAIL", _SPELT, _is_spelt, hint=re.compile(r"[\[({< ](?:[aA][tT]|@)[\])}> ]")),
    _Look("IBAN", _IBAN, lambda value, _: is_iban(value)),
    _Look("CARD", _CARD, lambda value, _: is_card(value)),
    _Look("PHONE", _PHONE, lambda value, _: is_phone(value), ("+", "(")),
    _Look("SECRET", shapes.CONTINUED, _is_bearer, ("]\\", "webhooks/")),
)
