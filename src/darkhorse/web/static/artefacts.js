// A Show button on HTML and SVG that a model wrote. It is shown as a document of its own: posted by a
// form into a sandboxed frame, so that it has no origin, and without script. Its script runs only where
// somebody asks for that as well: no policy keeps a script from WebRTC. Without this file it is code.
"use strict";

{
  let shown = 0;

  // A form of type text/plain sends the text as it is.
  function post(kind, source, target, isRun) {
    const form = document.createElement("form");
    form.method = "post";
    form.enctype = "text/plain";
    form.action = `/playground/artefact?kind=${kind}${isRun ? "&script=run" : ""}`;
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

  function show(block, isRun, below) {
    const frame = document.createElement("iframe");
    frame.className = "artefact";
    frame.name = `artefact-${(shown += 1)}`;
    frame.title = "What the code shows";
    frame.setAttribute("sandbox", isRun ? "allow-scripts" : "");
    below.after(frame);
    post(block.dataset.artefact, block.querySelector("code").textContent, frame.name, isRun);
    return frame;
  }

  function button(text) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "second";
    made.textContent = text;
    return made;
  }

  // Only beside what is shown, so that running it takes a second click.
  function offerScript(run) {
    const made = document.createElement("p");
    made.className = "small";
    made.hidden = true;
    made.append(run, " Its script may reach the network and tell others your address (by WebRTC).");
    return made;
  }

  function offer(root) {
    for (const block of root.querySelectorAll("[data-artefact]:not([data-offered])")) {
      block.dataset.offered = "";
      const still = button("Show it");
      const run = button("Run its script");
      const script = offerScript(run);
      let frame = null;
      const turn = (isShown, isRun) => {
        frame?.remove();
        frame = isShown ? show(block, isRun, script) : null;
        still.textContent = isShown ? "Hide it" : "Show it";
        script.hidden = !isShown || isRun;
      };
      still.addEventListener("click", () => turn(frame === null, false));
      run.addEventListener("click", () => {
        turn(true, true);
        still.focus(); // what was pressed is hidden now
      });
      block.after(still, script);
    }
  }

  document.addEventListener("darkhorse:new", (event) => offer(event.target));
  offer(document);
}
