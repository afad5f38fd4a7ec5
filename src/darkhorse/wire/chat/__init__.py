"""The chat-completions dialect, both directions of both sides.

    client  → request.parse   GenerationRequest      EngineRequest → engine.render → upstream
    client  ← answer.render   PublicChunk                    Chunk ← engine.parse  ← upstream

Shapes: OpenAI's chat completions as OpenRouter extends them (shared/reference/openrouter-api.md).
"""
