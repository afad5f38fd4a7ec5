"""`darkhorse model`: the embedded model's engine."""

from darkhorse.cli.process import process_command
from darkhorse.wiring import model as process

__all__ = ["model"]

model = process_command(
    "model",
    "Serve the embedded model on loopback.",
    lambda data, config: process.run(config.model, data),
)
