"""The contracts: generated, closed, compatible; and every guard seen to fire."""
