"""People by token: whatever is not exactly right is refused; keys rotate with the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from wufang.adapters.jwt_people import (
    AUDIENCE,
    LEEWAY_SECONDS,
    LONGEST_TOKEN,
    LocalIssuer,
    NotAPerson,
    People,
    Person,
    public_jwk,
)
from wufang.settings import Settings

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
FOREIGN = ec.generate_private_key(ec.SECP256R1())
ISSUER = "https://login.example"
SOMEBODY = Person("u-1", "某某", "operator", "平川县热线办", "990101")


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [public_jwk(RSA_KEY, "rsa"), public_jwk(EC_KEY, "ec")]}))
    return path


@pytest.fixture
def people(jwks: Path) -> People:
    ticks = iter(range(10_000))
    return People(jwks, ISSUER, lambda: next(ticks) * 2.0)


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    named = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "u-1",
        "name": "某某",
        "role": "operator",
        "organisation": "平川县热线办",
        "jurisdiction": "990101",
        "nbf": now,
        "exp": now + timedelta(hours=1),
    }
    return {name: value for name, value in {**named, **changes}.items() if value is not None}


def signed(algorithm: str = "ES256", kid: str = "ec", key: Any = EC_KEY, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid})


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def confused() -> str:
    """HS256 with the RSA public key as the secret: the classic confusion; PyJWT refuses to make it, so by hand."""
    import base64
    import hashlib
    import hmac

    def part(value: Any) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value, default=str).encode()).rstrip(b"=")

    body = {**claims(), "nbf": 0, "exp": 9_999_999_999}
    signing = part({"alg": "HS256", "kid": "rsa", "typ": "JWT"}) + b"." + part(body)
    signature = hmac.digest(public_pem(RSA_KEY), signing, hashlib.sha256)
    return (signing + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=LEEWAY_SECONDS + 5)


def without(claim: str) -> str:
    gone: dict[str, Any] = {claim: None}
    return signed(**gone)


BAD: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "malformed": lambda: "a.b.c",
    "not ascii": lambda: "é.é.é",
    "too long": lambda: "a" * (LONGEST_TOKEN + 1),
    "expired": lambda: signed(exp=long_ago()),
    "not yet": lambda: signed(nbf=datetime.now(UTC) + timedelta(seconds=LEEWAY_SECONDS + 5)),
    "wrong audience": lambda: signed(aud="elsewhere"),
    "audiences": lambda: signed(aud=[AUDIENCE, "elsewhere"]),
    "wrong issuer": lambda: signed(iss="https://evil.example"),
    "no algorithm": lambda: jwt.encode(claims(), "", "none", headers={"kid": "ec"}),
    "confused": confused,
    "other algorithm": lambda: signed("RS512", "rsa", RSA_KEY),
    "key of another kind": lambda: signed("ES256", "rsa", EC_KEY),
    "unknown key": lambda: signed(kid="nobody"),
    "no key id": lambda: jwt.encode(claims(), EC_KEY, "ES256"),
    "foreign key": lambda: signed(key=FOREIGN),
    "changed": lambda: signed()[:-6] + "AAAAAA",
    "unknown role": lambda: signed(role="god"),
    "bad jurisdiction": lambda: signed(jurisdiction="99x"),
    "short jurisdiction": lambda: signed(jurisdiction="9"),
    "critical": lambda: jwt.encode(claims(), EC_KEY, "ES256", headers={"kid": "ec", "crit": ["x"], "x": 1}),
    **{
        f"without {name}": partial(without, name)
        for name in ("iss", "aud", "exp", "nbf", "sub", "name", "role", "organisation", "jurisdiction")
    },
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_token_names_nobody(people: People, kind: str) -> None:
    token = BAD[kind]()
    with pytest.raises(NotAPerson) as refused:
        people.person(token)
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize(("algorithm", "kid", "key"), [("RS256", "rsa", RSA_KEY), ("ES256", "ec", EC_KEY)])
def test_a_good_token_names_its_person(people: People, algorithm: str, kid: str, key: Any) -> None:
    assert people.person(signed(algorithm, kid, key)) == SOMEBODY


def test_keys_rotate_with_the_file_and_survive_a_broken_one(people: People, jwks: Path) -> None:
    old = signed()
    people.person(old)
    jwks.write_text("{broken")
    assert people.person(old) == SOMEBODY
    jwks.write_text(json.dumps({"keys": [public_jwk(FOREIGN, "new")]}))
    assert people.person(signed(kid="new", key=FOREIGN)) == SOMEBODY
    with pytest.raises(NotAPerson):
        people.person(old)
    jwks.unlink()
    with pytest.raises(NotAPerson):
        people.person(signed(kid="new", key=FOREIGN))


def test_the_local_issuer_makes_its_keys_once(tmp_path: Path) -> None:
    settings = Settings.from_env({"WUFANG_JWKS": str(tmp_path / "state" / "jwks.json")})
    token = LocalIssuer.open(settings).token(SOMEBODY, datetime.now(UTC))
    again = LocalIssuer.open(settings).token(SOMEBODY, datetime.now(UTC))
    people = People(settings.jwks, settings.issuer)
    assert people.person(token) == people.person(again) == SOMEBODY
    assert (tmp_path / "state" / "issuer.pem").stat().st_mode & 0o077 == 0
    assert "d" not in json.loads(settings.jwks.read_text())["keys"][0]
    expired = LocalIssuer.open(settings).token(SOMEBODY, datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(NotAPerson):
        people.person(expired)


def test_who_the_token_is_of_is_its_sub_whatever_else_it_claims(people: People) -> None:
    """The name of our own field came before the registered claim: a profile's attribute named somebody else."""
    assert people.person(signed(subject="u-2")).subject == "u-1"
