"""The labelled set behind docs/masking.md: made-up secrets in real surroundings.

Every value is random of the right shape; none was ever anybody's. Seeded: the same set each time.
"""

import base64
import json
import random
import string
from collections.abc import Callable
from typing import NamedTuple

LETTERS = string.ascii_letters
ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
EACH = 12


class Planted(NamedTuple):
    """`secret` must not be in what is made of `text`."""

    family: str
    kind: str
    text: str
    secret: str


def planted(seed: int = 5) -> list[Planted]:
    draw = random.Random(seed)
    found = []
    for family, kinds in (
        ("API keys", _keys()),
        ("secrets", _SECRETS),
        ("emails", _emails()),
        ("people's numbers", _people()),
    ):
        for kind, (make, surroundings) in kinds.items():
            for number in range(EACH):
                secret = make(draw)
                around = surroundings[number % len(surroundings)]
                text = around.replace("VALUE", secret)
                found.append(Planted(family, kind, in_context(draw, text), secret))
    return found


def some(draw: random.Random, letters: str, count: int) -> str:
    return "".join(draw.choices(letters, k=count))


def _of(letters: str, count: int, before: str = "", after: str = "") -> Callable[..., str]:
    return lambda draw: before + some(draw, letters, count) + after


_BEFORE = (
    "",
    "Here is what I have so far, it fails with a 401 and I cannot see why.\n\n",
    'Traceback (most recent call last):\n  File "app.py", line 12, in <module>\n    main()\n\n',
    "# deploy notes\n- build the image\n- push it\n\n",
    "Can you look at this? Schau bitte einmal drüber, danke!\n",
    "```python\nimport os\n\nclient = make_client(timeout=30)\n```\n",
)
_AFTER = (
    "",
    "\n\nWhat am I doing wrong?",
    "\nTIMEOUT=30\nDEBUG=true\nMAX_TOKENS=4096\n",
    "\n```\nThe tests pass on my machine, see https://ci.example.org/builds/8123.",
    "\n请帮我看看。",
)


def in_context(draw: random.Random, text: str) -> str:
    return draw.choice(_BEFORE) + text + draw.choice(_AFTER)


# --- API keys ---

ANYWHERE = (
    "VALUE",
    "API_KEY=VALUE",
    'client = Client(api_key="VALUE")',
    "My key is VALUE, does it look right?",
    "curl https://api.example.org/v1/models -H 'Authorization: Bearer VALUE'",
    '{"headers": {"x-api-key": "VALUE"}, "retries": 3}',
    "I pasted `VALUE` into the form.",
    "key (VALUE) was rejected.",
    "Use VALUE.",
    "export SERVICE_TOKEN='VALUE'",
    "config:\n  auth:\n    token: VALUE\n",
    "2026-11-02 12:00:01 ERROR auth failed for VALUE: expired",
)


def _keys() -> dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]]:
    shapes: dict[str, Callable[[random.Random], str]] = {
        "Anthropic": _of(URLSAFE, 93, "sk-ant-api03-", "AA"),
        "AWS access key id": _of(BASE32, 16, "AKIA"),
        "DigitalOcean": _of(HEX, 64, "dop_v1_"),
        "Discord bot": lambda draw: (
            f"M{some(draw, ALNUM, 25)}.{some(draw, ALNUM, 6)}.{some(draw, URLSAFE, 37)}x"
        ),
        "GitHub": _of(ALNUM, 36, "ghp_"),
        "GitHub, fine-grained": lambda draw: (
            f"github_pat_{some(draw, ALNUM, 22)}_{some(draw, ALNUM, 59)}"
        ),
        "GitLab": _of(ALNUM, 20, "glpat-"),
        "Google API": _of(ALNUM, 35, "AIza"),
        "Groq": _of(ALNUM, 52, "gsk_"),
        "Hugging Face": _of(LETTERS, 34, "hf_"),
        "npm": _of(ALNUM, 36, "npm_"),
        "OpenAI, old": lambda draw: f"sk-{some(draw, ALNUM, 20)}T3BlbkFJ{some(draw, ALNUM, 20)}",
        "OpenAI, project": lambda draw: (
            f"sk-proj-{some(draw, URLSAFE, 74)}T3BlbkFJ{some(draw, URLSAFE, 73)}x"
        ),
        "OpenRouter": _of(HEX, 64, "sk-or-v1-"),
        "PyPI": _of(URLSAFE, 150, "pypi-AgEIcHlwaS5vcmc", "x"),
        "SendGrid": lambda draw: f"SG.{some(draw, ALNUM, 22)}.{some(draw, ALNUM, 43)}",
        "Slack": lambda draw: (
            f"xoxb-{some(draw, string.digits, 12)}-{some(draw, string.digits, 13)}-"
            f"{some(draw, ALNUM, 24)}"
        ),
        "Stripe": _of(ALNUM, 99, "sk_live_"),
        "Telegram bot": lambda draw: f"{draw.randint(10**9, 10**10 - 1)}:AA{some(draw, ALNUM, 33)}",
        "xAI": _of(ALNUM, 80, "xai-"),
    }
    found = {name: (make, ANYWHERE) for name, make in shapes.items()}
    found["of no known form"] = (
        _of(ALNUM, 40),
        (
            'api_key = "VALUE"',
            "WEATHER_API_KEY=VALUE",
            "curl -H 'Authorization: Bearer VALUE' https://api.example.org",
            '{"apiKey": "VALUE", "region": "eu"}',
            "my api key is VALUE",
            "headers = {'X-Api-Key': 'VALUE'}",
        ),
    )
    return found


# --- secrets ---


def _password(draw: random.Random) -> str:
    word = "".join(draw.choices(string.ascii_lowercase, k=draw.randint(4, 7)))
    return f"{word.title()}{draw.choice('!#%*+-_')}{draw.randint(10, 9999)}{some(draw, ALNUM, 3)}"


def _jwt(draw: random.Random) -> str:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"sub": some(draw, string.digits, 10), "iat": draw.randint(10**9, 2 * 10**9)}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{some(draw, URLSAFE, 42)}x"


def _pem(name: str) -> Callable[[random.Random], str]:
    def make(draw: random.Random) -> str:
        lines = [some(draw, ALNUM + "+/", 64) for _ in range(12)]
        body = "\n".join(lines)
        return f"-----BEGIN {name}-----\n{body}\n-----END {name}-----"

    return make


_SECRETS = {
    "AWS secret key": (
        _of(ALNUM + "+/", 40),
        (
            "AWS_SECRET_ACCESS_KEY=VALUE",
            "aws_secret_access_key = VALUE",
            "session = boto3.Session(aws_secret_access_key='VALUE')",
            '{"secretAccessKey": "VALUE"}',
        ),
    ),
    "Azure storage key": (
        _of(ALNUM + "+/", 86, "", "=="),
        (
            "Endpoint=https;AccountName=media;AccountKey=VALUE;EndpointSuffix=example.net",
            'AZURE_STORAGE_KEY="VALUE"',
        ),
    ),
    "basic authorization": (
        lambda draw: base64.b64encode(f"admin:{_password(draw)}".encode()).decode(),
        (
            "Authorization: Basic VALUE",
            "curl -H 'Authorization: Basic VALUE' https://host.example.org/x",
            '{"Authorization": "Basic VALUE"}',
        ),
    ),
    "database URL": (
        _password,
        (
            "postgres://app:VALUE@db.prod.example.org:5432/main",
            "DATABASE_URL=postgresql+psycopg://svc_user:VALUE@10.0.3.7/orders?sslmode=require",
            "mongodb+srv://root:VALUE@cluster0.ab1cd.mongodb.net/test",
            "redis://:VALUE@cache:6379/0",
            "create_engine('mysql://me:VALUE@localhost/shop')",
            "celery -A app worker -b amqp://guest:VALUE@mq:5672//",
        ),
    ),
    "JSON web token": (
        _jwt,
        ("VALUE", "Cookie: session=VALUE; path=/", "token: VALUE", "I got VALUE.", "(VALUE)"),
    ),
    "password in a command": (
        _password,
        (
            "mysqldump --user=root --password=VALUE shop > shop.sql",
            "docker login -u ci --password VALUE registry.example.org",
            "curl -u deploy:VALUE https://files.example.org/a.tar",
            "sshpass -p VALUE ssh root@10.0.0.4",
        ),
    ),
    "password in code": (
        _password,
        (
            'password = "VALUE"',
            "db.connect(host='db', user='app', password='VALUE')",
            'const PASSWORD = "VALUE";',
            'self.smtp.login("robot", password="VALUE")',
            '{"username": "admin", "password": "VALUE"}',
            "$db_pass = 'VALUE';",
        ),
    ),
    "password in prose": (
        _password,
        (
            "The password is VALUE and the user is admin.",
            "password: VALUE",
            "Log in as root, password VALUE",
            "The admin password was VALUE until Monday",
        ),
    ),
    "password in settings": (
        _password,
        (
            "DB_PASSWORD=VALUE",
            "spring.datasource.password=VALUE",
            "database:\n  user: app\n  password: VALUE\n",
            "REDIS_PASSWORD='VALUE'",
            "SMTP_PASS=VALUE",
            "<password>VALUE</password>",
        ),
    ),
    "private key, OpenSSH": (_pem("OPENSSH PRIVATE KEY"), ("VALUE", "key: |\n VALUE")),
    "private key, RSA": (
        _pem("RSA PRIVATE KEY"),
        ("VALUE", 'KEY = """VALUE"""', "cat id_rsa\nVALUE\n$"),
    ),
    "signing secret": (
        _of(HEX, 64),
        (
            "JWT_SECRET=VALUE",
            'SECRET_KEY = "VALUE"',
            "client_secret: VALUE",
            'app.config["SECRET_KEY"] = "VALUE"',
            '{"client_id": "web", "client_secret": "VALUE"}',
        ),
    ),
    "Slack webhook": (
        lambda draw: (
            f"https://hooks.slack.com/services/T{some(draw, UPPER, 9)}/"
            f"B{some(draw, UPPER, 9)}/{some(draw, ALNUM, 24)}"
        ),
        ("VALUE", "SLACK_WEBHOOK_URL=VALUE", "curl -X POST VALUE -d '{}'", "Post it to VALUE."),
    ),
}


# --- people ---

_NAMES = ("maria.silva", "j_doe", "wei-lin", "anna", "o.brien", "k.novak77", "ops", "Björn".lower())
_HOSTS = (
    "acme.io",
    "mail.example.org",
    "uni-köln.de",
    "corp.internal.co.uk",
    "gmail.com",
    "qq.com",
)
IN_TEXT = (
    "VALUE",
    "Write to VALUE.",
    "From: Someone <VALUE>",
    "cc: VALUE, and the others",
    '{"user": {"email": "VALUE"}}',
    "mailto:VALUE?subject=hi",
    "(VALUE)",
    "Signed-off-by: A Person <VALUE>",
    "git config user.email VALUE",
    "INSERT INTO users VALUES (7, 'VALUE', now());",
    "email=VALUE&name=x",
    "[me](mailto:VALUE)",
)


def _address(draw: random.Random) -> tuple[str, str]:
    return draw.choice(_NAMES) + str(draw.randint(1, 999)), draw.choice(_HOSTS)


def _emails() -> dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]]:
    def plain(draw: random.Random) -> str:
        return "@".join(_address(draw))

    def tagged(draw: random.Random) -> str:
        name, host = _address(draw)
        return f"{name}+{draw.choice(('news', 'shop-2', 'a.b'))}@{host}"

    def quoted(draw: random.Random) -> str:
        name, host = _address(draw)
        return f'"{name} jr"@{host}'

    def deep(draw: random.Random) -> str:
        return f"{_address(draw)[0]}@a1.b-2.c3.example.{draw.choice(('museum', 'co.jp', 'ai'))}"

    def spelt(draw: random.Random) -> str:
        name, host = _address(draw)
        dots = draw.choice((" [dot] ", "(dot)", " dot "))
        return f"{name}{draw.choice((' [at] ', '(at)', ' at '))}{host.replace('.', dots)}"

    return {
        "address": (plain, IN_TEXT),
        "address in capitals": (lambda draw: plain(draw).upper(), IN_TEXT),
        "address spelt out": (spelt, ("Write to VALUE", "VALUE", "contact: VALUE (PGP below)")),
        "address with a tag": (tagged, IN_TEXT),
        "address, its name quoted": (quoted, ("VALUE", "To: VALUE", "write to VALUE today")),
        "address, many labels": (deep, IN_TEXT),
    }


def _luhn(draw: random.Random, lead: str, length: int) -> str:
    digits = lead + some(draw, string.digits, length - len(lead) - 1)
    total = 0
    for place, each in enumerate(reversed(digits)):
        value = int(each) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _iban(draw: random.Random) -> str:
    account = some(draw, string.digits, 18)
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02}{account}"


def _grouped(text: str, size: int, between: str) -> str:
    return between.join(text[at : at + size] for at in range(0, len(text), size))


def _people() -> dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]]:
    cards = ("VALUE", "card: VALUE", '{"pan": "VALUE"}', "I paid with VALUE, exp 04/29")

    def card(draw: random.Random) -> str:
        number = _luhn(draw, draw.choice(("4", "51", "55", "37")), 16)
        return _grouped(number, 4, draw.choice((" ", "-", "")))

    def phone(draw: random.Random) -> str:
        digits = some(draw, "23456789", 10)
        return draw.choice(
            (
                f"+1 {digits[:3]}-{digits[3:6]}-{digits[6:]}",
                f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
                f"+49 {digits[:3]} {digits[3:]}",
                f"+44{digits}",
            )
        )

    return {
        "account number (IBAN)": (
            lambda draw: _grouped(_iban(draw), 4, draw.choice((" ", ""))),
            ("VALUE", "IBAN: VALUE", "Bitte auf VALUE überweisen."),
        ),
        "card number": (card, cards),
        "telephone number": (phone, ("VALUE", "call me at VALUE.", "tel: VALUE", "<td>VALUE</td>")),
    }
