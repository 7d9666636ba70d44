"""Who sits before the console: a person's token in a cookie no script can read, checked again on every page."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from fastapi import Request
from starlette.responses import Response

from services.ledger.access import permit
from services.ledger.audit import Audit
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import LONGEST_TOKEN, NotAPerson, People, Person

COOKIE = "wufang_console"
PATH = "/console"
FORM_LIMIT = LONGEST_TOKEN + 1_024
FORM_SECONDS = 10.0


class LoginNeeded(Exception):
    """Nobody, or nobody any more: the page is asked for again after the login."""


class Sessions:
    """Logs people in and out; a session is the token itself and ends with it."""

    def __init__(self, people: People, audit: Audit) -> None:
        self._people, self._audit = people, audit

    def person(self, request: Request) -> Person:
        """The person, allowed on this page. Raises LoginNeeded or Refusal."""
        try:
            person = self._people.person(request.cookies.get(COOKIE, ""))
        except NotAPerson:
            raise LoginNeeded from None
        permit(person, request, self._audit)
        return person

    def open(self, request: Request, response: Response, token: str) -> Response:
        """Put a token that is accepted into the cookie. Raises NotAPerson."""
        self._people.person(token)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, path=PATH, httponly=True, samesite="lax", secure=secure)
        return response

    def close(self, response: Response) -> Response:
        """Forget the person."""
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
        return response


async def posted(request: Request) -> dict[str, str]:
    """The fields of a small form from a page of this site. Raises Refusal."""
    if not _from_here(request):
        raise Refusal("forbidden", "请从本系统的页面提交")
    body = b""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > FORM_LIMIT:
                    raise Refusal("too_large", "内容太长")
    except TimeoutError:
        raise Refusal("timeout", "提交得太慢，请重试", Connection="close") from None
    return {name: values[-1].strip() for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _from_here(request: Request) -> bool:
    """Browsers say where a form came from; programs say nothing and carry no cookies."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def local_page(text: str) -> str:
    """Where to go after the login: a page of the console, never another address."""
    parts = urlsplit(text)
    local = not parts.scheme and not parts.netloc and "\\" not in text
    return text if local and (parts.path == PATH or parts.path.startswith(PATH + "/")) else PATH
