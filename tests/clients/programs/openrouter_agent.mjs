// OpenRouter's agent toolkit, which speaks responses.
import { OpenRouter, stepCountIs, tool } from "@openrouter/agent";
import { z } from "zod";
import { ASK, BASE, KEY, PARAMETERS, WRONG_KEY, Workplace, failure, tell, told } from "./given.mjs";

const client = new OpenRouter({ apiKey: KEY, serverURL: BASE });

async function chat(model) {
  const result = client.callModel({ model, input: "hi" });
  const { usage } = await result.getResponse();
  return { text: await result.getText(), tokens: usage.outputTokens };
}

async function stream(model) {
  const result = client.callModel({ model, input: "hi" });
  const said = [];
  for await (const piece of result.getTextStream()) said.push(piece);
  const { usage } = await result.getResponse();
  return { text: said.join(""), pieces: said.length, tokens: usage.outputTokens };
}

async function tools(model) {
  const workplace = new Workplace();
  const own = Object.entries(PARAMETERS).map(([name, names]) =>
    tool({
      name,
      description: name,
      inputSchema: z.object(Object.fromEntries(names.map((each) => [each, z.string()]))),
      execute: async (given) => workplace[name](given),
    }),
  );
  const result = client.callModel({ model, input: ASK, tools: own, stopWhen: stepCountIs(8) });
  return workplace.left(await result.getText());
}

async function reasoning(model) {
  const result = client.callModel({ model, input: "hi", reasoning: { effort: "low" } });
  let thoughts = "";
  for await (const piece of result.getReasoningStream()) thoughts += piece;
  return { text: await result.getText(), reasoning: thoughts };
}

async function wrongKey(model) {
  const nobody = new OpenRouter({ apiKey: WRONG_KEY, serverURL: BASE });
  const caught = await failure(() => nobody.callModel({ model, input: "hi" }).getText());
  return told(caught, caught.statusCode);
}

async function retired(model) {
  const caught = await failure(() => client.callModel({ model, input: "hi" }).getText());
  return told(caught, caught.statusCode);
}

async function brokenOff(model) {
  const result = client.callModel({ model, input: "hi" });
  let text = "";
  const caught = await failure(async () => {
    for await (const piece of result.getTextStream()) text += piece;
    await result.getResponse();
  });
  return { text, ...told(caught) };
}

async function cancel(model) {
  const result = client.callModel({ model, input: "hi" });
  for await (const text of result.getTextStream()) {
    await result.cancel();
    return { text };
  }
}

await tell({
  chat,
  stream,
  "tools streamed": tools,
  reasoning,
  "wrong key": wrongKey,
  retired,
  "broken off": brokenOff,
  cancel,
});
