"""The chain folded into state: which records count, what they add up to, and what the next one may be."""
