// Messages as elements. Text is text; the only HTML put in is what the server has sanitised.
"use strict";

globalThis.Playground ??= {};

{
  function make(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function button(text, action) {
    const made = make("button", "plain", text);
    made.type = "button";
    made.addEventListener("click", () => action(made));
    return made;
  }

  function pretty(text) {
    try {
      return { text: JSON.stringify(JSON.parse(text), null, 2), valid: true };
    } catch {
      return { text, valid: false };
    }
  }

  function code(text, what) {
    const block = make("div", "copied");
    block.dataset.what = what;
    const pre = make("pre");
    pre.tabIndex = 0;
    pre.append(make("code", "", text));
    block.append(pre);
    return block;
  }

  function isNew(element) {
    element.dispatchEvent(new CustomEvent("darkhorse:new", { bubbles: true }));
  }

  // --- what a person said, and what a tool did ---

  Playground.mine = (item) => {
    const li = make("li", "mine");
    li.append(make("p", "who", item.who === "tool" ? `You, as ${item.name}` : "You"));
    const said = make("div", "said", item.text);
    said.dir = "auto";
    li.append(said);
    if (item.files?.length) li.append(make("p", "small", `With ${item.files.map((each) => each.name).join(", ")}`));
    return li;
  };

  // --- an answer, while it comes and when it is whole ---

  const seconds = (ms) => (ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toPrecision(3)} s`);

  function measured(answer) {
    const said = [];
    if (answer.usage) {
      const thought = answer.usage.completion_tokens_details?.reasoning_tokens;
      said.push(`${answer.usage.prompt_tokens.toLocaleString("en")} tokens in`);
      said.push(`${answer.usage.completion_tokens.toLocaleString("en")} out${thought ? `, ${thought.toLocaleString("en")} of them reasoning` : ""}`);
    }
    if (answer.firstMs !== null) said.push(`first after ${seconds(answer.firstMs)}`);
    if (answer.speed) said.push(`${answer.speed < 100 ? answer.speed.toPrecision(3) : Math.round(answer.speed).toLocaleString("en")} tokens/s`);
    if (answer.finish) said.push(`ended: ${answer.finish}`);
    const line = make("p", "measured", said.join(" · "));
    if (!answer.id) return line;
    if (said.length) line.append(" · ");
    if (answer.id.startsWith("gen-")) {
      const link = make("a", "", answer.id);
      link.href = `/activity/${encodeURIComponent(answer.id)}`;
      const report = make("a", "", "Report this answer");
      report.href = `/report?generation=${encodeURIComponent(answer.id)}`;
      line.append(link, " · ", report);
    } else {
      line.append(answer.id);
    }
    return line;
  }

  function errorOf(error) {
    const line = make("p", "problem", error.message ?? "Something went wrong.");
    line.setAttribute("role", "alert");
    const status = error.code ?? error.status;
    if (status) line.append(` (${status})`);
    if (status === 401) {
      const link = make("a", "", " Enter the key anew.");
      link.href = location.href;
      line.append(link);
    }
    return line;
  }

  class AnswerView {
    constructor(title) {
      this.element = make("li", "theirs");
      this.who = make("p", "who", title);
      this.element.append(this.who);
      this.thoughts = make("details");
      this.thoughts.append(make("summary", "", "Reasoning"));
      this.thought = make("div", "said thought");
      this.thought.tabIndex = 0;
      this.thoughts.append(this.thought);
      this.thoughts.hidden = true;
      this.said = make("div", "said");
      this.said.dir = "auto";
      this.calling = make("p", "small");
      this.element.append(this.thoughts, this.said, this.calling);
      this.element.setAttribute("aria-busy", "true");
      this.due = false;
    }

    // At most once a frame: pieces come faster than anybody reads.
    grow(answer) {
      if (this.due) return;
      this.due = true;
      requestAnimationFrame(() => {
        this.due = false;
        if (this.element.ariaBusy === "true") this.write(answer);
      });
    }

    write(answer) {
      const stays = scrollY + innerHeight < document.documentElement.scrollHeight - 80;
      this.thoughts.hidden = !answer.reasoning;
      this.thought.textContent = answer.reasoning;
      this.said.textContent = answer.content || answer.refusal;
      this.calling.textContent = answer.calls.length ? `Calls ${answer.calls.map((each) => each.name).join(", ")} …` : "";
      if (!stays) scrollTo(0, document.documentElement.scrollHeight);
    }

    // `actions`: [text, what is done], shown below it. `onTools` is given results by the call's id.
    async finish(answer, { json, actions, onTools }) {
      this.write(answer);
      this.calling.remove();
      this.element.setAttribute("aria-busy", "false");
      for (const call of answer.calls) this.element.append(this.toolOf(call));
      if (answer.calls.length && onTools) this.element.append(this.resultsOf(answer.calls, onTools));
      if (answer.error) this.element.append(errorOf(answer.error));
      this.element.append(measured(answer));
      const row = make("div", "actions");
      if (answer.content) row.append(button("Copy", (self) => copyText(self, answer.content)));
      for (const [text, action] of actions) row.append(button(text, action));
      this.element.append(row);
      if (json && answer.content) this.showJson(answer.content);
      else if (answer.content) await this.showHtml(answer.content);
      if (this.element.offsetHeight > 2 * innerHeight)
        this.who.append(" ", button("To its end", () => row.querySelector("button").focus()));
    }

    showJson(text) {
      const { text: shown, valid } = pretty(text);
      const badge = make("p");
      badge.append(make("span", `badge ${valid ? "good" : "bad"}`, valid ? "valid JSON" : "not JSON"));
      const place = make("div", "answer");
      place.append(badge, code(shown, "the answer"));
      this.said.replaceWith(place);
      isNew(place);
    }

    async showHtml(text) {
      const html = await Playground.html(text);
      if (html === null) return;
      const place = make("div", "answer");
      place.innerHTML = html; // sanitised by web/answers
      this.said.replaceWith(place);
      isNew(place);
    }

    toolOf(call) {
      const place = make("div", "tool");
      const head = make("p");
      head.append(make("span", "badge", "calls"), " ", make("code", "", call.name));
      const { text, valid } = pretty(call.arguments || "{}");
      if (!valid) head.append(" ", make("span", "badge bad", "arguments are not JSON"));
      const pre = make("pre", "", text);
      pre.tabIndex = 0;
      place.append(head, pre);
      return place;
    }

    resultsOf(calls, onTools) {
      const form = make("form", "tool");
      const fields = calls.map((call, at) => {
        const id = `result-${call.id || at}`;
        const label = make("label", "", `Result of ${call.name}`);
        label.htmlFor = id;
        const field = make("textarea");
        field.id = id;
        field.rows = 2;
        field.required = true;
        form.append(label, field);
        return field;
      });
      const send = make("button", "second", "Go on with this");
      form.append(send);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const results = calls.map((call, at) => ({ id: call.id, name: call.name, text: fields[at].value }));
        if (onTools(results)) form.remove();
      });
      return form;
    }
  }

  async function copyText(self, text) {
    try {
      await navigator.clipboard.writeText(text);
      self.textContent = "Copied";
    } catch {
      self.textContent = "Mark it by hand"; // pages over plain HTTP have no clipboard
    }
    setTimeout(() => (self.textContent = "Copy"), 1600);
  }

  Playground.AnswerView = AnswerView;
}
