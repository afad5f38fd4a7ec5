// OpenAI's SDK for JavaScript, responses.
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { ASK, BASE, KEY, PARAMETERS, WRONG_KEY, Workplace, failure, schemaOf, tell, told } from "./given.mjs";

const client = new OpenAI({ baseURL: BASE, apiKey: KEY });
const Trip = z.object({ city: z.string(), days: z.number().int() });
const TOOLS = Object.keys(PARAMETERS).map((name) => ({
  type: "function",
  name,
  parameters: schemaOf(name),
  strict: false,
}));

async function list() {
  const models = [];
  for await (const each of client.models.list()) models.push(each.id);
  return { models };
}

async function chat(model) {
  const answer = await client.responses.create({ model, input: "hi" });
  return { text: answer.output_text, tokens: answer.usage.output_tokens };
}

async function stream(model) {
  const events = client.responses.stream({ model, input: "hi" });
  let pieces = 0;
  events.on("response.output_text.delta", () => (pieces += 1));
  const answer = await events.finalResponse();
  return { text: answer.output_text, pieces, tokens: answer.usage.output_tokens };
}

async function loop(answered) {
  const workplace = new Workplace();
  const input = [{ role: "user", content: ASK }];
  for (;;) {
    const answer = await answered(input);
    const calls = answer.output.filter((each) => each.type === "function_call");
    if (!calls.length) return workplace.left(answer.output_text);
    input.push(...answer.output);
    for (const { call_id, name, arguments: args } of calls) {
      const output = workplace.carryOut(name, args);
      input.push({ type: "function_call_output", call_id, output });
    }
  }
}

const tools = (model) =>
  loop((input) => client.responses.create({ model, input, tools: TOOLS }));
const toolsStreamed = (model) =>
  loop((input) => client.responses.stream({ model, input, tools: TOOLS }).finalResponse());

async function structured(model) {
  const format = zodTextFormat(Trip, "trip");
  const answer = await client.responses.parse({ model, input: "hi", text: { format } });
  return { value: answer.output_parsed };
}

async function reasoning(model) {
  const answer = await client.responses.create({ model, input: "hi", reasoning: { effort: "low" } });
  const thoughts = answer.output.filter((each) => each.type === "reasoning");
  const said = thoughts.flatMap((each) => (each.content?.length ? each.content : each.summary));
  return { text: answer.output_text, reasoning: said.map((part) => part.text).join("") };
}

async function wrongKey(model) {
  const nobody = new OpenAI({ baseURL: BASE, apiKey: WRONG_KEY });
  const caught = await failure(() => nobody.responses.create({ model, input: "hi" }));
  return told(caught, caught.status);
}

async function retired(model) {
  const caught = await failure(() => client.responses.create({ model, input: "hi" }));
  return told(caught, caught.status);
}

async function brokenOff(model) {
  let text = "";
  const caught = await failure(async () => {
    for await (const event of await client.responses.create({ model, input: "hi", stream: true }))
      if (event.type === "response.output_text.delta") text += event.delta;
  });
  return { text, ...told(caught) };
}

async function cancel(model) {
  const events = await client.responses.create({ model, input: "hi", stream: true });
  for await (const event of events) {
    if (event.type === "response.output_text.delta") return { text: event.delta };
  }
}

await tell({
  list,
  chat,
  stream,
  tools,
  "tools streamed": toolsStreamed,
  structured,
  reasoning,
  "wrong key": wrongKey,
  retired,
  "broken off": brokenOff,
  cancel,
});
