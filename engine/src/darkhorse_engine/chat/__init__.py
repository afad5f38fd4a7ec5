"""From messages to token ids and back. Knows no model: ids go out, ids come in.

The way: `messages.py` brings a request's messages into one shape and guards a stranger's text;
`glm.py`, or a checkpoint's own template in `templates.py`, makes them a prompt's text;
`tokenizer.py` makes that ids, and the ids of an answer text again; `parser.py` tells that text
apart into `events.py`, with `glm_calls.py` or `hermes_calls.py` reading its tool calls.
`chat.py` puts them together: one `Chat` for a model.
"""
