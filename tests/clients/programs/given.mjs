// What a program is given, and how it tells what came of it: given.py, for Node.

export const BASE = process.env.BASE_URL;
export const KEY = process.env.API_KEY;
export const WRONG_KEY = "sk-dh-nobody";
export const ASK = "Fix add() in calc.py, then run `python3 check.py`.";
export const HI = [{ role: "user", content: "hi" }];
export const DO = [{ role: "user", content: ASK }];
export const TEXTS = ["one", "two"];
export const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};
export const PARAMETERS = {
  read_file: ["path"],
  write_file: ["path", "content"],
  run_command: ["command"],
};

export function schemaOf(tool) {
  const names = PARAMETERS[tool];
  const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  return { type: "object", properties, required: names };
}

export const chatTools = Object.keys(PARAMETERS).map((name) => ({
  type: "function",
  function: { name, parameters: schemaOf(name) },
}));

// A file that is wrong, three tools to work on it, and what was done with them.
export class Workplace {
  files = { "calc.py": "def add(a, b):\n    return a - b\n" };
  called = [];

  read_file({ path }) {
    this.called.push("read_file");
    return this.files[path];
  }

  write_file({ path, content }) {
    this.called.push("write_file");
    this.files[path] = content;
    return "written";
  }

  run_command({ command }) {
    this.called.push("run_command");
    return `${command}: ${this.files["calc.py"].includes("a + b") ? "passed" : "failed"}`;
  }

  carryOut(name, args) {
    return this[name](JSON.parse(args));
  }

  left(text) {
    return { text, called: this.called, file: this.files["calc.py"] };
  }
}

export function told(caught, status) {
  return { type: caught.constructor.name, status, message: caught.message };
}

// The error that `attempt` must end with.
export async function failure(attempt) {
  try {
    await attempt();
  } catch (caught) {
    return caught;
  }
  throw new Error("no error came");
}

export async function tell(features) {
  const models = JSON.parse(process.env.MODELS);
  for (const name of process.argv.slice(2)) {
    let result;
    try {
      result = await features[name](models[name]);
    } catch (caught) {
      result = { crash: `${caught?.stack ?? caught}` };
    }
    process.stdout.write(JSON.stringify({ [name]: result ?? null }) + "\n");
  }
}
