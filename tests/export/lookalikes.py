"""Texts that hold no secret and look as if they did: what masking must leave alone."""

import base64
import hashlib
import random
from collections.abc import Callable
from typing import NamedTuple

from planted import HEX, in_context, some

NEGATIVES = 30


class Innocent(NamedTuple):
    """A text that must stay as it is."""

    kind: str
    text: str


def innocent(seed: int = 6) -> list[Innocent]:
    draw = random.Random(seed)
    return [
        Innocent(kind, in_context(draw, make(draw)))
        for kind, make in _innocents().items()
        for _ in range(NEGATIVES)
    ]


def _innocents() -> dict[str, Callable[[random.Random], str]]:
    def digest(name: str) -> Callable[[random.Random], str]:
        return lambda draw: hashlib.new(name, draw.randbytes(8)).hexdigest()

    def uuid(draw: random.Random) -> str:
        h = some(draw, HEX, 32)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    return {
        "base64 of a picture": lambda draw: (
            f"data:image/png;base64,{base64.b64encode(draw.randbytes(900)).decode()}"
        ),
        "code": lambda draw: draw.choice(tuple(_CODE)),
        "commit": lambda draw: f"commit {digest('sha1')(draw)}\nMerge: {some(draw, HEX, 7)}",
        "decorators and packages": lambda draw: draw.choice(tuple(_AT)),
        "digest": lambda draw: f"sha256:{digest('sha256')(draw)}  model.gguf",
        "log lines": lambda draw: (
            f"2026-11-{draw.randint(10, 28)}T12:0{draw.randint(0, 9)}:11Z INFO request "
            f"req_id={uuid(draw)} took {draw.randint(1, 900)} ms tokens=1{draw.randint(0, 9)}4"
        ),
        "lock file": lambda draw: (
            f'"integrity": "sha512-{base64.b64encode(draw.randbytes(64)).decode()}",'
        ),
        "numbers": lambda draw: (
            f"{draw.random():.16f} {draw.randint(10**12, 10**13)} 0x{some(draw, HEX, 16)} 1e-4"
        ),
        "placeholders": lambda draw: draw.choice(tuple(_HOLES)),
        "prose": lambda draw: draw.choice(tuple(_PROSE)),
        "settings": lambda draw: draw.choice(tuple(_SETTINGS)),
        "UUID": uuid,
    }


_CODE = (
    "password = getpass.getpass()\nuser = input('user: ')",
    'token = request.headers.get("Authorization", "")',
    "for token in tokenizer.encode(text):\n    count += 1",
    "api_key = os.environ['OPENAI_API_KEY']",
    "const secret = process.env.CLIENT_SECRET;",
    "def verify(password: str, hashed: bytes) -> bool:\n    return check(password, hashed)",
    "self.access_token = access_token",
    "if (user.password !== hash(input.password)) { throw new AuthError(); }",
    "max_tokens=4096, temperature=0.7, top_p=0.95",
    'parser.add_argument("--token", help="an access token")',
    "SELECT password_hash, last_login FROM users WHERE id = $1;",
    "primary_key=True, nullable=False, foreign_key='users.id'",
    "sorted(items, key=lambda item: item.created_at)",
    'cache_key = f"{user_id}:{page}:{sort}"',
    '<input type="password" name="password" autocomplete="current-password">',
)
_AT = (
    "@app.route('/users/<int:user_id>')\ndef user(user_id): ...",
    "npm install @types/node@20.11.5 react@18.2.0",
    "git clone git@github.com:encode/starlette.git",
    "uses: actions/checkout@v4\nuses: actions/setup-python@v5.1.0",
    "logo@2x.png icon@3x.webp",
    "@media (max-width: 600px) { .a { display: none } }",
    "import x from '@scope/pkg/lib@next/index.js'",
    "docker.io/library/redis@sha256:0123456789abcdef",
    "@dataclass(frozen=True)\nclass Point:\n    x: int",
    "Meet at noon at the office; look at example.org for the map.",
)
_HOLES = (
    "OPENAI_API_KEY=your-api-key-here",
    'api_key="<YOUR_API_KEY>"',
    "password: ${DB_PASSWORD}",
    "Authorization: Bearer $TOKEN",
    "postgres://user:${PASSWORD}@localhost/db",
    "token: {{ secrets.GITHUB_TOKEN }}",
    "SECRET_KEY=changeme",
    "password=********",
    'client_secret="..."',
    "sk-...",
)
_PROSE = (
    "The password is stored as a hash, never in the clear.",
    "A token is about four characters of English text.",
    "The secret is out: the key is to keep functions short.",
    "Basic authentication is enough here; the bearer of this letter is known to me.",
    "Our API key rotation policy: every 90 days, see the handbook, section 4.2.1.",
    "Release 2.14.0 came out on 2026-11-02 and fixed 1,284 issues.",
    "Call it with 3 arguments: host, port (default 5432) and a timeout in seconds.",
    "la contraseña es importante; el token está en la cabecera.",
    "The launch window is 09:00-17:30 UTC+2, Monday to Friday.",
    "ISBN 978-3-16-148410-0, pages 12-48; RFC 8594; ticket #48213.",
)
_SETTINGS = (
    "max_tokens: 131072\ncontext_tokens: 200000\ntoken_limit=8192",
    "tokenizer: cl100k_base\nkey: value\nsort_key: created_at",
    "[tool.ruff]\nline-length = 100\nselect = ['ALL']",
    "password_min_length: 12\npassword_policy: strict",
    "log_level=info host=0.0.0.0 port=8000 workers=4",
    '{"type": "string", "format": "password", "description": "The password"}',
    "secret_name: db-credentials\nsecretKeyRef:\n  name: db-credentials\n  key: password",
    "public_key: ssh-keys/deploy.pub\nkey_path=/etc/ssl/private/server.pem",
    "AUTH_TOKEN_TTL=3600\nSESSION_KEY_PREFIX=sess",
    "dependencies:\n  - python=3.11.4\n  - numpy=1.26.4",
)
