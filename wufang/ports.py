"""The usual port of each service, and nothing else: it is read before anything heavy is imported."""

SERVICES = {
    "ledger-service": 8100,
    "hotline": 8101,
    "grid": 8102,
    "sentiment": 8103,
    "petition": 8104,
    "party_building": 8105,
    "discipline": 8106,
}
