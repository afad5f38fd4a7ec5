"""The ground floor: errors, ids, clock, secrets, settings. Standard library and msgspec only."""
