// Keeps "Ends in …" true while a page stays open. Without this file the page says it as of its making.
"use strict";

const opened = Date.now();

function count(number, unit) {
  return number ? [`${number} ${unit}${number === 1 ? "" : "s"}`] : [];
}

// As views/moments.py says it: the two largest units, rounded down.
function lasting(ms) {
  const all = Math.floor(ms / 60000);
  const [days, hours, minutes] = [Math.floor(all / 1440), Math.floor(all / 60) % 24, all % 60];
  const rest = days ? count(hours, "hour") : [...count(hours, "hour"), ...count(minutes, "minute")];
  return [...count(days, "day"), ...rest].join(" ") || "less than a minute";
}

function tell() {
  for (const place of document.querySelectorAll("[data-left-ms]")) {
    const left = place.dataset.leftMs - (Date.now() - opened);
    if (left > 0) {
      place.querySelector("strong").textContent = lasting(left);
    } else {
      place.removeAttribute("data-left-ms");
      place.textContent = "This trial has just ended.";
    }
  }
}

tell();
setInterval(tell, 1000);
