"""How the system is run; nothing here is imported by the library."""
