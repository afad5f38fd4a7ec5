"""The storage seam: records and ports here, implementations in `state/` and `ledger/`.

Everything above imports `records` and `ports` only; `darkhorse.wiring` picks implementations.
"""
