"""The console: Chinese pages for investigators, rendered here, working offline and without scripts."""

from services.ledger.console.routes import add_console

__all__ = ["add_console"]
