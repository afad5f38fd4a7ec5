from chat.smol import fields, glm, smol, tokenizer  # noqa: F401
