"""The dialect of OpenAI's older completions, both directions of both sides: text in, text out.

    client  → request.parse   GenerationRequest      EngineRequest → engine.render → upstream
    client  ← answer.render   PublicChunk                    Chunk ← engine.parse  ← upstream

A bare prompt goes on as it is to an engine of this dialect; any other gets it as a user's message.
"""
