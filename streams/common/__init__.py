"""What the stream apps share: the safe consumer, the app, the way to end a worker."""
