"""The chain folded into state."""
