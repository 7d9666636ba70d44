"""Which case a report belongs to: pure and deterministic; it must not read a clock, chance, or the order of a set.

One decision, over a state that is a `Corpus` and a `CandidateIndex` of one jurisdiction:

    reading = read(subject(report), corpus, rules)    # the one place that asks for word frequencies
    found = find(reading, index, rules)               # lookup_keys, index.postings, rank, index.profiles, choose

and, when the record is folded (its reading again, against the words counted before it):

    profile_opened(case_id, reading) or profile_joined(profile, reading)   # stored under the case
    index_keys(reading)                               # move the case to the newest place under each key
    corpus_terms(reading)                             # count each once; one more report
"""

from wufang.domain.linking.choose import Found, Near, choose, find, standing
from wufang.domain.linking.evidence import Kind, Link, Reason
from wufang.domain.linking.keys import CandidateIndex, Candidates, index_keys, lookup_keys, may_be_common, rank
from wufang.domain.linking.profile import Profile, packed, profile_joined, profile_opened, unpacked
from wufang.domain.linking.reading import Corpus, Reading, Subject, corpus_terms, read
from wufang.domain.linking.rules import RULES, Rules
from wufang.domain.linking.splitting import Side, Split

__all__ = [
    "RULES",
    "CandidateIndex",
    "Candidates",
    "Corpus",
    "Found",
    "Kind",
    "Link",
    "Near",
    "Profile",
    "Reading",
    "Reason",
    "Rules",
    "Side",
    "Split",
    "Subject",
    "choose",
    "corpus_terms",
    "find",
    "index_keys",
    "lookup_keys",
    "may_be_common",
    "packed",
    "profile_joined",
    "profile_opened",
    "rank",
    "read",
    "standing",
    "unpacked",
]
