"""Every number of the linker, each with the observation behind it; changing one needs a new version."""

import msgspec


class Rules(msgspec.Struct, frozen=True):
    """Scores are 0..1, times days, sizes counts."""

    version: str = "link-1"
    window_days: int = 365
    repeat_threshold: float = 0.25
    same_matter_threshold: float = 0.25
    reference_score: float = 0.99
    reference_length: int = 4
    title_weight: int = 2
    vector_terms: int = 64
    lookup_words: int = 12
    index_words: int = 8
    postings_read: int = 50
    candidates: int = 64
    compared: int = 16


RULES = Rules()
