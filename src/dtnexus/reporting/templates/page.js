"use strict";
const root = document.documentElement;
root.classList.add("js");
const one = (selector, from) => (from || document).querySelector(selector);
const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
const items = all("details.interaction");
const say = (text) => { one("#status").textContent = text; };

async function unpack(item) {
  const island = one(":scope > script.island", item);
  if (!island) return;
  island.remove();
  if (typeof DecompressionStream === "undefined") {
    one(".body", item).textContent = "This browser cannot unpack the details; please use a newer one.";
    return;
  }
  const bytes = Uint8Array.from(atob(island.textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const text = await new Response(stream).text();
  one(".body", item).innerHTML = text;
  const note = one(":scope > .packed", item);
  if (note) note.remove();
}

async function open(item) {
  item.open = true;
  await unpack(item);
}

items.forEach((item) => item.addEventListener("toggle", () => { if (item.open) unpack(item); }));

async function go(hash) {
  const found = /^#(i\d+)(-[a-z0-9-]+)?$/.exec(hash);
  if (!found) return false;
  const item = document.getElementById(found[1]);
  if (!item) return false;
  await open(item);
  const target = document.getElementById(hash.slice(1)) || item;
  stand(item);
  if (target === item) one("summary", item).focus({ preventScroll: true });
  else {
    all(".turn.seen").forEach((turn) => turn.classList.remove("seen"));
    target.classList.add("seen");
    target.focus({ preventScroll: true });
  }
  target.scrollIntoView({ block: target === item ? "start" : "center" });
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#i"]');
  if (!link || !/^#i\d+/.test(link.getAttribute("href"))) return;
  event.preventDefault();
  const hash = link.getAttribute("href");
  history.pushState(null, "", hash);
  go(hash);
});
addEventListener("popstate", () => go(location.hash));

let here = -1;
function stand(item) {
  items.forEach((other) => other.classList.toggle("here", other === item));
  here = items.indexOf(item);
}

const themes = ["system", "light", "dark"];
one("#theme").addEventListener("click", (event) => {
  const next = themes[(themes.indexOf(root.dataset.theme || "system") + 1) % 3];
  if (next === "system") delete root.dataset.theme;
  else root.dataset.theme = next;
  event.currentTarget.textContent = "Theme: " + next;
});

one("#load-all").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  const section = one("#interactions");
  section.classList.add("loading");
  const wanted = items.filter((item) => !item.hidden);
  const done = wanted.length;
  for (let at = 0; at < done; at += 50) {
    await Promise.all(wanted.slice(at, at + 50).map(open));
    button.textContent = Math.min(at + 50, done) + " of " + done;
    await new Promise((resume) => setTimeout(resume, 0));
  }
  section.classList.remove("loading");
  button.textContent = "All open";
  button.disabled = false;
  say(done + " interactions are open; the page can be printed.");
});

let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  closed.forEach((part) => { part.open = true; });
});
addEventListener("afterprint", () => closed.forEach((part) => { part.open = false; }));
go(location.hash);
