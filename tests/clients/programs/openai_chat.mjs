// OpenAI's SDK for JavaScript, chat completions.
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { BASE, DO, HI, KEY, TEXTS, WRONG_KEY, Workplace, chatTools, failure, tell, told } from "./given.mjs";

const client = new OpenAI({ baseURL: BASE, apiKey: KEY });
const Trip = z.object({ city: z.string(), days: z.number().int() });

async function list() {
  const models = [];
  for await (const each of client.models.list()) models.push(each.id);
  return { models };
}

async function chat(model) {
  const answer = await client.chat.completions.create({ model, messages: HI });
  return { text: answer.choices[0].message.content, tokens: answer.usage.completion_tokens };
}

async function stream(model) {
  const options = { include_usage: true };
  const events = client.chat.completions.stream({ model, messages: HI, stream_options: options });
  let pieces = 0;
  events.on("content", () => (pieces += 1));
  const answer = await events.finalChatCompletion();
  const tokens = (await events.totalUsage()).completion_tokens;
  return { text: answer.choices[0].message.content, pieces, tokens };
}

// The SDK's own loop.
function runner(model, workplace, more) {
  const tools = chatTools.map(({ function: { name, parameters } }) => ({
    type: "function",
    function: {
      name,
      parameters,
      description: name,
      parse: JSON.parse,
      function: (given) => workplace[name](given),
    },
  }));
  return client.chat.completions.runTools({ model, messages: DO, tools, ...more });
}

async function tools(model) {
  const workplace = new Workplace();
  return workplace.left(await runner(model, workplace).finalContent());
}

async function toolsStreamed(model) {
  const workplace = new Workplace();
  return workplace.left(await runner(model, workplace, { stream: true }).finalContent());
}

async function structured(model) {
  const response_format = zodResponseFormat(Trip, "trip");
  const answer = await client.chat.completions.parse({ model, messages: HI, response_format });
  return { value: answer.choices[0].message.parsed };
}

async function embeddings(model) {
  const { data } = await client.embeddings.create({ model, input: TEXTS });
  return { vectors: data.map((each) => each.embedding) };
}

async function wrongKey(model) {
  const nobody = new OpenAI({ baseURL: BASE, apiKey: WRONG_KEY });
  const caught = await failure(() => nobody.chat.completions.create({ model, messages: HI }));
  return told(caught, caught.status);
}

async function retired(model) {
  const caught = await failure(() => client.chat.completions.create({ model, messages: HI }));
  return told(caught, caught.status);
}

async function brokenOff(model) {
  let text = "";
  const caught = await failure(async () => {
    const chunks = await client.chat.completions.create({ model, messages: HI, stream: true });
    for await (const chunk of chunks) text += chunk.choices[0].delta.content ?? "";
  });
  return { text, ...told(caught) };
}

async function cancel(model) {
  const chunks = await client.chat.completions.create({ model, messages: HI, stream: true });
  for await (const chunk of chunks) {
    const text = chunk.choices[0].delta.content;
    if (text) return { text }; // leaving the loop aborts the request
  }
}

await tell({
  list,
  chat,
  stream,
  tools,
  "tools streamed": toolsStreamed,
  structured,
  embeddings,
  "wrong key": wrongKey,
  retired,
  "broken off": brokenOff,
  cancel,
});
