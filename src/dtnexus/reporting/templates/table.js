const table = one("#table");
const rows = all("tbody tr", table);
const texts = rows.map((row) => row.textContent.toLowerCase());

function filter() {
  const words = one("#filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const presented = one("#f-presented").value;
  const indicated = one("#f-indicated").value;
  const flagged = one("#f-flags").checked;
  let shown = 0;
  rows.forEach((row, place) => {
    const cells = row.cells;
    const fits = words.every((word) => texts[place].includes(word))
      && (!presented || cells[5].textContent === presented)
      && (!indicated || cells[6].textContent === indicated)
      && (!flagged || cells[9].dataset.v !== "0");
    row.hidden = !fits;
    document.getElementById(row.dataset.for).hidden = !fits;
    if (fits) shown += 1;
  });
  one("#shown").textContent = shown + " of " + rows.length + " shown";
  say(shown + " of " + rows.length + " interactions shown");
}
let waiting = 0;
one("#filter").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
["#f-presented", "#f-indicated", "#f-flags"].forEach((id) => one(id).addEventListener("change", filter));

all("thead button", table).forEach((button, column) => button.addEventListener("click", () => {
  const head = button.closest("th");
  const down = head.getAttribute("aria-sort") === "ascending";
  all("thead th", table).forEach((other) => other.setAttribute("aria-sort", "none"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => row.cells[column].dataset.v || row.cells[column].textContent;
  const compare = button.dataset.kind === "n"
    ? (a, b) => (parseFloat(value(a)) || 0) - (parseFloat(value(b)) || 0)
    : (a, b) => value(a).localeCompare(value(b));
  const sorted = rows.slice().sort((a, b) => (down ? -1 : 1) * compare(a, b));
  one("tbody", table).append(...sorted);
}));

const keysOn = one("#keys-on");
const help = one("#keys");
one("#help").addEventListener("click", () => help.showModal());

function step(by) {
  let next = here;
  do { next += by; } while (next >= 0 && next < items.length && items[next].hidden);
  if (next < 0 || next >= items.length) return;
  stand(items[next]);
  items[next].scrollIntoView({ block: "start" });
  one("summary", items[next]).focus({ preventScroll: true });
}

let episode = null;
async function stepEpisode(by) {
  const from = episode ? items.indexOf(episode.closest("details.interaction")) : Math.max(here, 0);
  for (let at = from; at >= 0 && at < items.length; at += by) {
    const item = items[at];
    if (item.hidden || item.dataset.low === "0") continue;
    await open(item);
    const notes = all(".note.low", item);
    const within = episode && notes.includes(episode);
    const place = within ? notes.indexOf(episode) + by : (by > 0 ? 0 : notes.length - 1);
    if (!notes[place]) continue;
    episode = notes[place];
    stand(item);
    all(".turn.seen").forEach((turn) => turn.classList.remove("seen"));
    episode.closest(".turn").classList.add("seen");
    episode.scrollIntoView({ block: "center" });
    one("summary", episode).focus({ preventScroll: true });
    return;
  }
  say("No further episode scored 0 or 1.");
}

addEventListener("keydown", (event) => {
  const field = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape" && event.target.id === "filter") { event.target.blur(); return; }
  if (field || !keysOn.checked || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const actions = {
    "/": () => one("#filter").focus(),
    "?": () => help.showModal(),
    j: () => step(1),
    k: () => step(-1),
    n: () => stepEpisode(1),
    p: () => stepEpisode(-1),
    o: () => { if (items[here]) { items[here].open = !items[here].open; } },
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
filter();
