"""The OpenAI dialect over HTTP: an engine in a thread of its own, an event loop that never waits.

The way of a chat request: `bodies.py` reads it, `asking.py` makes of it a prompt, a grammar and a
request for the engine (in a thread of a pool), `worker.py` hands that to the engine's thread and
its tokens back to the loop, `answer.py` makes of tokens thoughts, text and calls, `chat.py` renders
them. `app.py` has the routes, `serving.py` the socket and the end.
"""

__all__ = ()
