"""People by signed token: who they are, their role, organisation and jurisdiction; any doubt is a refusal.

The public keys are a JWKS file that is read again when it changes. `LocalIssuer` makes keys and tokens for
demo and the tests; a place with its own identity provider only writes the file and names the issuer.
"""

import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Self, get_args

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from wufang.readmodel.organisations import LONGEST_OWN
from wufang.settings import Settings
from wufang.telemetry import log

Role = Literal["operator", "warden", "handler", "supervisor", "city", "discipline", "auditor", "admin", "metrics"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_LABELS: dict[Role, str] = {
    "operator": "坐席",
    "warden": "网格员",
    "handler": "承办单位",
    "supervisor": "区县督办",
    "city": "市级",
    "discipline": "纪检",
    "auditor": "审计",
    "admin": "系统管理员",
    "metrics": "指标采集",
}
UNIT_ROLES = frozenset[Role](
    {"warden", "handler"}
)  # who acts for a unit; without its name nothing could be kept from it
AUDIENCE = "wufang"
ALGORITHMS = ("RS256", "ES256")
LEEWAY_SECONDS = 30
LONGEST_TOKEN = 8_192
LONGEST_CLAIMS = (200, 200, LONGEST_OWN)  # characters of subject, name and organisation
LOOK_SECONDS = 1.0
_KEY_TYPES = {"RS256": "RSA", "ES256": "EC"}
_CLAIMS = ["iss", "aud", "exp", "nbf", "sub"]


class NotAPerson(Exception):
    """The token is not accepted; why is for the log, never for the sender."""


class Person(msgspec.Struct, frozen=True):
    """Who asks; `jurisdiction` is the prefix of authority codes they may see."""

    subject: str
    name: str
    role: Role
    organisation: str
    jurisdiction: str


class People:
    """Checks tokens against the keys in the JWKS file as it stands now, or at most `LOOK_SECONDS` ago."""

    def __init__(self, jwks: Path, issuer: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = jwks
        self._issuer = issuer
        self._monotonic = monotonic
        self._looked = float("-inf")
        self._looking = Lock()  # requests ask from several threads: none may see keys that are only just being read
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str, jwt.PyJWK] = {}

    def person(self, token: str) -> Person:
        """The person a token names. Raises NotAPerson."""
        if len(token) > LONGEST_TOKEN:
            raise NotAPerson("too long")
        try:
            key = self._key(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": _CLAIMS, "strict_aud": True},
            )
        except jwt.PyJWTError as error:
            raise NotAPerson(type(error).__name__) from None
        return _person(claims)

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        """The key the token names, if the algorithm is allowed and that key's own."""
        self._refresh()
        key = self._keys.get(str(header.get("kid")))
        algorithm = header.get("alg")
        if key is None or algorithm not in ALGORITHMS or _KEY_TYPES[algorithm] != key.key_type:
            raise NotAPerson("no such key")
        if "crit" in header or key.algorithm_name != algorithm:
            raise NotAPerson("header not understood")
        return key

    def _refresh(self) -> None:
        with self._looking:
            self._look()

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._keys = None, {}
            return
        stamp = found.st_mtime_ns, found.st_ino
        if stamp != self._stamp:
            try:
                self._keys = _public_keys(self._path.read_bytes())
                self._stamp = stamp
            except (ValueError, jwt.PyJWTError):
                log("people").error("the JWKS file is broken; the keys read before stay in use")


def _public_keys(raw: bytes) -> dict[str, jwt.PyJWK]:
    """The usable keys of a JWKS document by key id; other kinds are passed over. Raises ValueError."""
    document = json.loads(raw)
    keys = {}
    for entry in document.get("keys", ()):
        if entry.get("kid") and entry.get("kty") in _KEY_TYPES.values() and entry.get("use", "sig") == "sig":
            algorithm = entry.get("alg") or ("RS256" if entry["kty"] == "RSA" else "ES256")
            if algorithm in ALGORITHMS:
                keys[entry["kid"]] = jwt.PyJWK(entry, algorithm=algorithm)
    return keys


def _person(claims: dict[str, Any]) -> Person:
    try:
        person = msgspec.convert({**claims, "subject": claims["sub"]}, Person)
    except msgspec.ValidationError:
        raise NotAPerson("a claim is missing or not understood") from None
    jurisdiction = person.jurisdiction
    lengths = (len(person.subject), len(person.name), len(person.organisation))
    known_place = jurisdiction == "" or (jurisdiction.isdecimal() and len(jurisdiction) in (2, 4, 6))
    if not person.subject or not known_place or any(map(int.__gt__, lengths, LONGEST_CLAIMS)):
        raise NotAPerson("a claim is not understood")
    return person


class LocalIssuer:
    """Keys and tokens of one machine: the private key in issuer.pem, its public half in the JWKS file."""

    def __init__(self, private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str, issuer: str) -> None:
        self._key, self._kid, self._issuer = private_key, kid, issuer

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The issuer beside `settings.jwks`; made on first use."""
        pem = settings.jwks.parent / "issuer.pem"
        if not pem.exists():
            _make_keys(pem, settings.jwks)
        key = serialization.load_pem_private_key(pem.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101  # _make_keys writes no other
        return cls(key, _key_id(key), settings.issuer)

    def token(self, person: Person, now: datetime, lifetime: timedelta = timedelta(hours=8)) -> str:
        """A token that names this person from `now` on."""
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": person.subject,
            "name": person.name,
            "role": person.role,
            "organisation": person.organisation,
            "jurisdiction": person.jurisdiction,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
        }
        algorithm = "RS256" if isinstance(self._key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(claims, self._key, algorithm, headers={"kid": self._kid})


def public_jwk(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    """The entry of a JWKS document for this key's public half."""
    if isinstance(key, rsa.RSAPrivateKey):
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return {**jwk, "kid": kid, "alg": "RS256", "use": "sig"}
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": kid, "alg": "ES256", "use": "sig"}


def _make_keys(pem: Path, jwks: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem.parent.mkdir(parents=True, exist_ok=True)
    raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with open(os.open(pem, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
    jwks.write_text(json.dumps({"keys": [public_jwk(key, _key_id(key))]}, indent=1))


def _key_id(key: ec.EllipticCurvePrivateKey) -> str:
    """Derived from the public key, so that the private file alone is enough."""
    numbers = key.public_key().public_numbers()
    return f"local-{numbers.x:064x}"[:22]
