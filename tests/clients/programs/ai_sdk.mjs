// Vercel's AI SDK with OpenRouter's provider.
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { embedMany, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { ASK, BASE, KEY, PARAMETERS, TEXTS, WRONG_KEY, Workplace, failure, schemaOf, tell, told } from "./given.mjs";

const provider = createOpenRouter({ apiKey: KEY, baseURL: BASE });
const ask = (model, more) => ({ model: provider.chat(model), prompt: "hi", ...more });

async function chat(model) {
  const { text, usage } = await generateText(ask(model));
  return { text, tokens: usage.outputTokens };
}

async function stream(model) {
  const answer = streamText(ask(model));
  const said = [];
  for await (const piece of answer.textStream) said.push(piece);
  return { text: said.join(""), pieces: said.length, tokens: (await answer.usage).outputTokens };
}

function work(model, workplace) {
  const tools = Object.fromEntries(
    Object.keys(PARAMETERS).map((name) => [
      name,
      tool({
        inputSchema: jsonSchema(schemaOf(name)),
        execute: async (given) => workplace[name](given),
      }),
    ]),
  );
  return ask(model, { prompt: ASK, tools, stopWhen: stepCountIs(8) });
}

async function tools(model) {
  const workplace = new Workplace();
  const { text } = await generateText(work(model, workplace));
  return workplace.left(text);
}

async function toolsStreamed(model) {
  const workplace = new Workplace();
  const answer = streamText(work(model, workplace));
  await answer.consumeStream();
  return workplace.left(await answer.text);
}

async function structured(model) {
  const schema = z.object({ city: z.string(), days: z.number().int() });
  const { object } = await generateObject(ask(model, { schema }));
  return { value: object };
}

async function reasoning(model) {
  const { text, reasoningText } = await generateText(ask(model));
  return { text, reasoning: reasoningText };
}

async function embeddings(model) {
  const by = provider.textEmbeddingModel(model);
  return { vectors: (await embedMany({ model: by, values: TEXTS })).embeddings };
}

async function wrongKey(model) {
  const nobody = createOpenRouter({ apiKey: WRONG_KEY, baseURL: BASE });
  const caught = await failure(() => generateText({ model: nobody.chat(model), prompt: "hi" }));
  return told(caught, caught.statusCode);
}

async function retired(model) {
  const caught = await failure(() => generateText(ask(model)));
  return told(caught, caught.statusCode);
}

async function brokenOff(model) {
  let caught;
  let text = "";
  const answer = streamText(ask(model, { onError: ({ error }) => (caught = error) }));
  for await (const piece of answer.textStream) text += piece;
  return { text, type: caught.constructor.name, message: caught.message ?? caught };
}

async function cancel(model) {
  const { signal, abort } = stopper();
  const answer = streamText(ask(model, { abortSignal: signal }));
  for await (const text of answer.textStream) {
    abort();
    return { text };
  }
}

function stopper() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

await tell({
  chat,
  stream,
  tools,
  "tools streamed": toolsStreamed,
  structured,
  reasoning,
  embeddings,
  "wrong key": wrongKey,
  retired,
  "broken off": brokenOff,
  cancel,
});
