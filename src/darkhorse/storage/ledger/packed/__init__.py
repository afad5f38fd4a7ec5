"""The ledger behind the journal: every frame, its messages stored once."""
