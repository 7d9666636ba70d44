"""Who read what: the facts of one audit line for each read of a case, a report or a search; never a word of a query.

The line itself is written when the answer is known (wufang/adapters/http_log.py), so it says the status too.
"""

import hmac
import re
from collections.abc import Mapping

import orjson
from fastapi import Request

from wufang.adapters.jwt_people import Person

_ID = re.compile(r"[0-9]{6}-[1-9][0-9]{0,17}-[0-9]{1,9}|[0-9a-f]{64}")
_WORDS = ("q", "phrase")


class Audit:
    """Notes reads on their requests; under `key` equal queries are equal, and nobody can try out which they were."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def note(self, request: Request, person: Person, route: str) -> None:
        """This person asks for this route, allowed or not."""
        request.state.audit = {
            "subject": person.subject,
            "name": person.name,
            "role": person.role,
            "organisation": person.organisation,
            "jurisdiction": person.jurisdiction,
            "route": route,
            **_read(request.path_params),
            **self._asked(request),
        }

    def _asked(self, request: Request) -> Mapping[str, str]:
        words = [request.query_params.getlist(name) for name in _WORDS]
        if not any(map(any, words)):
            return {}
        return {"query": hmac.digest(self._key, orjson.dumps(words), "sha256").hex()[:32]}


def _read(named: Mapping[str, str]) -> Mapping[str, str]:
    """The id as it was asked for, where it has the form of one: anything else may be somebody's words."""
    return {name: value if _ID.fullmatch(value) else "(no id)" for name, value in named.items()}
