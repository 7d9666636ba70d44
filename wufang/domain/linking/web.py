"""What a post itself says, without what the web put around and into it; it only removes, and keeps nothing of its own.

Menus, copyright and licence lines, editors and sources, share buttons, mentions, spam pasted over a name (seed row
H20): none of that is evidence, and none of it may become a place or an organisation. The report keeps its text as it
came.
"""

import hashlib
import re
from collections.abc import Callable

from wufang.domain.linking.places import KINDS
from wufang.domain.linking.web_words import BUTTONS, MENU_WORDS, SPAM
from wufang.domain.text import normalise

PASSES = 8  # one changes and one confirms, in ordinary posts; only spam nested on purpose takes more
CORE_LENGTH = 30  # letters; shorter texts are said by many, of many things
HEADS = 5  # of one repost in another
FOOTER_LENGTH = 120  # characters; a longer line, or one with a sentence in it, holds a post beside its licence

By = str | Callable[[re.Match[str]], str]

# Signs nobody sees, of a text's direction, of fonts with pictures, and pictures.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ue000-\uf8ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\U000e0000-\U000e01ef\U000f0000-\U0010ffff]"
)

_END = "。！？!?；;"  # of a sentence
_SENTENCE = re.compile("[。！？]")
_STARTS = rf"(?:^|(?<=[\s{_END}，,、|｜（(\[【》>]))"  # a word begins: a line, or something ended before it
_PAUSE = rf"\s{_END}，,|｜()（）\[\]【】"
_VALUE = rf"[^{_PAUSE}]{{0,20}}(?![^{_PAUSE}])"  # of a name behind a colon; more is a sentence

_MENU_SIGNS = r"[|｜>›»·•]"
_MENU_WORD = r"[一-龥A-Za-z0-9]{1,8}"
_BLANK = r"[ \t\u3000]{0,3}"
_MENU_RUN = re.compile(
    r"(?<![一-龥A-Za-z0-9])(?:(?:当前|您的|你的|您所在的|您现在的)位置\s?[:：]\s?)?"
    rf"(?:{_MENU_WORD}{_BLANK}{_MENU_SIGNS}+{_BLANK})+(?:{_MENU_WORD}(?![一-龥A-Za-z0-9]))?"
)
_MENU_CUT = re.compile(r"[\s:：|｜>›»·•]+")
_SHORT_WORD, _MENU_LENGTH, _MANY = 6, 4, 6
_ENDINGS = (*KINDS, "省", "市", "州", "区", "县")

_LICENCE = re.compile(
    r"版权所有|©|[(（]c[)）]\s*\d{4}|copyright|all rights reserved|icp[备证]\s*\d|icp备案号|公网安备\s*\d|网站标识码|"
    r"信息网络传播视听节目许可证|互联网新闻信息服务许可证|未经(?:授权|许可|书面).{0,10}转载",
    re.IGNORECASE,
)
_BUTTON_LINE = re.compile(
    rf"(?:(?:{'|'.join(BUTTONS)})(?:量|数|次数|到|至)?[\s:：|｜/、()（）\[\]【】]*(?:\d[\d.,万w+]*)?[\s|｜/、·]*){{1,30}}+",
    re.IGNORECASE,
)
_COUNT = r"(?:阅读|浏览|点赞|评论|转发|收藏|在看|分享|点击|播放)(?:量|数|次数)?\s?[:：]?\s?\d[\d.]{0,9}[万w+]{0,2}"

_ACCOUNT = r"(?:微信|薇信|威信|徽信|v信|\bvx|v(?=\s?[:：])|weixin|扣扣|qq)"
_CONTACT = re.compile(
    rf"(?:(?:加|添加|联系|咨询|私聊|私)\s?我?的?{_ACCOUNT}(?:号|群)?\s?[:：]?|{_ACCOUNT}(?:号\s?[:：]?|群?[:：]))\s?"
    r"(?:[A-Za-z0-9_\-]{5,20}|\[账号\])",
    re.IGNORECASE,
)
_SPAM_WORD = (
    f"(?=[{''.join(sorted({word[0] for word in SPAM}))}])(?:"
    + "|".join(sorted(SPAM, key=lambda word: (-len(word), word)))
    + ")(?![室馆站店点厅])"
)
_SPAM_ONE = re.compile(_SPAM_WORD, re.IGNORECASE)
# Between two words of spam stand signs, and letters and digits of accounts.
_SPAM_RUN = re.compile(rf"{_SPAM_WORD}(?:[\s、，,/|+·!！~:：.0-9a-z_*-]{{0,16}}{_SPAM_WORD}){{2,}}", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"[\s、，,]*(?:等|之类|类|的|各种|违法|非法|违规|这些|这种){0,3}(?:小广告|牛皮癣|广告|诈骗|窝点|活动)"
)
_SPAM_WORDS, _SPAM_SCORE = 3, 3

# A run of letters and digits inside Chinese that is no code (letters, then digits) and no word.
_ASCII = re.compile(r"(?<=[一-龥])(?<![号单])[A-Za-z0-9]{5,40}(?=[一-龥])")
_CODE = re.compile(r"[A-Za-z]{0,8}\d+[A-Za-z]?")
_SWITCH = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_VOWEL = re.compile("[aeiouAEIOU0-9]")


def _menu(match: re.Match[str]) -> str:
    return "" if _is_menu(_MENU_CUT.split(match[0].strip(" \t\u3000|｜>›»·•"))) else match[0]


def _is_menu(some: list[str]) -> bool:
    """Of what signs part: the page's own words; one of them may do, or many short ones that are no places."""
    known = len(MENU_WORDS.intersection(some))
    if known >= 2 or (known and (some[0] in ("首页", "网站首页") or len(some) >= 4)):
        return True
    return len(some) >= _MANY and all(len(word) <= _MENU_LENGTH and _names_nothing(word) for word in some)


def _is_bare_menu(some: list[str]) -> bool:
    """Of what blanks part: people part their words by blanks as well, so it takes three words of a menu."""
    known = len(MENU_WORDS.intersection(some))
    return known >= 3 and 2 * known >= len(some) and all(len(word) <= _SHORT_WORD for word in some)


def _names_nothing(word: str) -> bool:
    return word.isalpha() and not word.endswith(_ENDINGS)


def _bracketed(match: re.Match[str]) -> str:
    """A sticker or what the door put for a link; a place in brackets stays."""
    return "" if _names_nothing(match[0][1:-1]) else match[0]


def _spam(match: re.Match[str]) -> str:
    """Nothing, where the words say surely that nobody complains here."""
    found = _SPAM_ONE.findall(match[0])
    score = sum(SPAM[word.lower()] for word in found)
    surely = len(found) >= _SPAM_WORDS and score >= _SPAM_SCORE
    return "" if surely and not _COMPLAINT.match(match.string, match.end()) else match[0]


def _pasted(match: re.Match[str]) -> str:
    run = match[0]
    if _CODE.fullmatch(run):
        return run
    return "" if len(_SWITCH.findall(run)) >= 3 or not _VOWEL.search(run) else run


# One of these signs stands in whatever a line of licences, a menu with signs, a contact and the first nine spans match;
# most posts have none.
_WORTH = re.compile("[版©证备识载注究击扫维按众享信扣:：|｜>›»·•cCpPqQvVwWyY]")
_ALWAYS_FROM = 9

# In this order.
_SPANS: tuple[tuple[re.Pattern[str], By], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        # 版权所有, licences: with what is glued before, and their years, owner and number, not what a blank parts
        (
            rf"{_STARTS}[^\s{_END}，,|｜]{{0,20}}(?:版权所有(?![者权])|©|copyright)[\s:：©]{{0,3}}"
            rf"(?:\d{{4}}(?:\s?[-—]\s?\d{{4}})?年?[ \t]?)?[^\s{_END}，,|｜]{{0,30}}",
            "",
        ),
        (
            rf"{_STARTS}[^\s{_END}，,|｜]{{0,20}}(?:icp[备证]\s?\d|icp备案号|公网安备\s?\d|网站标识码)"
            r"[:：]?\s?[\w\-]{0,30}",
            "",
        ),
        (
            r"未经(?:授权|许可|书面)[^。！？\n]{0,10}转载[^。！？\n]{0,10}|(?:转载)?请注明(?:来源|出处)|违者必究"
            r"|all rights reserved",
            "",
        ),
        (rf"{_STARTS}(?:发布|发表|更新|编辑)(?:时间|日期)\s?[:：]\s?[\d年月日/:.\- ]{{4,24}}", ""),
        (
            rf"{_STARTS}(?:责任编辑|值班编辑|本期编辑|编辑|责编|校对|审核|审签|监制|编审|初审|复审|终审|值班主任|记者|通讯员|摄影|作者|供稿|技术支持"
            rf"|(?:信息|文章|稿件|消息|新闻|图文|图片|内容)?来源|稿源|原标题|浏览次数|点击次数|阅读次数|点击量|阅读量|字号)\s?[:：]\s?{_VALUE}",
            "",
        ),
        (
            r"点击(?:上方|下方|左下角|右上角|蓝字|阅读原文|图片放大|查看(?:更多|原文|全文|大图|详情)|关注)"
            rf"[^{_END}，,\n]{{0,20}}",
            "",
        ),
        (
            r"(?:扫码|扫一扫|(?:扫描|长按|识别|扫)(?:识别)?(?:上方|下方|右侧|上图|下图)?二维码)(?:即可|立即|可)?"
            rf"(?:关注|下载|加群|进群|入群|添加|加入|加我|了解|查看(?:更多|详情)|报名|咨询|领取)[^{_END}，,\n]{{0,20}}",
            "",
        ),
        (
            rf"长按(?:图片)?识别[^{_END}，,\n]{{0,20}}|关注(?:我们|本号|公众号)的?(?:微信)?公众号[^{_END}，,\n]{{0,20}}",
            "",
        ),
        (
            r"分享(?:到|至)[:：]?(?:\s{0,2}[、/|]?\s{0,2}(?:微信好友|微信|朋友圈|新浪微博|微博|qq空间|qq好友|qq|空间|抖音)){1,12}",
            "",
        ),
        (rf"{_COUNT}(?:[\s|｜·,，]{{0,4}}{_COUNT}){{1,12}}", ""),
        (r"(?:展开|查看|收起)全文|阅读原文|网页链接|转发微博|来自\s?[一-龥A-Za-z0-9 ]{1,15}(?:客户端|超话)", ""),
        (r"\[(?:[一-龥]{1,3}|[a-z]{2,8}|笑cry)\]", _bracketed),  # [泪], [链接]
        (r"[@＠]+[\w·\-]{0,40}", ""),
        (r"(?<!\w)[#＃](?=\w)", ""),  # the mark behind a topic stays: it ends a name
        (r"([^\w\s*])[^\w\s*]{2,}", r"\1"),  # the first stays: it ends a name; an asterisk masks
        (r"([^\W\d]{2,12}?)\1{2,}", r"\1"),  # never of digits: they are numbers
    )
)


def clean(text: str) -> str:
    """What is left of a post's text; nothing of one that is spam within spam. What is clean stays as it is."""
    for _ in range(PASSES):
        left = _pass(text)
        if left == text:
            return text
        text = left
    return ""


def _pass(text: str) -> str:
    """What takes signs away adds none, so that the first look says it of all that follow."""
    text = _UNSEEN.sub("", text)
    worth = _WORTH.search(text) is not None
    text = "\n".join([line for line in text.split("\n") if not _is_furniture(line, worth)])
    text = _ASCII.sub(_pasted, _MENU_RUN.sub(_menu, text) if worth else text)
    text = _SPAM_RUN.sub(_spam, _CONTACT.sub("", text) if worth else text)
    for pattern, by in _SPANS if worth else _SPANS[_ALWAYS_FROM:]:
        text = pattern.sub(by, text)
    return text


def _is_furniture(line: str, worth: bool) -> bool:
    """A whole line that the page put there."""
    bare = line.strip()
    if not bare or len(bare) > FOOTER_LENGTH:
        return False
    return (
        (worth and _LICENCE.search(bare) is not None and _SENTENCE.search(bare) is None)
        or _BUTTON_LINE.fullmatch(bare) is not None
        or _is_bare_menu(bare.split())
    )


_CHAIN = re.compile(r"//\s?[@＠][\w·\-]{1,40}\s?[:：]")
_HEAD = re.compile(
    r"[\s【\[(（]{0,9}(?:转发微博|快转微博|转发自|转发了|转发|转载自|转载|转自|转帖|转贴|转|rt|repost)(?=[\s】\])）:：@＠/])"
    r"[\s】\])）]{0,9}(?:[@＠][\w·\-]{1,40}(?:的微博)?)?[\s】\])）:：/,，]{0,9}",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[（(【\[](?:文章|图文)?(?:转自|转载自|来源|来自|出处|via)[^（()）【】\[\]\n]{0,30}[）)】\]]\s{0,9}\Z"
    rf"|(?<=[\s{_END}])(?:转自|转载自|出处|via)\s?[:：]?\s?[^\s{_END}]{{1,20}}\s{{0,9}}\Z",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def core(text: str, left: str) -> str:
    """The letters of what was said first, without the heads and sources of who passed it on; "" when that is short.

    `left` is the text cleaned; most posts pass nothing on, and need no second cleaning.
    """
    said = _first_said(text)
    letters = "".join(filter(str.isalnum, normalise(left if said == text else clean(said))))
    return letters if len(letters) >= CORE_LENGTH else ""


def core_key(text: str, left: str) -> str:
    """A short name of the core, equal only for equal ones; "" for none."""
    letters = core(text, left)
    return hashlib.sha256(letters.encode()).hexdigest()[:20] if letters else ""


def _first_said(text: str) -> str:
    said = _CHAIN.split(text)[-1]
    for _ in range(HEADS):
        head = _HEAD.match(said)
        if head is None:
            break
        said = said[head.end() :]
    return _TAIL.sub("", _LINK.sub("", said))
