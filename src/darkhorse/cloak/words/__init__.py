"""The filter of words: what an answer says of itself that names its maker or model is not shown."""
