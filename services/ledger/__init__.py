"""台账服务: what investigators ask of the ledger's view, as an API and as pages; it must not write anything."""
