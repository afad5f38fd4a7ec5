"""Tools of which one has to be called, by a model that holds its arguments to their schema.

Constants alone: programs and tests read them.
"""

WEATHER = "What will the weather be in Oslo? Name the city."
NAME = "forecast"
RESULT = "Sunny, 21 degrees."
FORECAST = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 2, "maxLength": 20},
        "unit": {"enum": ["C", "F"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 14},
    },
    "required": ["city", "unit", "days"],
    "additionalProperties": False,
}
SUM = {
    "type": "object",
    "properties": {
        "a": {"type": "integer", "minimum": 0, "maximum": 99},
        "b": {"$ref": "#/$defs/b"},
    },
    "required": ["a", "b"],
    "additionalProperties": False,
    "$defs": {"b": {"type": "integer", "multipleOf": 5, "maximum": 40, "minimum": 0}},
}
SCHEMAS = {NAME: FORECAST, "add": SUM}
CHAT_TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": parameters}}
    for name, parameters in SCHEMAS.items()
]
"""As OpenAI's chat dialect has them."""
RESPONSES_TOOLS = [{"type": "function", "strict": False, **tool["function"]} for tool in CHAT_TOOLS]
MESSAGES_TOOLS = [
    {"name": tool["function"]["name"], "input_schema": tool["function"]["parameters"]}
    for tool in CHAT_TOOLS
]
