from chat.smol import fields, smol, tokenizer  # noqa: F401
