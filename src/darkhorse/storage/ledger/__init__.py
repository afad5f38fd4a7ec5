"""What happened: the journal, and the facts folded from it.

`frame` is the format (pure), `disk` the seam of file operations, `journal` the one writer of a
directory, `recover` what it does first, `read` and `verify` what anyone may do beside it.
"""
