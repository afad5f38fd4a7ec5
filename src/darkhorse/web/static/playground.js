// The playground: a conversation with one listing, or the same with two beside each other.
"use strict";

{
  const { AnswerView, ask, attach, mine, Mistake, parameters, system, wantsJson } = Playground;
  const $ = (id) => document.getElementById(id);
  const facts = JSON.parse($("playground-facts").textContent);
  const place = `darkhorse-playground:${facts.sides.map((side) => side.slug).join(" ")}`;
  let session = newSession();
  let files = [];
  let running = null; // an AbortController while answers come
  let isLeaving = false; // what breaks now breaks because the page goes

  const sides = facts.sides.map((each, at) => {
    const section = document.querySelector(`[data-side="${at}"]`);
    return {
      ...each,
      items: [], // {who: "user" | "tool" | "answer", …}: what is kept, shown and sent
      coming: null, // the item that its answer will be
      list: section.querySelector(".conversation"),
      nothing: section.querySelector(".nothing"),
    };
  });

  function newSession() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return `playground-${Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("")}`;
  }

  // --- what is sent ---

  function message(item) {
    if (item.who === "tool") return { role: "tool", tool_call_id: item.id, content: item.text };
    if (item.who === "user") {
      if (!item.files?.length) return { role: "user", content: item.text };
      const text = item.text ? [{ type: "text", text: item.text }] : [];
      return { role: "user", content: [...text, ...item.files.map((each) => each.part).filter(Boolean)] };
    }
    const { content, calls } = item.answer;
    if (!content && !calls.length) return null; // it failed: the model never said it
    const tool_calls = calls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
    return { role: "assistant", content: content || null, ...(calls.length ? { tool_calls } : {}) };
  }

  function request(side) {
    const rules = system() ? [{ role: "system", content: system() }] : [];
    const said = side.items.map(message).filter(Boolean);
    return { model: side.slug, messages: [...rules, ...said], ...parameters(side) };
  }

  // --- one side ---

  function show(side, element) {
    side.list.append(element);
    side.nothing.hidden = true;
  }

  function says(side, item) {
    side.items.push(item);
    show(side, mine(item));
  }

  async function answers(side, signal) {
    const json = wantsJson();
    const view = new AnswerView(side.title);
    const body = request(side);
    show(side, view.element);
    const answer = await ask(body, session, signal, (grown) => {
      side.coming = { who: "answer", answer: grown, json };
      view.grow(grown);
    });
    side.coming = null;
    if (!view.element.isConnected) return; // it was cleared away meanwhile
    side.items.push({ who: "answer", answer: { ...answer, speed: answer.speed }, json });
    await settle(side, view, side.items.length - 1);
  }

  async function settle(side, view, at) {
    const { answer, json } = side.items[at];
    await view.finish(answer, {
      json,
      actions: [["Try again", () => retry(side, at)]],
      onTools: (results) => useResults(side, at, results),
    });
  }

  function retry(side, at) {
    if (running) return;
    cutAt(side, at);
    run([side]);
  }

  // All that was said from there on is taken away.
  function cutAt(side, at) {
    side.items.length = at;
    side.coming = null;
    while (side.list.children.length > at) side.list.lastElementChild.remove();
  }

  function useResults(side, at, results) {
    if (running) return false;
    cutAt(side, at + 1);
    for (const each of results) says(side, { who: "tool", ...each });
    run([side]);
    return true;
  }

  async function run(asked) {
    running = new AbortController();
    busy(true);
    try {
      const all = Promise.all(asked.map((side) => answers(side, running.signal)));
      keep();
      await all;
    } catch (problem) {
      complain(problem);
    }
    running = null;
    busy(false);
    keep();
  }

  // --- the form ---

  function busy(is) {
    $("send").disabled = is;
    $("stop").hidden = !is;
    if (is) $("send").textContent = "Answering …";
    else $("send").textContent = "Send";
  }

  function complain(problem) {
    if (!(problem instanceof Mistake)) throw problem;
    $("say-problem").textContent = problem.message;
    $("say-problem").hidden = false;
    const field = problem.cause && $(problem.cause);
    if (field) {
      field.closest("details").open = true;
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }
  }

  function forgive() {
    $("say-problem").hidden = true;
    for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  function send() {
    const text = $("prompt").value;
    if (running || !(text.trim() || files.length)) return $("prompt").focus();
    forgive();
    try {
      sides.forEach(parameters); // a mistake is told before anything is said
    } catch (problem) {
      return complain(problem);
    }
    for (const side of sides) says(side, { who: "user", text, files });
    $("prompt").value = "";
    files = [];
    showFiles();
    run(sides);
  }

  function showFiles() {
    $("attached")?.replaceChildren(
      ...files.map((each, at) => {
        const li = document.createElement("li");
        const gone = document.createElement("button");
        gone.type = "button";
        gone.className = "plain";
        gone.textContent = "leave out";
        gone.setAttribute("aria-label", `Leave out ${each.name}`);
        gone.addEventListener("click", () => {
          files.splice(at, 1);
          showFiles();
        });
        li.append(`${each.name} `, gone);
        return li;
      }),
    );
  }

  async function addFiles(event) {
    forgive();
    for (const file of event.target.files) {
      try {
        files.push(await attach(file, sides));
      } catch (problem) {
        complain(problem);
      }
    }
    event.target.value = "";
    showFiles();
  }

  function clear() {
    running?.abort();
    for (const side of sides) {
      cutAt(side, 0);
      side.nothing.hidden = false;
    }
    session = newSession();
    sessionStorage.removeItem(place);
    forgive();
    $("prompt").focus();
  }

  // --- what stays in this tab ---

  function keep() {
    if (isLeaving) return;
    const whole = sides.map(saidSoFar);
    for (const items of [whole, whole.map(withoutMedia)]) {
      try {
        sessionStorage.setItem(place, JSON.stringify({ session, system: system(), sides: items }));
        return;
      } catch {
        sessionStorage.removeItem(place); // too large; it is still on the page
      }
    }
  }

  function withoutMedia(items) {
    return items.map((item) => (item.files ? { ...item, files: item.files.map(({ name }) => ({ name })) } : item));
  }

  // With an answer that still comes: nobody may be here when it is whole. Half a call is none.
  function saidSoFar({ items, coming }) {
    if (!coming) return items;
    const answer = { ...coming.answer, calls: [], speed: null, finish: "you left the page" };
    return [...items, { ...coming, answer }];
  }

  async function restore() {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
    if (kept?.sides?.length !== sides.length) return;
    session = kept.session;
    $("system").value = kept.system;
    for (const [number, side] of sides.entries()) {
      side.items = kept.sides[number];
      for (const [at, item] of side.items.entries()) {
        if (item.who !== "answer") {
          show(side, mine(item));
          continue;
        }
        const view = new AnswerView(side.title);
        show(side, view.element);
        await settle(side, view, at);
      }
    }
  }

  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  $("stop").addEventListener("click", () => running?.abort());
  $("clear").addEventListener("click", clear);
  $("files")?.addEventListener("change", addFiles);
  $("prompt").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") running?.abort();
  });
  addEventListener("pagehide", () => {
    keep();
    isLeaving = true;
  });
  addEventListener("pageshow", () => {
    isLeaving = false;
  });
  $("playground").hidden = false;
  restore();
}
