"""Keys that show by their own shape what they are: a prefix, dots, lengths nothing else has.

Edges are ASCII's: in Chinese a key touches the words around it.
"""

import re

__all__ = [
    "BEARER",
    "CONTINUED",
    "DISCORD",
    "KEY",
    "OKTA",
    "PEM",
    "SHAPED",
    "SHAPED_TOO",
    "TEAMS",
]

KEY = re.compile(
    r"(?<![A-Za-z0-9_/+-])(?P<value>"
    r"(?:sk|pk|rk|ak|api|key|pat|tok|token|whsec|sess|oauth|glpat|hf|gsk|xai|nvapi|pplx|tvly|r8|"
    r"ghp|gho|ghu|ghs|ghr|github_pat|npm|pypi|dckr_pat|dop_v1|doo_v1|shpat|shpss|lin_api|ntn|secret|"
    r"phc|phx|fw|cpl|vercel|sbp|atlasv1|hv[bsr]|figd|CFPAT|xox[abceoprs]|xapp|AGE-SECRET-KEY|"
    r"GOCSPX|NRAK|NRII|PMAK|EAAA|rnd|re|dp|glsa|glc|sntrys|sntryu|dsn|lsv2|pul|tfr|cr|fio|"
    r"csk|fc|jina|pcsk|sb_secret|napi|pscale_(?:tkn|pw|oauth)|vc[pkair]|nfp|cfut|cfat|cfk|"
    r"access-(?:production|sandbox|development)|xkeysib|xsmtpsib|gl[a-z]{2,6}t|CCIPAT|bkua|"
    r"wandb_v1|lin_oauth|tfp|rpa|tgp_v1|e2b|sdk|mob|pnu|hcaik|api_org|sq0[a-z]{3}|as|tskey|"
    r"voyage|pa|rubygems|dckr_oat|hrku|HRKU|AQ)"
    r"[-_.](?:[A-Za-z0-9]{1,12}[-_]){0,4}[A-Za-z0-9_+/=-]{16,512})"
    r"(?![A-Za-z0-9_])"
)
SHAPED = re.compile(
    r"(?<![A-Za-z0-9_/+-])(?P<value>"
    r"AIza[\w-]{35}|ya29\.[\w-]{20,400}|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|"
    r"SG\.[\w-]{16,32}\.[\w-]{16,64}|\d{8,10}:AA[\w-]{32,35}|"
    r"rzp_(?:live|test)_\w{14,24}|(?:AC|SK)[0-9a-f]{32}|dapi[0-9a-f]{32}|"
    r"[A-Z][A-Z0-9]{2,7}-[A-Z0-9]{24,64}|"
    r"eyJ[\w-]{8,4000}\.eyJ[\w-]{8,4000}\.[\w-]{0,4000}|"
    r"[MNO][\w-]{23,27}\.[\w-]{6,7}\.[\w-]{27,38})(?![A-Za-z0-9_])"
)
SHAPED_TOO = re.compile(
    r"(?<![A-Za-z0-9_/+-])(?P<value>"
    r"GOOG1[A-Z0-9]{20,60}|LTAI[A-Za-z0-9]{12,26}|AKID[A-Za-z0-9]{16,40}|AKLT[\w-]{20,60}|"
    r"ABSK[A-Za-z0-9+/]{40,400}={0,2}|ATBB[A-Za-z0-9]{24,40}|AT[AC]TT3x[\w=-]{40,300}|"
    r"BSA[\w-]{24,34}|cio[A-Za-z0-9]{32}|oy2[a-z0-9]{43}|1//0[\w-]{20,200}|"
    r"[\w~.-]{3}[78]Q~[\w~.-]{31,40}|FlyV1 fm\d_[\w+/=,-]{20,4000}|"
    r"\d/\d{10,20}(?:/\d{10,20})?:[0-9a-f]{32}|"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}:[0-9a-f]{32}|"
    r"sk\.eyJ[\w-]{20,200}\.[\w-]{16,64}|sl\.(?:u\.)?[\w-]{60,1500}|"
    r"dp\.(?:st|pt|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{30,60}|"
    r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64})(?![A-Za-z0-9_])"
)
OKTA = re.compile(r"(?<![\w/+.-])(?P<value>00[\w-]{40})(?![\w/+-])")
DISCORD = re.compile(r"discord(?:app)?\.com/api/webhooks/\d{10,25}/(?P<value>[\w-]{6,100})")
TEAMS = re.compile(
    r"\.(?:webhook\.office|logic\.azure)\.com/(?P<value>[\w@/\[\].-]{40,400})"  # [API_KEY] inside
)
CONTINUED = re.compile(
    r"(?:\[(?:API_KEY|SECRET)\]|/webhooks/)\\\r?\n[ \t]{0,40}(?P<value>[\w+/=.~-]{6,400})"
)
BEARER = re.compile(
    r"(?i)\b(?:bearer|basic|token)[ \t]{1,3}(?P<value>[A-Za-z0-9_~+/.-]{16,4000}={0,2})"
    r"(?![A-Za-z0-9_])"
)
PEM = re.compile(
    r"(?P<value>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?!-----END)[\s\S]){20,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?)"
)
