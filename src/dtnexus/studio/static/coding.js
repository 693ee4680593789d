// The coding page: one person, one unit, three passes. Every action is kept on this device until the studio has it.

import { Cards } from "./coding_cards.js";
import { listen } from "./coding_keys.js";
import { Sender, load, post } from "./coding_sending.js";
import { Sheet, newId } from "./coding_sheet.js";
import { short } from "./coding_text.js";
import { View } from "./coding_view.js";
import { Waiting } from "./coding_waiting.js";
import { Words } from "./coding_words.js";

const root = document.getElementById("coding");
const at = (id) => document.getElementById(`c-${id}`);
const waiting = new Waiting(root.dataset.own);
const sheet = new Sheet(waiting);
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`dtnexus-coding-${root.dataset.own}`) : null;
const page = {
  root,
  address: root.dataset.address,
  csrf: root.dataset.csrf,
  waiting,
  sheet,
  closed: false,
  nextUnit: null,
  bodyOf,
  onReply,
  onLine: draw,
  renewed,
  changed,
  freshen,
  show,
};
const view = (page.view = new View(page));
const words = (page.words = new Words(at("turns"), { picked, enter, tag }));
const cards = (page.cards = new Cards(at("sheet"), page));
const sender = (page.sender = new Sender(page));
let evidence = -1;
let previewing = 0;
let asked = false; // to submit, while something was not saved yet

async function begin() {
  wire();
  const { status, state } = await load(page);
  if (status !== 200) {
    view.note(state.told ?? "The studio cannot be reached. This page tries again when the connection is back.");
    addEventListener("online", () => location.reload(), { once: true });
    setTimeout(() => status === 0 && location.reload(), 8000);
    return;
  }
  take(state);
  sender.wake();
}

/** Take over the page's state as the studio tells it. */
function take(state) {
  page.csrf = state.csrf;
  page.nextUnit = state.next_unit;
  sheet.load(state);
  if (state.unit && words.sessions === 0) words.show(state.unit);
  page.closed = state.place.state === "submitted";
  if (page.closed || state.place.state === "skipped") tooLate();
  const leaves = root.dataset.screen === "leave" && screenOf(state.place.state) !== "over";
  if (!leaves) screen(); // what comes late brings no words back before the eyes of somebody who leaves
  draw();
}

async function renewed() {
  const old = page.csrf;
  const { status, state } = await load(page);
  if (status === 200) page.csrf = state.csrf;
  return { status, fresh: status === 200 && page.csrf !== old };
}

/** Show the screen that belongs to the state: the warning, the desk, or that it is over. */
function screen(name = screenOf(sheet.place.state)) {
  for (const each of ["start", "leave", "over", "desk"]) at(each).hidden = each !== name;
  root.dataset.screen = name;
  if (name === "over") view.over();
  if (name === "desk") enterPass();
  else at(`${name}-title`).focus({ preventScroll: true });
  at("out").hidden = page.closed || name === "leave" || name === "over";
}

function screenOf(state) {
  return { open: "start", skipped: "over" }[state] ?? "desk";
}

function enterPass() {
  const pass = page.closed ? "rate" : sheet.pass;
  if (root.dataset.pass === pass && !page.closed) return;
  root.dataset.pass = pass;
  words.selects = pass !== "read" && !page.closed;
  if (pass === "read") view.tab("words");
  view.watchEnd(pass === "read");
}

// --- what the studio answers ------------------------------------------------------------------------------------

function bodyOf(item) {
  const { id, seen_version } = item;
  if (item.path === "pass") return { id, seen_version, wanted: item.wanted };
  if (item.path === "skip") return { id, seen_version, reason: item.reason };
  const { criterion, change } = item;
  if (change.kind !== "put_mark") return { id, seen_version, criterion, change };
  return { id, seen_version, criterion, change: { ...change, mark: { ...change.mark, quote: words.quote(change.mark) } } };
}

async function onReply(item, status, reply) {
  page.nextUnit = "next_unit" in reply ? reply.next_unit : page.nextUnit;
  if (status === 200) {
    sheet.accept(item, reply);
    tabs?.postMessage({ criterion: item.criterion ?? null, version: reply.criterion?.version, place: reply.place });
  } else if (reply.outcome === "conflict" && item.path === "actions") {
    sheet.hold(item, reply);
    view.tell(`${item.criterion} was changed in another tab; choose which one stands`);
  } else if (reply.outcome === "closed" || reply.outcome === "conflict") {
    waiting.remove([item]);
    await reload();
    if (item.path === "skip" && reply.outcome === "conflict") leave();
    else if (reply.outcome === "conflict") view.note("Another tab went to another pass; this one follows.");
  } else {
    const told = (reply.refusals ?? []).map((one) => one.told).join(" ") || reply.told || "This was not accepted.";
    sheet.refuse(item, told, reply);
    if (item.path !== "actions" || item.criterion !== cards.current) view.note(told);
    screen();
  }
  if (sheet.place.state === "skipped") screen();
  draw();
}

async function reload() {
  const { status, state } = await load(page);
  if (status === 200) take(state);
}

/** The unit was closed elsewhere: what still waits here cannot count any more, and the person is told so. */
function tooLate() {
  const late = waiting.items.length;
  waiting.clear();
  if (late > 0) view.note(`This unit was closed in another tab. ${late} of your actions here came too late and do not count.`);
}

tabs?.addEventListener("message", ({ data }) => {
  if (data.place.version > sheet.place.version || data.place.state !== sheet.place.state) void reload();
  else if (data.criterion && data.version > (sheet.known[data.criterion]?.version ?? 0)) {
    sheet.stale.add(data.criterion);
    draw();
  }
});

async function freshen(criterion) {
  const { status, state } = await load(page);
  if (status !== 200) return;
  sheet.known[criterion] = state.criteria[criterion];
  sheet.stale.delete(criterion);
  draw();
}

// --- what the person does ---------------------------------------------------------------------------------------

function changed(criterion) {
  if (criterion !== undefined) evidence = -1;
  draw();
  sender.wake();
}

function goPass(wanted) {
  cards.flush();
  if (wanted === sheet.pass || page.closed) return;
  sheet.step(wanted);
  enterPass();
  view.tab(wanted === "rate" ? "sheet" : "words");
  if (wanted !== "rate") words.focus();
  else cards.choose(cards.current);
  changed();
}

function picked(pick) {
  const text = at("picked-text");
  text.textContent = pick
    ? `“${short(words.quote(pick), 140)}” · turn ${words.number(pick.session, pick.turn)}`
    : "Select words in a turn, then choose a criterion.";
  at("picked").classList.toggle("full", pick !== null);
  at("picked-clear").hidden = pick === null;
  at("picked-go").hidden = pick === null;
  at("picked-go").textContent = sheet.pass === "rate" ? `Mark for ${cards.current}` : "Choose a criterion";
  if (pick) view.tell(`Selected: ${short(words.quote(pick), 140)}`);
}

function enter() {
  view.tab("sheet");
  if (sheet.pass === "rate") return markFor(cards.current);
  cards.chip(cards.current).focus();
}

function markFor(criterion) {
  const pick = words.pick;
  if (!pick || page.closed) return;
  if (!cards.mark(criterion, pick)) return view.tell(`${criterion}: choose first which of the two versions stands`);
  words.clear();
  draw();
  if (sheet.pass === "mark") {
    view.tab("words");
    words.go(pick.session, pick.turn);
  } else cards.card(criterion).querySelector("h2").focus({ preventScroll: true });
}

function tag(criterion, mark) {
  view.tab("sheet");
  cards.choose(criterion);
  const item = cards.card(criterion).querySelector(`[data-mark="${mark}"] .c-go`);
  item?.focus();
}

function show(mark) {
  view.tab("words");
  words.go(mark.session, mark.turn, mark);
}

function nextEvidence() {
  const marks = sheet.view(cards.current).marks;
  if (marks.length === 0) view.tell(`${cards.current}: nothing is marked`);
  else show(marks[(evidence = (evidence + 1) % marks.length)]);
  return true;
}

async function start() {
  const body = { id: newId(), seen_version: sheet.place.version, wanted: "read" };
  const { status, reply } = await post(page, "pass", body);
  if (status !== 200 && status !== 409) {
    return view.note(reply.told ?? "The studio cannot be reached. Try again when the connection is back.");
  }
  await reload();
  words.focus();
}

function leave() {
  const steps = waiting.items.filter((item) => item.path === "pass").length;
  const version = sheet.place.version + steps;
  waiting.add({ id: newId(), path: "skip", reason: at("reason").value.trim(), seen_version: version });
  at("leave-go").disabled = true;
  draw();
  sender.wake();
  leaveWhenSaved();
}

/** Go on as soon as the studio knows; without a connection the page says that it waits. */
function leaveWhenSaved() {
  if (sheet.place.state === "skipped") location.assign(page.nextUnit ?? root.dataset.queue);
  else setTimeout(leaveWhenSaved, 100);
}

async function submit() {
  const body = { id: newId(), seen_version: sheet.place.version };
  const { status, reply } = await post(page, "submit", body);
  if (status === 200 || status === 409) {
    await reload();
    return at("submit").focus();
  }
  for (const one of reply.refusals ?? []) sheet.refusals[one.criterion] = one.told;
  view.note(reply.told ?? (reply.refusals ? "Some criteria are not complete yet." : "The studio cannot be reached. Try again."));
  draw();
}

// --- what the page shows ----------------------------------------------------------------------------------------

function draw() {
  if (root.dataset.screen === "desk") enterPass();
  const marks = cards.order.flatMap((criterion) => sheet.view(criterion).marks.map((mark) => ({ ...mark, criterion })));
  if (words.sessions > 0) words.paint(sheet.pass === "read" && !page.closed ? [] : marks, cards.current);
  cards.draw();
  view.draw(marks);
  askWhenSaved();
}

// --- wires ------------------------------------------------------------------------------------------------------

function wire() {
  const click = (id, done) => at(id).addEventListener("click", done);
  view.tab("words");
  click("begin", () => void start());
  click("read", () => at("read").getAttribute("aria-disabled") === "false" && goPass("mark"));
  click("to-rate", () => goPass("rate"));
  click("undo", undo);
  click("out", () => screen("leave"));
  click("stay", () => screen());
  click("leave-go", leave);
  click("picked-go", enter);
  click("picked-clear", () => words.clear());
  click("keys-open", () => at("keys").showModal());
  click("submit", askSubmit);
  at("sure").addEventListener("close", () => at("sure").returnValue === "yes" && void submit());
  at("tab-words").addEventListener("click", () => view.tab("words"));
  at("tab-sheet").addEventListener("click", () => view.tab("sheet"));
  root.querySelector(".c-tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    view.tab(root.dataset.tab === "words" ? "sheet" : "words");
    at(`tab-${root.dataset.tab}`).focus();
  });
  for (const step of root.querySelectorAll("[data-go]")) step.addEventListener("click", () => goPass(step.dataset.go));
  at("list").addEventListener("click", (event) => {
    const chip = event.target.closest(".c-chip");
    if (!chip) return;
    if (sheet.pass === "mark" && words.pick) markFor(chip.dataset.criterion);
    else cards.choose(chip.dataset.criterion, sheet.pass !== "mark");
  });
  at("list").addEventListener("keydown", listKeys);
  at("list").addEventListener("focusin", (event) => preview(event.target.closest(".c-chip")));
  at("list").addEventListener("mouseover", (event) => preview(event.target.closest(".c-chip"), 250));
  addEventListener("beforeunload", (event) => {
    cards.flush();
    if (waiting.items.length > 0 && sheet.place.state !== "skipped") event.preventDefault();
  });
  listen(at("keys"), at("single"), keys());
}

/** While marking, the codebook shows the criterion that the hand is on. */
function preview(chip, wait_ms = 0) {
  clearTimeout(previewing);
  if (!chip || sheet.pass !== "mark") return;
  previewing = setTimeout(() => {
    cards.current = chip.dataset.criterion;
    draw();
  }, wait_ms);
}

function listKeys(event) {
  const by_ = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const chip = event.target.closest(".c-chip");
  if (!by_ || !chip) return;
  const to = cards.order[cards.order.indexOf(chip.dataset.criterion) + by_];
  if (to) cards.chip(to).focus();
  event.preventDefault();
}

function askSubmit() {
  if (page.closed) return location.assign(page.nextUnit ?? root.dataset.queue);
  cards.flush();
  const lacks = view.lacking();
  if (lacks.length > 0) {
    view.tell(`${lacks.length} criteria are not answered yet`);
    return cards.choose(lacks[0]);
  }
  asked = true;
  if (waiting.items.length > 0) view.tell("Not everything is saved yet");
  askWhenSaved();
}

/** Reasons that were typed a moment ago are saved first; whoever pressed the button is then asked. */
function askWhenSaved() {
  asked &&= sender.line === "open" && view.lacking().length === 0;
  if (!asked || waiting.items.length > 0) return;
  asked = false;
  at("sure").showModal();
}

function undo() {
  const criterion = page.closed ? null : sheet.undo();
  if (criterion === null) return view.tell("Nothing to undo");
  cards.current = criterion;
  view.tell(`${criterion}: undone`);
  changed(criterion);
}

function keys() {
  const desk = () => root.dataset.screen === "desk";
  const rates = () => desk() && root.dataset.pass === "rate";
  const marks = () => desk() && root.dataset.pass !== "read";
  const after = (able, done) => (value) => able() && (done(value), true);
  return {
    undo,
    help: () => (at("keys").showModal(), true),
    score: after(() => rates() && !page.closed, (key) => cards.answer(cards.current, key)),
    move: after(marks, (step) => (view.tab("sheet"), cards.move(step))),
    evidence: after(marks, nextEvidence),
    reasons: after(rates, () => (view.tab("sheet"), cards.card(cards.current).querySelector(".c-why").focus())),
    conversation: after(desk, () => (view.tab("words"), words.focus())),
    types: () => desk() && root.dataset.pass === "mark",
    type: (text) => {
      const found = cards.order.find((one) => one.toUpperCase().startsWith(text));
      if (found) cards.chip(found).focus();
      return found !== undefined;
    },
    back: () => {
      if (!marks()) return;
      if (words.pick) words.clear();
      else if (document.activeElement?.closest("#c-words, .c-card")) {
        view.tab("sheet");
        cards.card(cards.current).querySelector("h2").focus();
      }
    },
  };
}

await begin();
