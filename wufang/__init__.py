"""五方贯通: the library behind the services and streams; it starts nothing when imported."""
