// Shows how far a run is. Without it the page loads itself anew.
const progress = document.getElementById("progress");
const exhibits = document.getElementById("exhibits");
const told = new EventSource(progress.dataset.events);

// What comes is made by the same templates as the page: strangers' text in it is escaped.
const put = (place, html) => {
  const open = new Map([...place.querySelectorAll("details")].map((each) => [each.id, each.open]));
  place.innerHTML = html;
  for (const each of place.querySelectorAll("details")) {
    each.open = open.get(each.id) ?? each.open;
  }
};

told.addEventListener("progress", (event) => put(progress, event.data));
told.addEventListener("exhibits", (event) => put(exhibits, event.data));
told.addEventListener("over", () => {
  told.close();
  location.reload();
});
