"""A second labelled set, of other shapes and surroundings, written when the patterns were done."""

import random

from planted import ALNUM, HEX, UPPER, URLSAFE, Planted

_EACH = 6


def second_set(seed: int = 11) -> list[Planted]:
    draw = random.Random(seed)
    found = []
    for kind, (shape, around) in _KEYS.items():
        found += [_one(draw, "API keys", kind, shape, around, at) for at in range(_EACH)]
    for kind, (shape, around) in _SECRETS.items():
        found += [_one(draw, "secrets", kind, shape, around, at) for at in range(_EACH)]
    for kind, shape in _EMAILS.items():
        found += [_one(draw, "emails", kind, shape, _MAIL, at) for at in range(2 * _EACH)]
    return found


def _one(draw, family, kind, shape, around, at):
    secret = "".join(
        each if isinstance(each, str) else "".join(draw.choices(each[0], k=each[1]))
        for each in shape
    )
    return Planted(family, kind, around[at % len(around)].replace("VALUE", secret), secret)


LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
_KEY = (
    "services:\n  web:\n    environment:\n      - SERVICE_API_KEY=VALUE\n      - PORT=80",
    'await fetch(url, { headers: { "X-API-Key": "VALUE" } })',
    "ENV API_TOKEN VALUE\nCOPY . /app",
    '$env:MODEL_API_KEY = "VALUE"',
    'variable "api_key" {\n  default = "VALUE"\n}',
    'body: "{\\"api_key\\":\\"VALUE\\",\\"n\\":1}"',
)
_OWN = (
    "Ich bekomme 401 mit dem Schlüssel VALUE, warum?",
    "| name | key |\n|---|---|\n| prod | VALUE |",
    "> VALUE\n\nrevoke this one please",
    "GET /v1/me?key=VALUE&format=json HTTP/1.1",
    "keys = ['VALUE', other]",
    "it was VALUE... or so I thought",
)
_KEYS = {
    "Airtable": (("pat", (ALNUM, 14), ".", (HEX, 64)), _OWN),
    "Azure OpenAI": (((HEX, 32),), ("api-key: VALUE", *_KEY)),
    "Cloudflare": (
        ((URLSAFE, 39), "q"),
        ("CLOUDFLARE_API_TOKEN=VALUE", "Bearer VALUE"),
    ),
    "Cohere": (((ALNUM, 40),), ('co = cohere.Client("VALUE")', "COHERE_API_KEY=VALUE", *_KEY)),
    "Databricks": (("dapi", (HEX, 32)), (*_OWN[:3], "DATABRICKS_TOKEN=VALUE")),
    "Datadog": (((HEX, 32),), ("DD_API_KEY=VALUE", "datadog.api_key: VALUE")),
    "Figma": (("figd_", (URLSAFE, 39), "x"), _OWN),
    "Google OAuth secret": (("GOCSPX-", (URLSAFE, 28)), (*_OWN[:3], '"client_secret": "VALUE"')),
    "Linear": (("lin_api_", (ALNUM, 40)), _OWN),
    "Mailgun": (("key-", (HEX, 32)), _OWN),
    "Mistral": (((ALNUM, 32),), ("MISTRAL_API_KEY=VALUE", *_KEY)),
    "New Relic": (("NRAK-", (UPPER, 27)), _OWN),
    "Notion": (("ntn_", (DIGITS, 11), (ALNUM, 35)), _OWN),
    "npmrc": (
        ((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        ("//registry.example.org/:_authToken=VALUE",),
    ),
    "OpenAI, service account": (("sk-svcacct-", (URLSAFE, 73), "x"), _OWN),
    "Perplexity": (("pplx-", (ALNUM, 48)), _OWN),
    "Postman": (("PMAK-", (HEX, 24), "-", (HEX, 34)), _OWN),
    "Replicate": (("r8_", (ALNUM, 37)), _OWN),
    "Shopify": (("shpat_", (HEX, 32)), _OWN),
    "Twilio": (((HEX, 32),), ("TWILIO_AUTH_TOKEN=VALUE", 'auth_token="VALUE"')),
    "Vault": (("hvs.", (URLSAFE, 95)), _OWN),
}
_PASSWORD = ((LOWER, 5), (UPPER[:26], 2), "!", (DIGITS, 3))
_SECRETS = {
    "netrc": (_PASSWORD, ("machine git.example.org login me password VALUE",)),
    "connection string": (
        _PASSWORD,
        (
            "Server=db;Database=shop;User Id=sa;Password=VALUE;",
            "jdbc:postgresql://h/db?user=a&password=VALUE",
        ),
    ),
    "prose": (
        _PASSWORD,
        ("use pwd VALUE for staging", "Passwort: VALUE", "pw=VALUE", "Login: root / VALUE"),
    ),
    "SQL": (
        _PASSWORD,
        ("CREATE USER app WITH PASSWORD 'VALUE';", "IDENTIFIED BY 'VALUE'"),
    ),
    "XML": (
        _PASSWORD,
        ('<add key="Password" value="VALUE"/>', '<a password="VALUE"/>'),
    ),
    "YAML": (
        _PASSWORD,
        ("stringData:\n  PG_PASSWORD: VALUE", 'auth:\n  passphrase: "VALUE"'),
    ),
}
_MAIL = (
    "name;mail\nAnna;VALUE\nBob;none",
    "UPDATE people SET mail = 'VALUE' WHERE id = 4;",
    "BEGIN:VCARD\nEMAIL;TYPE=work:VALUE\nEND:VCARD",
    "Anna K. <VALUE>; Bob",
    "# Author: Anna (VALUE)\nimport os",
    "https://shop.example.org/reset?mail=VALUE&t=1",
    "Schreib mir: VALUE!",
    "请联系VALUE谢谢",
    "const to = `VALUE`;",
    "user=VALUE ip=10.0.0.1 action=login",
    "VALUE / VALUE",
    "**VALUE**",
)
_EMAILS = {
    "digits": ((("123456789", 9), "@qq.com"),)[0],
    "plain": ((LOWER, 6), ".", (LOWER, 7), "@", (LOWER, 8), ".org"),
    "short": ((LOWER, 1), "@", (LOWER, 2), ".", "io"),
    "strange": ((LOWER, 3), "_%+", (DIGITS, 2), "'x@", (LOWER, 4), "-", (LOWER, 3), ".xn--p1ai"),
    "young ending": ((LOWER, 5), "@", (LOWER, 5), ".photography"),
}
