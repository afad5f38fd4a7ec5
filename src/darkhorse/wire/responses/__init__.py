"""The Responses dialect, both directions of both sides. Stateless: nothing is kept between turns.

    client  → request.parse   GenerationRequest      EngineRequest → engine.render → upstream
    client  ← answer.render   PublicChunk                    Chunk ← engine.parse  ← upstream

Shapes: OpenAI's Responses as OpenRouter extends them (shared/reference/openrouter-api.md, 2.8) and
https://www.openresponses.org.
"""
