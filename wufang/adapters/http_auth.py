"""Who is asking: the API key behind a request, or a refusal that says nothing about which keys there are."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from wufang.adapters.http_problems import Refusal
from wufang.adapters.key_file import ApiKey, KeyFile, Scope

_bearer = HTTPBearer(auto_error=False, scheme_name="apiKey", description="机构密钥：Authorization: Bearer wf_…")
KeyDependency = Callable[..., Awaitable[None]]


def key_required(keys: KeyFile, scope: Scope, channel: str | None, clock: Callable[[], datetime]) -> KeyDependency:
    """A dependency that passes a live key of this scope (and channel), found in `request.state.key`.

    A coroutine, for FastAPI hands every other to a thread; the file is read again only when it changed.
    """

    async def check(request: Request, credentials: HTTPAuthorizationCredentials | None = Security(_bearer)) -> None:
        key = keys.find(credentials.credentials, clock()) if credentials is not None else None
        if key is None:
            raise Refusal("unauthenticated", "请使用有效的机构密钥", WWW_Authenticate="Bearer")
        if scope not in key.scopes or (channel is not None and channel not in key.channels):
            raise Refusal("forbidden", "本密钥不能用于此处")
        request.state.key = key
        request.state.logged = {"key": key.id}

    return check


def key_of(request: Request) -> ApiKey:
    """The key that passed."""
    key: ApiKey = request.state.key
    return key
