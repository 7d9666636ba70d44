"""五方贯通: five channels of reports joined into one event-sourced case ledger."""

__version__ = "0.1.0"
