// What the form says: parameters, tools, the form of the answer, and files. A mistake is a sentence.
"use strict";

globalThis.Playground ??= {};

{
  const $ = (id) => document.getElementById(id);
  const value = (id) => $(id)?.value.trim() ?? "";
  const AUDIO = { mpeg: "mp3", mp3: "mp3", wav: "wav", "x-wav": "wav", wave: "wav", flac: "flac", "x-flac": "flac", ogg: "ogg", mp4: "m4a", "x-m4a": "m4a", aac: "aac", webm: "webm" };

  class Mistake extends Error {}
  Playground.Mistake = Mistake;

  function json(id, what) {
    const text = value(id);
    if (!text) return null;
    try {
      return JSON.parse(text);
    } catch (problem) {
      throw new Mistake(`${what} is not JSON: ${problem.message}`, { cause: id });
    }
  }

  function numbers(takes) {
    const found = {};
    for (const field of document.querySelectorAll("[data-number]")) {
      const name = field.dataset.number;
      if (field.value === "" || !takes.has(name)) continue;
      const number = Number(field.value);
      if (field.validity.badInput || !Number.isFinite(number))
        throw new Mistake(`${name} must be a number.`, { cause: field.id });
      found[name] = number;
    }
    return found;
  }

  function tools(takes) {
    const list = json("tools", "The list of tools");
    if (list === null || !takes.has("tools")) return {};
    if (!Array.isArray(list) || !list.every((each) => each?.type === "function" && each.function?.name))
      throw new Mistake('Each tool must be {"type": "function", "function": {"name": …}}, in a list.', { cause: "tools" });
    return { tools: list };
  }

  function form(takes) {
    const kind = value("form");
    if (!kind || !takes.has("response_format")) return {};
    if (kind === "json_object") return { response_format: { type: kind } };
    const schema = json("schema", "The schema");
    if (schema === null || typeof schema !== "object" || Array.isArray(schema))
      throw new Mistake("Give a JSON schema: an object.", { cause: "schema" });
    return { response_format: { type: kind, json_schema: { name: "answer", strict: true, schema } } };
  }

  // What one side is sent beside the conversation. Throws Mistake.
  Playground.parameters = (side) => {
    const takes = new Set(side.takes);
    const stops = value("stops").split("\n").filter(Boolean);
    const effort = value("effort");
    const fits = side.efforts.includes(effort) || (effort === "none" && !side.always);
    return {
      ...numbers(takes),
      ...(stops.length && takes.has("stop") ? { stop: stops } : {}),
      ...(effort && takes.has("reasoning") && fits ? { reasoning: { effort } } : {}),
      ...tools(takes),
      ...form(takes),
    };
  };

  Playground.wantsJson = () => value("form") !== "";
  Playground.system = () => value("system");

  // --- files ---

  function kindOf(file) {
    const kind = file.type.split("/")[0];
    return ["image", "audio", "video"].includes(kind) ? kind : "file";
  }

  function readAsUrl(file) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.addEventListener("error", () => reject(new Mistake(`${file.name} cannot be read.`)));
      reader.readAsDataURL(file);
    });
  }

  function part(kind, file, url) {
    if (kind === "image") return { type: "image_url", image_url: { url } };
    if (kind === "video") return { type: "video_url", video_url: { url } };
    if (kind === "file") return { type: "file", file: { filename: file.name, file_data: url } };
    const format = AUDIO[file.type.split("/")[1]?.split(";")[0]] ?? file.name.split(".").pop().toLowerCase();
    return { type: "input_audio", input_audio: { data: url.slice(url.indexOf(",") + 1), format } };
  }

  function check(file, kind, media) {
    const limits = media.map((each) => each[kind]).filter(Boolean);
    if (!limits.length) throw new Mistake(`${file.name}: no model here takes that.`);
    const most = Math.max(...limits.map((each) => each.bytes));
    if (file.size > most)
      throw new Mistake(`${file.name}: ${(file.size / 1e6).toFixed(1)} MB, and at most ${(most / 1e6).toFixed(1)} MB are taken.`);
  }

  // A file as a part of a message: {name, part}. Throws Mistake.
  Playground.attach = async (file, sides) => {
    const kind = kindOf(file);
    check(file, kind, sides.map((each) => each.media));
    return { name: file.name, part: part(kind, file, await readAsUrl(file)) };
  };

  $("form")?.addEventListener("change", () => {
    $("schema-place").hidden = value("form") !== "json_schema";
  });
}
