"""The embeddings dialect, both sides: text in, vectors out. Never streamed.

    client  → request.parse   GenerationRequest      EngineRequest → engine.render → upstream
    client  ← answer.render   PublicChunk                    Chunk ← engine.parse  ← upstream

Shapes: OpenAI's embeddings as OpenRouter extends them (shared/reference/openrouter-api.md, 2.8).
"""
