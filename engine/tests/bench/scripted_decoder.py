"""An engine for the bench that takes no time: run as a process of its own, as the real ones are."""

import json
import sys

from decoding.child import quiet, serve


class Scripted:
    cache_bytes = 7

    def __init__(self, options):
        self.breaks_at, self.per_token = options["breaks_at"], options["per_token"]
        self.context = 0

    def fill(self, context, *, is_real):
        print("engines are loud")
        if context >= self.breaks_at:
            raise MemoryError("no room for that")
        self.context = context + is_real

    def decode(self, series, steps):
        if series == "gone":
            sys.exit("fell over")
        return [(self.context * self.per_token + at, 2.0) for at in range(steps)]


if __name__ == "__main__":
    answers = quiet()
    serve(Scripted(json.loads(sys.argv[1])), answers)
