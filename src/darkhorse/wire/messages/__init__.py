"""The dialect of Anthropic's Messages, both directions of both sides.

    client  → request.parse   GenerationRequest      EngineRequest → engine.render → upstream
    client  ← answer.render   PublicChunk                    Chunk ← engine.parse  ← upstream

`blocks` reads a client's content blocks, `prompt` writes an engine's, `lanes` puts an answer's
pieces into blocks one after the other. Shapes: Anthropic's API, version 2023-06-01, with what
OpenRouter adds to it (shared/reference/openrouter-api.md, 2.8).
"""
