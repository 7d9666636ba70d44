"""Drops the authors of public posts, out of links, mentions and e-mails; it must never keep or link one.

docs/domain.md, line 2. What the post itself says in plain words stays; the door's masking looks at that.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

MENTION = "@某用户"
LINK = "[链接]"
EMAIL = "[邮箱]"
ACCOUNT = "[账号]"
LONGEST = 10_000  # no field takes more, so longer texts are refused as they are, unread
_MENTION = re.compile(r"[@＠][\w·•\-]{1,40}")
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
_NAMED = re.compile(
    r"(作者|博主|楼主|发帖人|发布者|发布人|昵称|用户名|网名|账号|up主)\s*[:：]\s*[^\s，。；！？、,;]{1,40}",
    re.IGNORECASE,
)
_SUSPECT = re.compile("[@＠.:：]|[uU][iI][dD]")
_UID = re.compile(r"(?<![A-Za-z])uid\s*[:：= ]\s*[0-9A-Za-z_-]{3,40}", re.IGNORECASE)
# The second group is Chinese glued to the address: the sentence going on, or the author's name in a path.
_URL = re.compile(
    r"((?:https?://|www\.|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:com|cn|net|org|tv|cc|me|io|co)/)[A-Za-z0-9._~:/?#@!$&*+=%-]*)([一-龥·]*)",
    re.IGNORECASE,
)
_AUTHOR_SEGMENT = re.compile(
    "u|users?|profiles?|people|authors?|space|members?|uid|n|blogger|homepage|usercenter", re.IGNORECASE
)
_AUTHOR_SEGMENT_OF = {
    "tieba.baidu.com": re.compile("home|i", re.IGNORECASE),
    "youtube.com": re.compile("channel|c", re.IGNORECASE),
}
# On these sites the first segment is an account unless it is one of these words; weibo.com/p/… is an author's page.
_POSTS_OF = (
    (re.compile("(m[.])?weibo[.](com|cn)"), re.compile("status|detail|ttarticle|tv|article", re.IGNORECASE)),
    (re.compile("(x|twitter)[.]com"), re.compile("i", re.IGNORECASE)),
    (
        re.compile("(facebook|instagram)[.]com|threads[.]net"),
        re.compile("p|reels?|share|watch|explore", re.IGNORECASE),
    ),
)
# One author's own site below these names: the host itself is the author.
_AUTHOR_HOSTS = re.compile(
    r"(^space\.bilibili\.com$)|(\.(lofter|tumblr|blogspot|wordpress|substack|medium|livejournal|blogchina)\.com$)"
    r"|(\.blog\.(163|sohu|sina)\.com(\.cn)?$)|(^i\.(youku|qq)\.com$)|(^user\.qzone\.qq\.com$)"
)


# Post ids and page names; other signs (@ ~ = and all but ASCII) may be an author.
_PLAIN_SEGMENT = re.compile(r"(?!.*uid)[0-9A-Za-z._-]{1,120}", re.IGNORECASE)


class AuthorInLink(ValueError):
    """A link that cannot be kept without naming the author."""


class NotALink(ValueError):
    """Not an absolute http(s) link."""


def clean_link(link: str) -> str:
    """The link to the post without query, fragment and author. Raises AuthorInLink or NotALink."""
    parts = urlsplit(link.strip())
    host = (parts.hostname or "").casefold()
    if parts.scheme.casefold() not in ("http", "https") or "." not in host:
        raise NotALink
    if parts.username is not None or _AUTHOR_HOSTS.search(host):
        raise AuthorInLink
    segments = [s for s in _decoded(parts.path).split("/") if s]
    path = "/".join(_without_author(host, segments))
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.casefold()}://{_post_host(host, segments)}{port}/{path}"


def _decoded(path: str) -> str:
    """Twice, because %2540 is an @ to a careless reader."""
    return unquote(unquote(path))


def _post_host(host: str, segments: list[str]) -> str:
    return "m.weibo.cn" if _weibo_post(host, segments) else host


def _weibo_post(host: str, segments: list[str]) -> bool:
    """weibo.com/<author>/<post>: the post has an address of its own at m.weibo.cn/status/<post>."""
    own = host in ("weibo.com", "www.weibo.com", "m.weibo.cn", "m.weibo.com")
    return own and len(segments) == 2 and segments[0].isdigit()


def _without_author(host: str, segments: list[str]) -> list[str]:
    site = host.removeprefix("www.")
    if _weibo_post(host, segments):
        segments = ["status", segments[1]]
    elif site in ("x.com", "twitter.com") and segments[1:2] == ["status"]:
        segments = ["i", *segments[1:3]]
    if _account_first(site, segments) or any(_names_author(site, s) for s in segments):
        raise AuthorInLink
    return segments


def _account_first(site: str, segments: list[str]) -> bool:
    words = next((words for sites, words in _POSTS_OF if sites.fullmatch(site)), None)
    return words is not None and bool(segments) and not words.fullmatch(segments[0])


def _names_author(site: str, segment: str) -> bool:
    own = _AUTHOR_SEGMENT_OF.get(site)
    if not _PLAIN_SEGMENT.fullmatch(segment) or _AUTHOR_SEGMENT.fullmatch(segment):
        return True
    return own is not None and own.fullmatch(segment) is not None


def clean_text(text: str) -> str:
    """Mentions, e-mail addresses, named authors and authors in links are gone; the rest stays as it was."""
    if len(text) > LONGEST or not _SUSPECT.search(text):
        return text
    if ":" in text or "：" in text:
        text = _NAMED.sub(r"\1：某用户", text)
    text = _UID.sub(ACCOUNT, text)
    if "." in text:
        text = _EMAIL.sub(EMAIL, _URL.sub(_clean_found, text))
    return _MENTION.sub(MENTION, text)


def _clean_found(match: re.Match[str]) -> str:
    """The Chinese after the address goes with it where it may be the author's name: in a path, after an equals sign."""
    address, following = match[1], match[2]
    try:
        link = clean_link(address if "://" in address else "http://" + address)
    except ValueError:
        return LINK
    root = urlsplit(link).path == "/"
    return link if address.endswith(("/", "=")) and not root else link + following


def clean_texts(value: Any, keep: frozenset[str] = frozenset()) -> Any:
    """`clean_text` on every string inside, but under the keys in `keep`, which have checks of their own."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {k: v if k in keep else clean_texts(v, keep) for k, v in value.items()}
    if isinstance(value, list):
        return [clean_texts(v, keep) for v in value]
    return value
