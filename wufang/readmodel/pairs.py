"""A query cut into the overlapping pairs of tokens that are asked as phrases; it must cut as the index does.

What stands between two tokens stays in their pair: Elasticsearch's tokenizer reads each pair once more, so a cut
that differs from its own costs no match as long as the pair stands in the text as typed.
"""

import itertools
import re

# Elasticsearch's `standard` tokenizer (UAX 29) makes one token of each ideograph and hiragana, of a run of anything
# else that is written in words, and leaves marks and variation selectors with what they follow.
_ALONE = (
    "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
_MARKS = "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
_IN_WORD = rf"(?:[^\W{_ALONE}]|[{_MARKS}])"
_TOKEN = re.compile(rf"[{_ALONE}][{_MARKS}]*|{_IN_WORD}+(?:[.,:;'·’]{_IN_WORD}+)*")


def pairs(text: str) -> list[str]:
    """The distinct runs of two tokens in their order; the text itself when it has fewer than two."""
    found = [token.span() for token in _TOKEN.finditer(text)]
    if len(found) < 2:
        return [text]
    return list(dict.fromkeys(text[start:end] for (start, _), (_, end) in itertools.pairwise(found)))
