// A copy button on each .copied block. Without this file the text can be marked by hand.
"use strict";

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages over plain HTTP have no clipboard; the old way needs the text to be selected.
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1600);
}

function offer(root) {
  for (const block of root.querySelectorAll(".copied:not([data-ready])")) {
    block.dataset.ready = "";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${block.dataset.what ?? "this"}`);
    button.addEventListener("click", () => copy(button, block.querySelector("code").textContent));
    block.append(button);
  }
}

document.addEventListener("darkhorse:new", (event) => offer(event.target));
offer(document);
