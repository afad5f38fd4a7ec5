"""What counts of prompts say of the tokenizer behind them, whoever counted. Plain arithmetic."""
