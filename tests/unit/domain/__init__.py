"""The pure core: decisions and the case fold."""
