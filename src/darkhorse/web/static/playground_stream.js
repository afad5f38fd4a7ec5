// One request to the API and its answer as it comes. The key is in a cookie that this cannot read.
"use strict";

globalThis.Playground ??= {};

{
  const CHAT = "/playground/v1/chat/completions";

  // The data of each event; comments, which are signs of life, are passed over.
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let kept = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      kept += value;
      let end;
      while ((end = kept.indexOf("\n\n")) >= 0) {
        const block = kept.slice(0, end);
        kept = kept.slice(end + 2);
        const data = block.split("\n").filter((line) => line.startsWith("data: "));
        if (data.length) yield data.map((line) => line.slice(6)).join("\n");
      }
    }
  }

  function addCalls(calls, deltas) {
    for (const delta of deltas ?? []) {
      const call = (calls[delta.index ?? 0] ??= { id: "", name: "", arguments: "" });
      if (delta.id) call.id = delta.id;
      call.name += delta.function?.name ?? "";
      call.arguments += delta.function?.arguments ?? "";
    }
  }

  // An answer grows by this; `changed` is told after each piece.
  class Answer {
    content = "";
    reasoning = "";
    refusal = "";
    calls = [];
    finish = null;
    usage = null;
    error = null;
    id = "";
    firstMs = null;
    totalMs = null;

    take(chunk, sinceMs) {
      if (chunk.error) this.error = chunk.error;
      if (chunk.usage) this.usage = chunk.usage;
      const choice = chunk.choices?.[0];
      if (!choice) return;
      const delta = choice.delta ?? {};
      if (this.firstMs === null && (delta.content || delta.reasoning || delta.refusal || delta.tool_calls))
        this.firstMs = sinceMs;
      this.content += delta.content ?? "";
      this.reasoning += delta.reasoning ?? "";
      this.refusal += delta.refusal ?? "";
      addCalls(this.calls, delta.tool_calls);
      if (choice.finish_reason) this.finish = choice.finish_reason;
    }

    get speed() {
      const tokens = this.usage?.completion_tokens;
      const seconds = (this.totalMs - this.firstMs) / 1000;
      return tokens > 1 && this.firstMs !== null && seconds > 0.05 ? tokens / seconds : null;
    }
  }

  async function readError(response) {
    try {
      const { error } = await response.json();
      return { ...error, status: response.status };
    } catch {
      return { message: `The server answered ${response.status}.`, status: response.status };
    }
  }

  async function fill(answer, response, since, changed) {
    answer.id = response.headers.get("x-generation-id") ?? response.headers.get("x-request-id") ?? "";
    if (!response.ok) {
      answer.error = await readError(response);
      return;
    }
    for await (const data of events(response.body)) {
      if (data === "[DONE]") return;
      answer.take(JSON.parse(data), performance.now() - since);
      changed(answer);
    }
    answer.error ??= { message: "The answer broke off." };
  }

  // Never throws: what went wrong is in `error`; what was stopped has the finish "stopped".
  Playground.ask = async (request, session, signal, changed) => {
    const answer = new Answer();
    const since = performance.now();
    changed(answer);
    try {
      const response = await fetch(CHAT, {
        method: "POST",
        headers: { "content-type": "application/json", "x-session-id": session },
        body: JSON.stringify({ ...request, stream: true }),
        signal,
      });
      await fill(answer, response, since, changed);
    } catch (problem) {
      if (signal.aborted) answer.finish = "stopped";
      else answer.error = { message: `The server cannot be reached (${problem.message}).` };
    }
    answer.totalMs = performance.now() - since;
    return answer;
  };

  // Markdown to HTML that the server has sanitised; null where it cannot just now.
  Playground.html = async (text) => {
    try {
      const response = await fetch("/playground/render", {
        method: "POST",
        headers: { "content-type": "text/plain; charset=utf-8" },
        body: text,
      });
      return response.ok ? await response.text() : null;
    } catch {
      return null;
    }
  };
}
