"""Imitations of real upstreams: their ids, headers, fields, counts, errors and habits.

For trying a cloak or an audit on what it will meet. Nothing in them is marked: whoever finds a
trace of one behind the router has found it by the trace itself.
"""
