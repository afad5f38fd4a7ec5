// Keeps a part of the page true while it is looked at: [data-live] names a stream of server-sent events.
// An event `put` carries {"id": html, ...}: pieces of the page made by the same templates, in which
// strangers' text is escaped. Without this file the page says how it was when it was made.
// A browser has six connections for all its tabs, so a hidden one holds none; a stream begins with
// everything that may have changed, so nothing is missed by that.
"use strict";

function put(event) {
  for (const [id, html] of Object.entries(JSON.parse(event.data))) {
    const found = document.getElementById(id);
    if (!found || found.innerHTML === html || found.contains(document.activeElement)) continue;
    found.innerHTML = html;
    found.dispatchEvent(new CustomEvent("darkhorse:new", { bubbles: true }));
  }
}

function watch(place) {
  let stream = null;
  let isOver = false;

  function close() {
    stream?.close();
    stream = null;
  }

  function open() {
    if (stream || isOver || document.hidden) return;
    stream = new EventSource(place.dataset.live);
    stream.addEventListener("put", put);
    stream.addEventListener("over", () => {
      isOver = true;
      close();
    });
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

for (const place of document.querySelectorAll("[data-live]")) watch(place);
