"""Who may do what with sealed parts: people of the discipline offices, each within their area; no other role, ever.

A part that accuses the discipline office or the 12345 desk itself (`up`) is for the authority one level up alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.discipline.contract import RECEIPT
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import NotAPerson, People, Person, Role

_OFFICE = frozenset[Role]({"discipline"})
MATRIX: Mapping[tuple[str, str], frozenset[Role]] = {
    ("GET", "/v1/sealed"): _OFFICE,
    ("GET", "/v1/sealed/{receipt}"): _OFFICE,
    ("POST", "/v1/sealed/{receipt}/confirm"): _OFFICE,
    ("POST", "/v1/sealed/{receipt}/release"): _OFFICE,
    ("DELETE", "/v1/sealed/{receipt}"): _OFFICE,
    ("GET", "/v1/audit"): frozenset({"auditor"}),
}
# What a try is called where it is recorded.
_ACTS: Mapping[tuple[str, str], str] = {
    ("GET", "/v1/sealed"): "list",
    ("GET", "/v1/sealed/{receipt}"): "read",
    ("POST", "/v1/sealed/{receipt}/confirm"): "confirm",
    ("POST", "/v1/sealed/{receipt}/release"): "release",
    ("DELETE", "/v1/sealed/{receipt}"): "erase",
    ("GET", "/v1/audit"): "audit",
}
Refused = Callable[[Person, str, Sequence[str]], None]
_BEARER = HTTPBearer(auto_error=False, scheme_name="person", description="人员令牌：Authorization: Bearer …")


def level(jurisdiction: str) -> int:
    """How many digits of a six-digit code name its authority: province 2, city 4, county 6 (GB/T 2260)."""
    if jurisdiction.endswith("0000"):
        return 2
    return 4 if jurisdiction.endswith("00") else 6


class PersonRequired:
    """A dependency: the person behind a bearer token whose role may use the route; tries by others are `refused`."""

    def __init__(self, people: People, refused: Refused) -> None:
        self._people, self._refused = people, refused

    def __call__(
        self, request: Request, credentials: HTTPAuthorizationCredentials | None = Security(_BEARER)
    ) -> Person:
        try:
            person = self._people.person("" if credentials is None else credentials.credentials)
        except NotAPerson:
            raise Refusal("unauthenticated", "请使用有效的人员令牌", WWW_Authenticate="Bearer") from None
        route = getattr(request.scope.get("route"), "path", "")
        request.state.logged = {"person": person.subject, "role": person.role}
        if person.role not in MATRIX.get((request.method, route), frozenset()):
            self._refused(person, _ACTS.get((request.method, route), "other"), _named(request))
            raise Refusal("forbidden", "您的角色不能使用此功能")
        return person


def _named(request: Request) -> list[str]:
    """The receipt in the address, if it is one: what is not stays out of the record."""
    named = request.path_params.get("receipt", "")
    return [named] if re.fullmatch(RECEIPT, named) else []
