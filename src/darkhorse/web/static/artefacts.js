// A Show button on HTML and SVG that a model wrote. It is shown as a document of its own: posted by a
// form into a sandboxed frame, so that it has no origin and no network. Without this file it is code.
"use strict";

{
  let shown = 0;

  // A form of type text/plain sends the text as it is.
  function post(kind, source, target) {
    const form = document.createElement("form");
    form.method = "post";
    form.enctype = "text/plain";
    form.action = `${document.body.dataset.artefacts ?? "/playground/artefact"}?kind=${kind}`;
    form.target = target;
    form.hidden = true;
    const field = document.createElement("textarea");
    field.name = "source";
    field.value = source;
    form.append(field);
    document.body.append(form);
    form.submit();
    form.remove();
  }

  function show(block) {
    const frame = document.createElement("iframe");
    frame.className = "artefact";
    frame.name = `artefact-${(shown += 1)}`;
    frame.title = "What the code shows";
    frame.setAttribute("sandbox", "allow-scripts");
    block.after(frame);
    post(block.dataset.artefact, block.querySelector("code").textContent, frame.name);
    return frame;
  }

  function offer(root) {
    for (const block of root.querySelectorAll("[data-artefact]:not([data-offered])")) {
      block.dataset.offered = "";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "second";
      button.textContent = "Show it";
      let frame = null;
      button.addEventListener("click", () => {
        if (frame) frame.remove();
        frame = frame ? null : show(block);
        button.textContent = frame ? "Hide it" : "Show it";
      });
      block.after(button);
    }
  }

  document.addEventListener("darkhorse:new", (event) => offer(event.target));
  offer(document);
}
