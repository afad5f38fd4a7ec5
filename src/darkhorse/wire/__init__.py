"""What travels: requests, chunks, dialects, server-sent events. Pure: no I/O, no clock."""
