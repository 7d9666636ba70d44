"""What is kept of a public link: a known post on a known site as it is, of any other the host without its person.

docs/domain.md, line 2: an allow list, because an author's page has as many forms as there are sites.
"""

import re
from ipaddress import ip_address
from typing import NamedTuple


class _Site(NamedTuple):
    hosts: re.Pattern[str]
    posts: re.Pattern[str]


def _site(hosts: str, *posts: str) -> _Site:
    return _Site(re.compile(hosts), re.compile("|".join(f"(?:{post})" for post in posts)))


# Paths without their first slash: numbers and random codes of a post; no part may be an author's.
_CODE = "[0-9A-Za-z_-]{4,40}"
_SITES = (
    _site(r"m\.weibo\.(cn|com)", f"(status|detail)/{_CODE}"),
    _site(r"(www\.)?weibo\.com", r"ttarticle(/p/show)?", r"(tv/show|detail|status)/[0-9A-Za-z:]{4,60}"),
    _site(r"(www\.|mobile\.)?(x|twitter)\.com", r"i/status/\d{1,25}"),
    _site(r"(www\.)?(ies)?douyin\.com", r"(share/)?(video|note)/\d{5,25}"),
    _site(r"tieba\.baidu\.com", r"p/\d{5,20}"),
    _site(r"baijiahao\.baidu\.com", "s"),
    _site(r"(www\.)?zhihu\.com", r"question/\d{1,20}(/answers?/\d{1,20})?", r"(pin|zvideo|answer)/\d{1,25}"),
    _site(r"zhuanlan\.zhihu\.com", r"p/\d{1,20}"),
    _site(
        r"(www\.|m\.)?bilibili\.com",
        r"video/(BV[0-9A-Za-z]{10}|av\d{1,15})",
        r"(opus|dynamic|read/(mobile/)?cv)/?\d{1,25}",
    ),
    _site(r"t\.bilibili\.com", r"\d{5,25}"),
    _site(r"(www\.|m\.)?toutiao\.com", r"(article|video|group|w|a|i)/?\d{3,25}"),
    _site(r"(www\.)?xiaohongshu\.com", r"(explore|discovery/item)/[0-9a-f]{16,32}"),
    _site(r"(www\.)?kuaishou\.com", f"short-video/{_CODE}"),
    _site(r"mp\.weixin\.qq\.com", f"s(/{_CODE})?"),
    _site(r"(new|news)\.qq\.com", r"rain/a/[0-9A-Z]{8,24}"),
    _site(r"(www|m)\.163\.com", r"([a-z]{2,12}/)?article/[0-9A-Z]{8,24}\.html"),
    _site(r"(www|m)\.sohu\.com", r"a/\d{5,15}"),
    _site(r"(www\.)?youtube\.com", f"(shorts|live)/{_CODE}", "watch"),
    _site(r"youtu\.be", _CODE),
    _site(r"(www\.)?instagram\.com", f"(p|reels?)/{_CODE}"),
    _site(r"(www\.|m\.)?facebook\.com", r"(watch|(reel|share/[a-z])/[0-9A-Za-z]{5,30})"),
    _site(r"(www\.)?thepaper\.cn", r"newsDetail_forward_\d{5,15}"),
    # Public bodies and the news sites of the state have no pages of private persons; an article ends with its number.
    _site(
        r"(?!(.*\.)?(blog|t|bbs|weibo|my|home|user)\.)([a-z0-9-]+\.){0,3}(gov\.cn|people\.com\.cn|people\.cn|xinhuanet\.com|news\.cn|chinanews\.com(\.cn)?|cctv\.com|rednet\.cn)",
        r"([A-Za-z0-9_-]{1,24}/){0,6}[A-Za-z]{0,3}[-_]?\d{4,}[0-9_-]*\.s?html?",
    ),
)
# Discuz!, whose forum every county has: thread, page and page of the list are numbers, on whatever host.
_FORUM_THREAD = re.compile(r"thread-\d{1,12}-\d{1,6}-\d{1,6}\.html")
# Names of parts of a site that are nobody's: what stands before the registered name otherwise may be a person's.
_PLAIN_LABELS = frozenset("www m wap h5 3g mobile bbs forum club news bbs1 tousu ask 12345 liuyan".split())
# Below these names everybody has a name of his own: the registered name would be the person's.
_HOSTED = (
    "github.io gitee.io gitlab.io blogspot.com wordpress.com tumblr.com lofter.com netlify.app vercel.app pages.dev"
    " bokee.com blogchina.com substack.com medium.com livejournal.com weebly.com wixsite.com"
).split()
_SECOND_LEVEL = frozenset("com net org gov edu ac co or ne go mil".split())
_PROVINCES_CN = frozenset(
    "bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj tw hk mo".split()
)


# Sites where the first part of a path is an account.
_ACCOUNTS_FIRST = frozenset(
    "github.com gitee.com t.me xueqiu.com cnblogs.com csdn.net blog.csdn.net jianshu.com douban.com blog.sina.com.cn"
    " tiktok.com".split()
)


def accounts_first(host: str) -> bool:
    """Whether Chinese letters behind the bare host may be somebody's name."""
    return host.removeprefix("www.") in _ACCOUNTS_FIRST or any(site.hosts.fullmatch(host) for site in _SITES)


def known_post(host: str, path: str) -> bool:
    """Whether a path without its first slash is that of a post, which names nobody."""
    if _FORUM_THREAD.fullmatch(path):
        return plain_host(host) == host
    return any(site.hosts.fullmatch(host) and site.posts.fullmatch(path) for site in _SITES)


def plain_host(host: str) -> str:
    """The host of a known site or of a part that is nobody's, else the registered name alone."""
    if any(site.hosts.fullmatch(host) for site in _SITES) or _is_address(host):
        return host
    hosted = next((name for name in _HOSTED if host.endswith(f".{name}")), None)
    if hosted is not None:
        return hosted
    labels = host.split(".")
    kept = min(len(labels), _registered_labels(labels))
    while kept < len(labels) and labels[-kept - 1] in _PLAIN_LABELS:
        kept += 1
    return ".".join(labels[-kept:])


def _registered_labels(labels: list[str]) -> int:
    """How many labels make a registered name: example.com two, example.com.cn and example.hn.cn three."""
    second = labels[-2]
    own = len(labels[-1]) == 2 and (second in _SECOND_LEVEL or (labels[-1] == "cn" and second in _PROVINCES_CN))
    return 3 if own else 2


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
