"""Chinese text made comparable: one normal form and its words; equal input gives equal output on every machine."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

Token = tuple[str, str]  # a word and its part of speech in jieba's letters

CODED = "coded"  # the part of speech of a region written as a code: A3区, b市

# Words that carry no matter: grammar, politeness towards an authority, the verbs of complaining. They belong to the
# genre, not to a place; a new county has no counts yet that would show it.
STOP_WORDS = frozenset(
    """
    一个 一些 一直 一下 一样 一名 不是 不能 不会 不要 不到 不知 不知道 为什么 为何 为了 之前 之后 之间 也是 了解
    予以 于是 什么 今天 今年 他们 以后 以及 以上 以来 但是 作为 你们 你好 您好 先生 其他 其中 具体 再次 出现 到了
    却是 原因 反映 反应 发现 发生 只是 只有 可以 可是 同时 否则 听说 咨询 哪里 因为 因此 大家 如何 如果 如此 女士
    她们 就是 已经 希望 应该 建议 开始 很多 您们 情况 感谢 所以 所有 投诉 敬爱 方面 无法 时候 是否 有关 有没有 有些
    本人 来电 来说 根本 此事 求助 没有 没人 现在 现象 由于 的话 相关 看到 知道 确实 立即 答复 等等 而且 能否 能够
    自己 至今 虽然 要求 解决 认为 请问 诉求 谢谢 还是 还有 这个 这些 这种 这样 进行 进一步 通过 那么 部门 都是 里面
    问题 除了 领导 非常 需要 首先 另外 市民 业主 严重 影响 处理 恳请 尊敬 书记 市长 局长 百姓 老百姓 政府 举报 不断
    多次 尽快 目前 对于 关于 我们
    吗 和 祝 谁 请 跟 较 我 你 您 他 她 它 的 了 在 是 有 不 也 就 都 而 及 与 或 等 被 把 对 从 到 向 为 以 于 上 下
    中 里 外 前 后 内 这 那 个 一 二 三 要 会 能 可 去 来 说 让 给 将 已 还 又 再 只 很 太 更 最 没 无 并 且 但 若 则
    因 所 其 之 该 此 每 各 某 年 月 日 时 点 分 号 元 人 们 吧 呢 啊 呀 嘛
    """.split()
)
# What NFKC makes of the usual Chinese punctuation; done first it leaves most texts normal, and NFKC takes 50 µs.
_PUNCTUATION = tuple(zip("，！？：；（）", ",!?:;()", strict=True))
_REGION_CODE = re.compile(r"([a-z]\d{0,2}[省市州]|[a-z]\d{1,2}[区县])")


@cache
def _jieba() -> Any:
    """The linker's own dictionary, for one changed elsewhere would change what is linked; read at its first use.

    Module and dictionary take as much memory as all the rest of a service, and most that import this never cut a text.
    """
    from rjieba import Jieba

    return Jieba()


def normalise(text: str) -> str:
    """Full-width forms and case folded (NFKC), white space and masking asterisks gone."""
    for wide, narrow in _PUNCTUATION:
        text = text.replace(wide, narrow)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.lower().split()).replace("*", "")


def tokens(normal: str) -> list[Token]:
    """All tokens of a normalised text in their order.

    Region codes are cut out first: the segmenter would join the letter's 区 to the name behind it.
    """
    parts = _REGION_CODE.split(normal)
    if len(parts) == 1:
        return list(_jieba().tag(normal))
    found: list[Token] = []
    for place, part in enumerate(parts):
        if place % 2:
            found.append((part, CODED))
        elif part:
            found += _jieba().tag(part)
    return found


def is_word(text: str) -> bool:
    """Whether a token begins with a letter or digit and not with punctuation."""
    return text[0].isalnum()


@lru_cache(1 << 15)
def is_known(word: str) -> bool:
    """Whether the general dictionary has the word; names mostly are not in it."""
    return bool(_jieba().has_word(word))


def words(normal: str) -> list[str]:
    """The words of a normalised text in their order, punctuation and stop words left out."""
    return [word for word, _ in tokens(normal) if word not in STOP_WORDS and is_word(word)]
