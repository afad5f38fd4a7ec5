"""A third labelled set, written by another hand: a reviewer's, who knew what is masked but not how.

110 kinds of keys, six of each, in 24 surroundings; addresses in 24 others. Every value is made up.
"""

import base64
import json
import random
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

_ALPHABETS = {
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "H": "0123456789abcdef",
    "U": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "u": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "L": "abcdefghijklmnopqrstuvwxyz0123456789",
    "l": "abcdefghijklmnopqrstuvwxyz",
    "D": "0123456789",
    "Q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
_ALPHABETS |= {
    "S": _ALPHABETS["A"] + "-_",
    "B": _ALPHABETS["A"] + "+/",
    "P": _ALPHABETS["A"] + "-_.~",
}
_UUID = "<H8>-<H4>-4<H3>-a<H3>-<H12>"


class Case(NamedTuple):
    """`value` is JSON; `secret` must not be in what is made of it."""

    family: str
    kind: str
    around: str
    secret: str
    value: Any


def third_set(seed: int = 77) -> list[Case]:
    """With another seed: the same shapes and surroundings with other letters."""
    return [*_keys(draw := random.Random(seed)), *_addresses(draw)]


def shows(case: Case, covered: Any) -> bool:
    """Half of it is too much; of an address, the name."""
    text, secret = json.dumps(covered, ensure_ascii=False), case.secret
    middle = len(secret) // 2
    if case.family == "emails":
        name = secret.partition("@")[0]
        return (name.rpartition(".")[2] if case.around.startswith("spelt") else name) in text or (
            quote(name) in text
        )
    begun = secret[6:middle] if case.around == "cut by a backslash" else secret[:middle]
    return begun in text or secret[middle:] in text


def _keys(draw: random.Random) -> Iterator[Case]:
    names = list(_AROUND)
    for at, (kind, shape) in enumerate(_PREFIXED.items()):
        for turn in range(6):
            around = names[(at * 6 + turn * 5) % len(names)]
            yield _key(draw, kind, shape, around)
    for at, (kind, shape) in enumerate(_BARE.items()):
        for turn in range(6):
            yield _key(draw, kind, shape, _AROUND_BARE[(at * 3 + turn) % len(_AROUND_BARE)])


def _key(draw: random.Random, kind: str, shape: str, around: str) -> Case:
    secret = _json_web_token(draw) if kind == "JWT" else _made(draw, shape)
    return Case("API keys", kind, around, secret, _with_key(around, secret))


def _made(draw: random.Random, shape: str) -> str:
    return re.sub(
        r"<([A-Za-z])(\d+)>",
        lambda match: "".join(draw.choices(_ALPHABETS[match[1]], k=int(match[2]))),
        shape,
    )


def _json_web_token(draw: random.Random) -> str:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    head = part('{"alg":"HS256","typ":"JWT"}')
    return f"{head}.{part(_made(draw, _CLAIMS))}.{_made(draw, '<S43>')}"


def _calling(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    call = {"id": "call_1", "type": "function", "function": function}
    return {"role": "assistant", "tool_calls": [call]}


def _with_key(around: str, secret: str) -> dict[str, Any]:
    if around == "a tool's headers":
        return _calling("http", {"url": "https://a.example", "headers": {"X-Api-Key": secret}})
    if around == "a tool's command":
        return _calling("sh", {"cmd": f"SVC_API_KEY={secret} make deploy"})
    if around == "a tool's answer":
        answer = {"data": {"id": 7, "secret": secret, "created": "2026-01-02"}}
        return {"role": "tool", "tool_call_id": "c", "content": json.dumps(answer)}
    if around == "cut by a backslash":
        middle = len(secret) // 2
        secret = f"{secret[:middle]}\\\n  {secret[middle:]}"
    return {"role": "user", "content": _AROUND[around].replace("VALUE", secret)}


def _addresses(draw: random.Random) -> Iterator[Case]:
    names = list(_AROUND_ADDRESS)
    for at, (kind, shape) in enumerate(_ADDRESSES.items()):
        for turn in range(5):
            around = names[(at * 5 + turn * 7) % len(names)]
            yield _address(kind, _made(draw, shape), around)
    for around in names:
        yield _address("gmail", _made(draw, _ADDRESSES["gmail"]), around)


def _address(kind: str, secret: str, around: str) -> Case:
    return Case("emails", kind, around, secret, _with_address(around, secret))


def _with_address(around: str, secret: str) -> dict[str, Any]:
    if around == "a tool's argument":
        return _calling("send", {"to": secret})
    if around == "a tool's name of a field":
        return _calling("set", {"users": {secret: {"role": "admin"}}})
    if around == "a tool's id":
        return _calling("get", {"id": secret, "detail": f"mail {secret}"})
    if around == "spelt out":
        return {"content": "me: " + secret.replace("@", " (at) ").replace(".", " dot ")}
    if around == "spelt out in capitals":
        return {"content": "me: " + secret.replace("@", " AT ").replace(".", " DOT ")}
    text = _AROUND_ADDRESS[around].replace("VALUE", secret).replace("QUOTED", quote(secret))
    return {"content": text}


_CLAIMS = '{"sub":"<D10>","role":"service"}'
_PREFIXED = {
    "Cerebras": "csk-<L48>",
    "Fireworks": "fw_<A22>",
    "Together, new": "tgp_v1_<S43>",
    "DeepSeek": "sk-<H32>",
    "Moonshot": "sk-<A48>",
    "ElevenLabs": "sk_<H48>",
    "Voyage": "pa-<S43>",
    "Jina": "jina_<H32><S28>",
    "Tavily": "tvly-dev-<A32>",
    "Firecrawl": "fc-<H32>",
    "Brave": "BSA<S28>",
    "Pinecone": "pcsk_<A6>_<A63>",
    "Supabase secret": "sb_secret_<S22>_<S8>",
    "Supabase, personal": "sbp_<H40>",
    "Neon": "napi_<L64>",
    "PlanetScale": "pscale_tkn_<S43>",
    "Vercel": "vcp_<A56>",
    "Vercel AI gateway": "vck_<A56>",
    "Netlify": "nfp_<A36>",
    "Fly": "FlyV1 fm2_<B120>",
    "Heroku": "HRKU-AA<S58>",
    "Cloudflare, new": "cfut_<A48>",
    "Stripe, restricted": "rk_live_<A99>",
    "Stripe webhook": "whsec_<A32>",
    "Square": "EAAAl<S59>",
    "Square, old": "sq0atp-<S22>",
    "Plaid": f"access-production-{_UUID}",
    "Razorpay": "rzp_live_<A14>",
    "Brevo": "xkeysib-<H64>-<A16>",
    "Resend": "re_<A8>_<A24>",
    "Mailchimp": "<H32>-us12",
    "Atlassian": "ATATT3xFfGF0<S172>=<U8>",
    "ClickUp": "pk_<D8>_<U32>",
    "Notion, old": "secret_<A43>",
    "HubSpot": f"pat-na1-{_UUID}",
    "Shopify, custom app": "shpca_<H32>",
    "Sentry, user's": "sntryu_<H64>",
    "Grafana": "glsa_<A32>_<H8>",
    "Honeycomb": "hcaik_01<L56>",
    "LaunchDarkly": f"sdk-{_UUID}",
    "Mapbox": "sk.eyJ1Ijoi<A60>.<S22>",
    "Gemini, new": "AQ.Ab8RN6<S44>",
    "Google refresh token": "1//0g<S95>",
    "Google API": "AIza<S35>",
    "Bedrock": "ABSK<A128>=",
    "AWS, temporary": "ASIA<U16>",
    "Azure client secret": "<A3>8Q~<P34>",
    "Google storage": "GOOG1E<U55>",
    "Alibaba": "LTAI5t<A18>",
    "Tencent": "AKID<A32>",
    "Docker, organization": "dckr_oat_<S32>",
    "RubyGems": "rubygems_<H48>",
    "crates.io": "cio<A32>",
    "NuGet": "oy2<L43>",
    "GitHub, server's": "ghs_<A36>",
    "GitLab, routable": "glpat-<S27>.01.<L9>",
    "GitLab deploy": "gldt-<S20>",
    "GitLab runner": "glrt-<S20>",
    "Bitbucket": "ATBB<A32>",
    "CircleCI": "CCIPAT_<A22>_<H40>",
    "Buildkite": "bkua_<H40>",
    "Terraform": "<A14>.atlasv1.<A67>",
    "Doppler": "dp.st.prd.<A43>",
    "1Password": "ops_eyJ<A250>",
    "Hugging Face, organization": "api_org_<A34>",
    "LangSmith": "lsv2_pt_<H32>_<H10>",
    "Langfuse": f"sk-lf-{_UUID}",
    "Weights & Biases": "wandb_v1_<S77>",
    "OpenAI, admin": "sk-admin-<S58>T3BlbkFJ<S58>",
    "Anthropic, OAuth": "sk-ant-oat01-<S93>AA",
    "Anthropic, admin": "sk-ant-admin01-<S93>AA",
    "OpenRouter": "sk-or-v1-<H64>",
    "xAI": "xai-<A80>",
    "NVIDIA": "nvapi-<S64>",
    "E2B": "e2b_<H40>",
    "Modal": "as-<A22>",
    "RunPod": "rpa_<U40><L6>",
    "fal": f"{_UUID}:<H32>",
    "Zhipu": "<H32>.<A16>",
    "Cursor": "key_<H64>",
    "Linear, OAuth": "lin_oauth_<H64>",
    "Figma": "figd_<S40>",
    "Dropbox": "sl.u.<S130>",
    "Asana": "2/<D16>/<D16>:<H32>",
    "Discord webhook": "https://discord.com/api/webhooks/<D19>/<S68>",
    "Teams webhook": f"https://acme.webhook.office.com/webhookb2/{_UUID}@{_UUID}/IncomingWebhook/"
    f"<H32>/{_UUID}",
    "Sentry DSN": "https://<H32>@o<D6>.ingest.us.sentry.io/<D16>",
    "Darkhorse": "sk-dh-<A48>",
    "JWT": "",
    "Prefect": "pnu_<A36>",
    "Dynatrace": "dt0c01.<U24>.<U64>",
    "Contentful": "CFPAT-<S43>",
    "Typeform": "tfp_<S40>_<S14>",
    "Okta": "00<S40>",
    "age": "AGE-SECRET-KEY-1<Q58>",
}
_BARE = {
    "Deepgram": "<H40>",
    "AssemblyAI": "<H32>",
    "Together": "<H64>",
    "Exa": _UUID,
    "Railway": _UUID,
    "Azure cognitive services": "<A32>JQQJ99BAACYeBjF<A37>",
    "AWS secret": "<B40>",
    "Hetzner": "<A64>",
    "IBM": "<S44>",
    "PayPal": "E<S79>",
    "Vultr": "<U36>",
    "Upstash": "A<A58>==",
    "Cloudflare, global": "<H37>",
    "Mixpanel": "<H32>",
    "Snowflake": "<A18>",
}
_AROUND = {
    "JSON": '{"provider":"x","apiKey":"VALUE","n":1}',
    "Python": 'client = Client(api_key="VALUE", timeout=30)',
    "JavaScript": "const c = new Client({ apiKey: 'VALUE' });",
    "shell": "export SVC_API_KEY=VALUE && ./run.sh",
    "curl": "curl -H 'Authorization: Bearer VALUE' https://api.example.com/v1",
    "Kubernetes": "env:\n  - name: SVC_TOKEN\n    value: VALUE\n",
    "prose": "Hey, my key is VALUE and it returns 401, why?",
    "prose without a word for it": "I rotated VALUE yesterday.",
    "German": "Mein Schlüssel lautet VALUE, aber es geht nicht.",
    "Chinese": "我的密钥是VALUE，请帮我看看",  # noqa: RUF001 (as it is written)
    "Japanese": "APIキー：VALUE を使っています",  # noqa: RUF001 (as it is written)
    "Russian": "Вот мой ключ: VALUE — не работает",
    "URL": "https://api.example.com/v1/items?api_key=VALUE&page=2",
    "a tool's headers": "",
    "a tool's command": "",
    "a tool's answer": "",
    "escaped JSON": r"{\"env\":{\"SVC_API_KEY\":\"VALUE\"}}",
    "diff": "-  token: old\n+  token: VALUE\n",
    "log": "ERROR auth failed for key 'VALUE' (status=401)",
    "Python's repr": "Settings(api_key=SecretStr('VALUE'), debug=True)",
    "cut by a backslash": "SVC_API_KEY=VALUE",
    "header": "x-api-key: VALUE",
    "settings": 'SVC_SECRET_KEY="VALUE"',
    "Markdown": "Use `VALUE` as the key.",
}
_AROUND_BARE = (
    *("JSON", "Python", "JavaScript", "shell", "curl", "Kubernetes", "German", "Chinese", "URL"),
    *("a tool's headers", "a tool's answer", "escaped JSON", "header", "settings", "prose", "diff"),
    "Python's repr",
)
_ADDRESSES = {
    "gmail": "<l5>.<l6>@gmail.com",
    "with a tag": "<l5>+<L4>@icloud.com",
    "of a company": "<l1>.<l7>@<l7>-group.co.uk",
    "umlaut in the domain": "<l5>@müller-<l3>.de",
    "umlaut in the name": "jörg.<l5>@web.de",
    "Chinese domain": "<l5>@例子.中国",
    "capitals": "<u6>@OUTLOOK.COM",
    "new ending": "<l4>@<l4>.technology",
    "like a script": "<l4>@<l5>.js.org",
    "like an archive": "<l4>@<l5>.zip",
    "no reply": "<D8>+<l6>@users.noreply.github.com",
    "underscores": "_<l4>_<D3>@proton.me",
    "apostrophe": "sean.o'<l5>@yahoo.ie",
    "hyphen": "<l3>-<l4>@hey.com",
    "X.400": "c=<l4>/s=<l4>@x400.example.net",
}
_AROUND_ADDRESS = {
    "JSON": '{"email":"VALUE"}',
    "prose": "Write to VALUE, please.",
    "Markdown": "[mail](mailto:VALUE)",
    "URL": "https://x.example/u?email=QUOTED&x=1",
    "Git": "Author: Anna K <VALUE>\nDate: Mon",
    "Python": "send(to=['VALUE'])",
    "CSV": "1,Anna,VALUE,2026",
    "Chinese": "邮箱：VALUE。",  # noqa: RUF001 (as it is written)
    "Japanese": "メールはVALUEまで",
    "German": "Bitte an VALUE.",
    "SQL": "INSERT INTO u VALUES (1,'VALUE');",
    "log": "login ok user=VALUE",
    "path": "/home/VALUE/.ssh/config",
    "escaped JSON": r"{\"to\":\"VALUE\"}",
    "escaped line": r"From:\nVALUE\nHi",
    "SSH": "ssh://VALUE/repo",
    "a tool's argument": "",
    "a tool's name of a field": "",
    "a tool's id": "",
    "HTML": '<a href="mailto:VALUE">VALUE</a>',
    "list": "cc:VALUE;bob",
    "spelt out": "",
    "spelt out in capitals": "",
    "escaped tab": r"'to\tVALUE'",
}
