// Keeps a part of the page true while it is open: [data-live] names a stream of server-sent events.
// An event `put` carries {"id": html, ...}: pieces of the page made by the same templates, in which
// strangers' text is escaped. Without this file the page says how it was when it was made.
"use strict";

for (const place of document.querySelectorAll("[data-live]")) {
  const stream = new EventSource(place.dataset.live);
  stream.addEventListener("put", (event) => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) {
      const found = document.getElementById(id);
      if (!found || found.innerHTML === html || found.contains(document.activeElement)) continue;
      found.innerHTML = html;
      found.dispatchEvent(new CustomEvent("darkhorse:new", { bubbles: true }));
    }
  });
  stream.addEventListener("over", () => stream.close());
  addEventListener("pagehide", () => stream.close());
}
