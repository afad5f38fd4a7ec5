// OpenRouter's SDK for JavaScript, chat.
import { OpenRouter } from "@openrouter/sdk";
import { BASE, DO, HI, KEY, SCHEMA, TEXTS, WRONG_KEY, Workplace, chatTools, failure, tell, told } from "./given.mjs";

const MANY = 1000;
const client = new OpenRouter({ apiKey: KEY, serverURL: BASE });
const send = (chatRequest) => client.chat.send({ chatRequest });

async function list() {
  const models = [];
  for await (const page of await client.models.list()) {
    models.push(...page.result.data.map((each) => each.id));
    if (models.length > MANY) throw new Error("the pages do not end");
  }
  return { models };
}

async function chat(model) {
  const answer = await send({ model, messages: HI });
  return { text: answer.choices[0].message.content, tokens: answer.usage.completionTokens };
}

async function stream(model) {
  const said = [];
  let tokens;
  for await (const chunk of await send({ model, messages: HI, stream: true })) {
    const text = chunk.choices[0]?.delta.content;
    if (text) said.push(text);
    tokens = chunk.usage?.completionTokens ?? tokens;
  }
  return { text: said.join(""), pieces: said.length, tokens };
}

async function loop(answered) {
  const workplace = new Workplace();
  const messages = [...DO];
  for (;;) {
    const message = await answered(messages);
    if (!message.toolCalls?.length) return workplace.left(message.content);
    messages.push(message);
    for (const { id, function: called } of message.toolCalls) {
      const content = workplace.carryOut(called.name, called.arguments);
      messages.push({ role: "tool", toolCallId: id, content });
    }
  }
}

const tools = (model) =>
  loop(async (messages) => {
    const answer = await send({ model, messages, tools: chatTools });
    return answer.choices[0].message;
  });

const toolsStreamed = (model) =>
  loop(async (messages) =>
    putTogether(await send({ model, messages, tools: chatTools, stream: true })),
  );

// The SDK leaves this to its user: a call's pieces share an index.
async function putTogether(chunks) {
  const message = { role: "assistant", content: "", toolCalls: [] };
  for await (const chunk of chunks) {
    const delta = chunk.choices[0]?.delta ?? {};
    message.content += delta.content ?? "";
    for (const { index, id, function: piece } of delta.toolCalls ?? []) {
      const fresh = { id, type: "function", function: { name: "", arguments: "" } };
      const call = (message.toolCalls[index] ??= fresh);
      call.function.name += piece?.name ?? "";
      call.function.arguments += piece?.arguments ?? "";
    }
  }
  if (!message.toolCalls.length) delete message.toolCalls;
  return message;
}

async function structured(model) {
  const jsonSchema = { name: "trip", strict: true, schema: SCHEMA };
  const responseFormat = { type: "json_schema", jsonSchema };
  const answer = await send({ model, messages: HI, responseFormat });
  return { json: answer.choices[0].message.content };
}

async function reasoning(model) {
  const answer = await send({ model, messages: HI, reasoning: { effort: "low" } });
  const { content, reasoning: thoughts } = answer.choices[0].message;
  return { text: content, reasoning: thoughts };
}

async function embeddings(model) {
  const { data } = await client.embeddings.generate({ requestBody: { model, input: TEXTS } });
  return { vectors: data.map((each) => each.embedding) };
}

async function wrongKey(model) {
  const nobody = new OpenRouter({ apiKey: WRONG_KEY, serverURL: BASE });
  const chatRequest = { model, messages: HI };
  const caught = await failure(() => nobody.chat.send({ chatRequest }));
  return told(caught, caught.statusCode);
}

async function retired(model) {
  const caught = await failure(() => send({ model, messages: HI }));
  return told(caught, caught.statusCode);
}

// The SDK hands an error on as a chunk that has one.
async function brokenOff(model) {
  let text = "";
  for await (const chunk of await send({ model, messages: HI, stream: true })) {
    if (chunk.error) return { text, type: "chunk.error", message: chunk.error.message };
    text += chunk.choices[0].delta.content ?? "";
  }
}

async function cancel(model) {
  for await (const chunk of await send({ model, messages: HI, stream: true })) {
    const text = chunk.choices[0]?.delta.content;
    if (text) return { text }; // leaving the loop cancels the stream
  }
}

async function generation(model) {
  const answer = await send({ model, messages: HI });
  const { data } = await client.generations.getGeneration({ id: answer.id });
  return { id: answer.id, told: data.id, model: data.model };
}

await tell({
  list,
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
  generation,
});
