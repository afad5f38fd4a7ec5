// OpenRouter's SDK for JavaScript, responses.
import { OpenRouter } from "@openrouter/sdk";
import { ASK, BASE, KEY, PARAMETERS, WRONG_KEY, Workplace, failure, schemaOf, tell, told } from "./given.mjs";

const client = new OpenRouter({ apiKey: KEY, serverURL: BASE });
const send = (responsesRequest) => client.responses.send({ responsesRequest });
const TOOLS = Object.keys(PARAMETERS).map((name) => ({
  type: "function",
  name,
  parameters: schemaOf(name),
}));

function textOf({ output }) {
  const messages = output.filter((each) => each.type === "message");
  return messages.flatMap((each) => each.content.map((part) => part.text)).join("");
}

async function read(events) {
  const said = [];
  let last;
  for await (const event of events) {
    if (event.type === "response.output_text.delta") said.push(event.delta);
    if (["response.completed", "response.failed"].includes(event.type)) last = event;
  }
  return { said, last };
}

async function chat(model) {
  const answer = await send({ model, input: "hi" });
  return { text: textOf(answer), tokens: answer.usage.outputTokens };
}

async function stream(model) {
  const { said, last } = await read(await send({ model, input: "hi", stream: true }));
  const tokens = last.response.usage.outputTokens;
  return { text: said.join(""), pieces: said.length, tokens };
}

async function loop(answered) {
  const workplace = new Workplace();
  const input = [{ role: "user", content: ASK }];
  for (;;) {
    const answer = await answered(input);
    const calls = answer.output.filter((each) => each.type === "function_call");
    if (!calls.length) return workplace.left(textOf(answer));
    input.push(...answer.output);
    for (const { callId, name, arguments: args } of calls) {
      const output = workplace.carryOut(name, args);
      input.push({ type: "function_call_output", callId, output });
    }
  }
}

const tools = (model) => loop((input) => send({ model, input, tools: TOOLS }));

const toolsStreamed = (model) =>
  loop(async (input) => {
    const { last } = await read(await send({ model, input, tools: TOOLS, stream: true }));
    return last.response;
  });

async function reasoning(model) {
  const answer = await send({ model, input: "hi", reasoning: { effort: "low" } });
  const thoughts = answer.output.filter((each) => each.type === "reasoning");
  const said = thoughts.flatMap((each) => (each.content?.length ? each.content : each.summary));
  return { text: textOf(answer), reasoning: said.map((part) => part.text).join("") };
}

async function wrongKey(model) {
  const nobody = new OpenRouter({ apiKey: WRONG_KEY, serverURL: BASE });
  const responsesRequest = { model, input: "hi" };
  const caught = await failure(() => nobody.responses.send({ responsesRequest }));
  return told(caught, caught.statusCode);
}

async function retired(model) {
  const caught = await failure(() => send({ model, input: "hi" }));
  return told(caught, caught.statusCode);
}

async function brokenOff(model) {
  const { said, last } = await read(await send({ model, input: "hi", stream: true }));
  return { text: said.join(""), type: last.type, message: last.response.error.message };
}

async function cancel(model) {
  for await (const event of await send({ model, input: "hi", stream: true })) {
    if (event.type === "response.output_text.delta") return { text: event.delta };
  }
}

await tell({
  chat,
  stream,
  tools,
  "tools streamed": toolsStreamed,
  reasoning,
  "wrong key": wrongKey,
  retired,
  "broken off": brokenOff,
  cancel,
});
