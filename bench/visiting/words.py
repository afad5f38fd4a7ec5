"""What people ask here, by kind; with a number in it, so that no two are alike."""

_QUESTIONS = {
    "programming": "Fix the failing test in parser_{0}.py: it expects a ValueError and gets None.",
    "roleplay": "You are captain {0} of a ship lost at sea. Stay in character and greet me.",
    "marketing": "Write three slogans for a small bakery that sells {0} loaves a day.",
    "marketing/seo": "Which keywords should a page about bicycle repair number {0} rank for?",
    "technology": "My router shows error {0} after the update. How do I reset it?",
    "science": "Why does ice float on water? Explain it as in lesson {0}.",
    "translation": "Translate into French: the train to platform {0} is late again.",
    "legal": "My landlord wants {0} euros for a broken door. Do I have to pay?",
    "finance": "How do I spread {0} dollars over bonds and stocks for ten years?",
    "health": "I slept {0} minutes last night and have a headache. What helps?",
    "trivia": "Which river is {0} kilometres long and ends in a lake?",
    "academia": "Summarise the method section of paper {0} in two sentences.",
    "writing": "Write the first paragraph of a story that begins on day {0} of a siege.",
    "identity": "Who made you, model {0}? Tell me your real name.",
    "general": "Good morning! What shall I cook tonight for {0} guests?",
}


def question(number: int, category: str) -> str:
    """One person's, in English."""
    return _QUESTIONS[category].format(number)


def answer(number: int) -> str:
    """With a heading, code and a list, as answers have."""
    return (
        f"## Step {number}\n\nHere is what I would do first.\n\n```python\n"
        f"def step_{number}(rows):\n    return [row for row in rows if row]\n```\n\n"
        "- look at the input\n- write a test\n- then change **one** thing\n"
    )
