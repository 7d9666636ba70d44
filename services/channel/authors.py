"""Drops the authors of public posts, out of links, mentions, accounts and e-mails; it must never keep or link one.

docs/domain.md, line 2. What the post itself says in plain words stays; the door's masking looks at that.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from services.channel.links import accounts_first, known_post, plain_host

By = str | Callable[[re.Match[str]], str]
MENTION = "@某用户"
LINK = "[链接]"
EMAIL = "[邮箱]"
ACCOUNT = "[账号]"
NAMED = "某用户"
LONGEST = 10_000  # no field takes more, so longer texts are refused as they are, unread
_UNSEEN = r"[ \t\u3000\u200b-\u200d\u2060\ufeff]"
_MENTION = re.compile(rf"[@＠]{_UNSEEN}{{0,3}}[\w·•\-]{{1,40}}")
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
_ACCOUNT = r"[0-9A-Za-z_.\-]"  # signs of an account
_NAMED = re.compile(
    r"(作者|博主|楼主|发帖人|发布者|发布人|昵称|用户名|网名|账号|帐号|up主)\s*[:：=]\s*[^\s，。；！？、,;]{1,40}",
    re.IGNORECASE,
)
# 作者为张三丰; a 楼主 or a 账号 is many a thing (楼主是三号楼业主), so they must be called by the name.
_CALLED = re.compile(
    r"((?:作者|发帖人|发布者|发布人|昵称|用户名|网名|up主)名?\s?(?:名叫|叫|为|是|系)|(?:博主|楼主|账号|帐号)名?(?:名叫|叫|名为))\s?"
    rf"(?!{NAMED})(?:{_ACCOUNT}{{2,40}}|[一-龥·]{{1,8}})",
    re.IGNORECASE,
)
_GLUED = re.compile(
    rf"(用户名|昵称|网名|账号|帐号)\s?{_ACCOUNT}{{3,40}}|(作者|博主|楼主|发帖人|发布者|发布人|up主)\s?[A-Za-z_]{_ACCOUNT}{{2,39}}"
    rf"|(用户名|昵称|网名)(?!{NAMED}|[是为叫系名])[一-龥·]{{2,4}}",
    re.IGNORECASE,
)
_PLATFORM = re.compile(
    r"((?:抖音|快手|小红书|微博|微信|视频|头条|哔哩哔哩|B站|知乎|贴吧|公众|百家|企鹅|西瓜|豆瓣|陌陌|推特|脸书|电报|QQ)(?:用户)?(?:号|账号|帐号|ID))"
    rf"\s?[:：是为=]?\s?(?:[0-9]{{6,40}}|(?=[0-9.\-]*[A-Za-z_]){_ACCOUNT}{{3,40}})",
    re.IGNORECASE,
)
_UID = re.compile(r"(?<![A-Za-z])uid(?:\s*[:：= ]\s*[0-9A-Za-z_-]{3,40}|[0-9]{5,20})", re.IGNORECASE)
# 工单ID：… is no account, an ID that stands alone is one.
_ID = re.compile(r"(?<![0-9A-Za-z一-龥_])id\s?[:：=]\s?[^\s，。；！？、,;]{2,40}", re.IGNORECASE)
# Every branch begins with a plain letter: the search then skips from one such letter to the next.
_WORDS = re.compile(
    "作者|博主|楼主|发帖人|发布者|发布人|昵称|用户名|网名|账号|帐号|up主|UP主|Up主|uP主|抖音|快手|小红书|微博|微信|视频|头条|哔哩|B站|b站"
    "|知乎|贴吧|公众|百家|企鹅|西瓜|豆瓣|陌陌|推特|脸书|电报|qq|QQ|qQ|Qq|id|ID|Id|iD"
)
# Signs with a plain form of one sign (NFKC): full width, in circles, of mathematics; not the commas of every sentence.
_EXOTIC = re.compile("[０-９Ａ-Ｚａ-ｚ＠．＿－／＝＆＃\u2102-\u2149\u24b6-\u24e9\U0001d400-\U0001d7ff]")
_SUSPECT = re.compile("[@＠.:：]")
_SIGNS = r"[A-Za-z0-9._~:/?#@!$&*+=%-]*"
_ENDINGS = (
    "com|cn|net|org|tv|cc|me|io|co|app|dev|xyz|top|vip|site|info|xin|club|blog|page|link|ink|fun|cloud|tech|live|hk|tw"
)
# The second group is Chinese glued to the address: the sentence going on, or the author's name in a path.
_URL = re.compile(
    rf"((?:https?://|www\.){_SIGNS}|(?<![A-Za-z0-9.@_-])(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}(?:{_ENDINGS})(?![A-Za-z0-9@.-])"
    rf"(?:[/?#:]{_SIGNS})?)([一-龥·]*)",
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
    """The link to a known kind of post without query, fragment and author; of any other the site alone.

    Raises AuthorInLink for what is an author's for sure, so that the sender hears of it, or NotALink.
    """
    parts = urlsplit(link.strip())
    host = (parts.hostname or "").casefold()
    if parts.scheme.casefold() not in ("http", "https") or "." not in host:
        raise NotALink
    if parts.username is not None or _AUTHOR_HOSTS.search(host):
        raise AuthorInLink
    segments = [s for s in _decoded(parts.path).split("/") if s]
    path = "/".join(_without_author(host, segments))
    scheme, host = parts.scheme.casefold(), _post_host(host, segments)
    if not known_post(host, path):
        return f"{scheme}://{plain_host(host)}/"
    port = f":{parts.port}" if parts.port else ""
    return f"{scheme}://{host}{port}/{path}"


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
    elif site in ("sohu.com", "m.sohu.com") and segments[:1] == ["a"]:
        segments = ["a", *(segment.partition("_")[0] for segment in segments[1:])]
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
    if len(text) > LONGEST:
        return text
    sub = _sub if _EXOTIC.search(text) is None else _sub_folded
    suspect, exotic = _SUSPECT.search(text) is not None, sub is _sub_folded
    if exotic or (suspect and (":" in text or "：" in text or "=" in text)):
        text = sub(_NAMED, r"\1：某用户", text)
    if exotic or _WORDS.search(text):
        for pattern, by in _BY_WORD:
            text = sub(pattern, by, text)
    if exotic or (suspect and "." in text):
        text = sub(_EMAIL, EMAIL, sub(_URL, _clean_found, text))
    return sub(_MENTION, MENTION, text) if suspect or exotic else text


def names_author(identifier: str) -> bool:
    """Whether a number says whose it is: weibo_uid 1234567890."""
    return clean_text(identifier) != identifier


def _called(match: re.Match[str]) -> str:
    word: str = next(filter(None, match.groups()))
    return word + NAMED


_BY_WORD: tuple[tuple[re.Pattern[str], By], ...] = (
    (_UID, ACCOUNT),
    (_PLATFORM, rf"\1{ACCOUNT}"),
    (_CALLED, _called),
    (_GLUED, _called),
    (_ID, ACCOUNT),
)


def _sub(pattern: re.Pattern[str], by: By, text: str) -> str:
    return pattern.sub(by, text)


def _sub_folded(pattern: re.Pattern[str], by: By, text: str) -> str:
    """`pattern.sub` that looks at the folded text and changes only what it finds of the text itself."""
    plain = _EXOTIC.sub(_plain, text)
    pieces, at = [], 0
    for match in pattern.finditer(plain):
        pieces += [text[at : match.start()], match.expand(by) if isinstance(by, str) else by(match)]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _plain(match: re.Match[str]) -> str:
    """The plain form if it is one sign, so that every other keeps its place."""
    plain = normalize("NFKC", match[0])
    return plain if len(plain) == 1 else match[0]


def _clean_found(match: re.Match[str]) -> str:
    """The Chinese after the address goes with it where it may be the author's name: in a path, after an equals sign."""
    address, following = match[1], match[2]
    try:
        link = clean_link(address if "://" in address else "http://" + address)
    except ValueError:
        return LINK
    parts = urlsplit(address if "://" in address else "http://" + address)
    root = parts.path in ("", "/") and not parts.query
    if address.endswith(("/", "=")) and (not root or accounts_first(parts.hostname or "")):
        following = ""
    if root and "://" not in address and not parts.path:  # a host in the sentence stays a host
        link = urlsplit(link).netloc
    return link + following


def clean_texts(value: Any, keep: frozenset[str] = frozenset()) -> Any:
    """`clean_text` on every string inside, but under the keys in `keep`, which have checks of their own."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {k: v if k in keep else clean_texts(v, keep) for k, v in value.items()}
    if isinstance(value, list):
        return [clean_texts(v, keep) for v in value]
    return value
