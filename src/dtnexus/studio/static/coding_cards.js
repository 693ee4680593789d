// The criteria: the list, and for the one at hand its marks, scores, reasons and whatever must be settled first.

import { newId } from "./coding_sheet.js";
import { short } from "./coding_text.js";

const SETTLES_MS = 900; // reasons are sent when the typing pauses

export class Cards {
  /** @param {object} page `sheet`, `words`, `waiting`, `closed`, `view`, `changed(criterion)`, `show(mark)`. */
  constructor(root, page) {
    this._page = page;
    this._root = root;
    this._typing = new Map();
    this._asks = new Set(); // criteria where a 1 waits for the turn that was missed
    this.order = [...root.querySelectorAll(".c-card")].map((card) => card.dataset.criterion);
    this.current = this.order[0];
    root.addEventListener("click", (event) => this._click(event));
    root.addEventListener("change", (event) => this._change(event));
    root.addEventListener("input", (event) => this._input(event));
  }

  card(criterion) {
    return document.getElementById(`c-${criterion}`);
  }

  chip(criterion) {
    return this._root.querySelector(`.c-chip[data-criterion="${criterion}"]`);
  }

  /** Take a criterion to hand. */
  choose(criterion, focus = true) {
    this.flush();
    this.current = criterion;
    this._page.changed(criterion);
    if (focus) this.card(criterion).querySelector("h2").focus({ preventScroll: true });
    this.card(criterion).scrollIntoView({ block: "nearest" });
    if (focus) this.card(criterion).querySelector("h2").scrollIntoView({ block: "nearest" });
  }

  /** The next or the previous criterion. */
  move(by) {
    const at = this.order.indexOf(this.current) + by;
    if (at >= 0 && at < this.order.length) this.choose(this.order[at]);
  }

  /** Mark selected words for a criterion, with the turns around as cue and answer until somebody says otherwise. */
  mark(criterion, pick) {
    const { words, sheet } = this._page;
    const role = words.turn(pick.session, pick.turn).role;
    const before = words.turnsOf(pick.session, "client").filter((turn) => turn.index < pick.turn);
    const after = words.turnsOf(pick.session, "agent").filter((turn) => turn.index > pick.turn);
    const cue = role === "client" ? pick.turn : (before[before.length - 1]?.index ?? null);
    const agent = role === "agent" ? pick.turn : (after[0]?.index ?? null);
    const mark = { id: newId(), criterion, ...pick, cue_turn: cue, agent_turn: agent };
    if (!sheet.act(criterion, { kind: "put_mark", mark: { ...mark, score: null, why: "" } })) return false;
    this.current = criterion;
    const count = pick.end - pick.start;
    this._page.view.tell(`${criterion}: ${count} characters marked in turn ${words.number(pick.session, pick.turn)}`);
    this._page.changed(criterion);
    return true;
  }

  /** Answer the criterion at hand; says beside the scores why where that is not accepted. */
  answer(criterion, key) {
    const { sheet } = this._page;
    const now = sheet.view(criterion);
    this._asks.delete(criterion);
    delete sheet.refusals[criterion];
    if (criterion in sheet.conflicts) return this._refuse(criterion, "Choose first which of the two stands.");
    const text = this._text(criterion);
    this._stop(criterion);
    if (key === "N") return this._put(criterion, { kind: "not_observable", reason: text });
    const score = Number(key);
    if (now.marks.length === 0) {
      return this._refuse(criterion, "A score needs the words it rests on: mark at least one passage, or choose N.");
    }
    const missed = score === 1 ? (now.answer?.missed ?? cueOf(now.marks)) : null;
    const sure = now.answer?.sure ?? "rather_sure";
    if (score === 1 && missed === null) {
      this._asks.add(criterion);
      this._refuse(criterion, "A 1 says that an opportunity was missed: name the client's turn that opened it.");
      this.card(criterion).querySelector(".c-missed-turn").focus();
      return;
    }
    this._put(criterion, { kind: "score", score, missed, rationale: text, sure });
  }

  _put(criterion, answer) {
    this._page.sheet.act(criterion, { kind: "put_answer", answer });
    this._page.waiting.setDraft(criterion, "");
    const said = answer.kind === "score" ? answer.score : "not observable";
    this._page.view.tell(`${criterion}: ${said}`);
    this._page.changed(criterion);
  }

  _refuse(criterion, told) {
    this._page.sheet.refusals[criterion] = told;
    this._page.changed(criterion);
  }

  /** Send reasons that are still being typed. */
  flush() {
    for (const criterion of [...this._typing.keys()]) this._reasons(criterion);
  }

  _stop(criterion) {
    clearTimeout(this._typing.get(criterion));
    this._typing.delete(criterion);
  }

  _text(criterion) {
    return this.card(criterion).querySelector(".c-why").value;
  }

  _reasons(criterion) {
    this._stop(criterion);
    const { sheet, waiting } = this._page;
    const text = this._text(criterion);
    const answer = sheet.view(criterion).answer;
    if (answer === null || criterion in sheet.conflicts) return waiting.setDraft(criterion, text);
    waiting.setDraft(criterion, "");
    if (text === reasonsOf(answer)) return;
    const field = answer.kind === "score" ? "rationale" : "reason";
    sheet.act(criterion, { kind: "put_answer", answer: { ...answer, [field]: text } });
    this._page.changed(criterion);
  }

  _input(event) {
    const card = event.target.closest(".c-card");
    if (!card || !event.target.matches(".c-why")) return;
    const criterion = card.dataset.criterion;
    this._page.waiting.setDraft(criterion, event.target.value);
    clearTimeout(this._typing.get(criterion));
    this._typing.set(criterion, setTimeout(() => this._reasons(criterion), SETTLES_MS));
  }

  _click(event) {
    const button = event.target.closest("button");
    const card = button?.closest(".c-card");
    if (!card) return;
    const criterion = card.dataset.criterion;
    const { sheet } = this._page;
    const mark = this._markOf(criterion, button);
    if (button.matches(".c-key")) this.answer(criterion, button.dataset.score);
    else if (button.matches(".c-go")) this._page.show(mark);
    else if (button.matches(".c-drop")) this._drop(criterion, mark);
    else if (button.matches(".c-settle")) {
      sheet.settle(criterion, button.value === "mine");
      this._page.changed(criterion);
      card.querySelector("h2").focus();
    }
  }

  _drop(criterion, mark) {
    const now = this._page.sheet.view(criterion);
    if (now.marks.length === 1 && now.answer?.kind === "score") {
      return this._refuse(criterion, "The score rests on this mark alone: choose N, or mark other words first.");
    }
    this._page.sheet.act(criterion, { kind: "drop_mark", mark_id: mark.id });
    this._page.changed(criterion);
    this.card(criterion).querySelector("h2").focus();
  }

  _markOf(criterion, within) {
    const id = within.closest("[data-mark]")?.dataset.mark;
    return this._page.sheet.view(criterion).marks.find((mark) => mark.id === id);
  }

  _change(event) {
    const field = event.target;
    const card = field.closest(".c-card");
    if (!card) return;
    const criterion = card.dataset.criterion;
    const { sheet } = this._page;
    const now = sheet.view(criterion);
    if (field.matches(".c-why")) return this._reasons(criterion);
    if (field.matches(".c-missed-turn")) return this._missed(criterion, now, field.value);
    if (field.matches('[type="radio"]')) {
      if (now.answer?.kind !== "score") return;
      sheet.act(criterion, { kind: "put_answer", answer: { ...now.answer, sure: field.value } });
    } else {
      const mark = this._markOf(criterion, field);
      if (!mark || !field.name) return;
      sheet.act(criterion, { kind: "put_mark", mark: { ...mark, [field.name]: JSON.parse(field.value) } });
    }
    this._page.changed(criterion);
  }

  _missed(criterion, now, value) {
    if (value === "") return;
    const missed = JSON.parse(value);
    this._asks.delete(criterion);
    delete this._page.sheet.refusals[criterion];
    const sure = now.answer?.sure ?? "rather_sure";
    this._put(criterion, { kind: "score", score: 1, missed, rationale: this._text(criterion), sure });
  }

  /** Show how the list and the criterion at hand stand. */
  draw() {
    for (const criterion of this.order) this._drawChip(criterion);
    for (const criterion of this.order) this.card(criterion).hidden = criterion !== this.current;
    this._drawCard(this.current);
  }

  _drawChip(criterion) {
    const chip = this.chip(criterion);
    const now = this._page.sheet.view(criterion);
    const mark = now.marks.length;
    const said = now.answer === null ? "" : now.answer.kind === "score" ? String(now.answer.score) : "N";
    const held = criterion in this._page.sheet.conflicts;
    chip.classList.toggle("answered", said !== "");
    chip.classList.toggle("held", held);
    chip.querySelector(".c-count").textContent = mark ? String(mark) : "";
    chip.querySelector(".c-score").textContent = held ? "!" : said;
    if (criterion === this.current) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
    const marked = mark === 0 ? "nothing marked" : mark === 1 ? "1 opportunity" : `${mark} opportunities`;
    const rated = held ? "two versions, choose one" : said === "" ? "not answered" : said === "N" ? "not observable" : `score ${said}`;
    chip.querySelector(".c-stands").textContent = `${marked}, ${rated}`;
  }

  _drawCard(criterion) {
    const card = this.card(criterion);
    const { sheet, closed } = this._page;
    const now = sheet.view(criterion);
    const frozen = closed || criterion in sheet.conflicts;
    const kept = document.activeElement?.dataset?.keep;
    this._drawConflict(card, criterion);
    card.querySelector(".c-none").hidden = now.marks.length > 0;
    card.querySelector(".c-marks").replaceChildren(...now.marks.map((mark) => this._mark(mark, card, frozen)));
    this._drawAnswer(card, now, frozen);
    const refused = card.querySelector(".c-refused");
    refused.textContent = sheet.refusals[criterion] ?? "";
    refused.hidden = !refused.textContent;
    if (kept) card.querySelector(`[data-keep="${kept}"]`)?.focus({ preventScroll: true });
  }

  _drawAnswer(card, now, frozen) {
    const answer = now.answer;
    const said = answer === null ? null : answer.kind === "score" ? String(answer.score) : "N";
    for (const key of card.querySelectorAll(".c-key")) {
      key.setAttribute("aria-pressed", String(key.dataset.score === said));
      key.disabled = frozen;
    }
    const hint = now.hint;
    const told = hint === null || hint === undefined ? "" : `the episodes come to ${hint}; you decide`;
    card.querySelector(".c-hint").textContent = told;
    const why = card.querySelector(".c-why");
    const text = answer ? reasonsOf(answer) : this._page.waiting.draft(card.dataset.criterion);
    if (document.activeElement !== why && !this._typing.has(card.dataset.criterion) && why.value !== text) why.value = text;
    why.readOnly = frozen;
    for (const radio of card.querySelectorAll('[type="radio"]')) {
      radio.checked = answer?.kind === "score" && radio.value === answer.sure;
      radio.disabled = frozen || answer?.kind !== "score";
    }
    this._drawMissed(card, answer, frozen);
  }

  _drawMissed(card, answer, frozen) {
    const asks = this._asks.has(card.dataset.criterion);
    card.querySelector(".c-missed").hidden = !asks && answer?.score !== 1;
    const select = card.querySelector(".c-missed-turn");
    const { words } = this._page;
    const options = [option("", "Choose a turn of the client")];
    for (let session = 0; session < words.sessions; session += 1) {
      for (const turn of words.turnsOf(session, "client")) {
        const value = JSON.stringify({ session, turn: turn.index });
        options.push(option(value, `${words.number(session, turn.index)}: ${short(turn.text)}`));
      }
    }
    select.replaceChildren(...options);
    const missed = asks ? null : answer?.missed;
    select.value = missed ? JSON.stringify({ session: missed.session, turn: missed.turn }) : "";
    select.disabled = frozen;
  }

  _mark(mark, card, frozen) {
    const { words } = this._page;
    const item = document.createElement("li");
    item.dataset.mark = mark.id;
    const quote = document.createElement("blockquote");
    quote.textContent = `“${short(words.quote(mark), 160)}”`;
    const go = button("c-go quiet", `Turn ${words.number(mark.session, mark.turn)}`, `${mark.id}-go`);
    const drop = button("c-drop quiet", "Remove", `${mark.id}-drop`);
    drop.setAttribute("aria-label", `Remove the mark in turn ${words.number(mark.session, mark.turn)}`);
    drop.disabled = frozen;
    const row = document.createElement("div");
    row.className = "c-fields";
    const turns = (role) => words.turnsOf(mark.session, role).map((turn) => [turn.index, `turn ${words.number(mark.session, turn.index)}`]);
    const scored = field(mark, "score", "Handled", [[null, "–"], ...[0, 1, 2, 3, 4].map((score) => [score, String(score)])]);
    scored.classList.add("c-scored");
    row.append(
      go,
      field(mark, "cue_turn", "Cue", [[null, "none: the agent's own act"], ...turns("client")]),
      field(mark, "agent_turn", "Agent", [[null, "none"], ...turns("agent")]),
      scored,
      ...(card.hasAttribute("data-stance") ? stance(mark) : []),
      drop,
    );
    for (const select of row.querySelectorAll("select")) select.disabled = frozen;
    item.append(quote, row);
    return item;
  }

  _drawConflict(card, criterion) {
    const place = card.querySelector(".c-conflict");
    const held = criterion in this._page.sheet.conflicts;
    place.hidden = !held;
    if (!held) return place.replaceChildren();
    if (place.childElementCount > 0) return;
    const told = document.createElement("p");
    told.textContent = "This criterion was changed in another tab or on another device. Nothing was overwritten. Which one stands?";
    const theirs = this._side("Saved there", this._page.sheet.view(criterion), "theirs", "Keep what is saved");
    const mine = this._side("Done here", this._page.sheet.wanted(criterion), "mine", "Do mine on top of it");
    place.append(told, theirs, mine);
  }

  _side(title, sheet, value, label) {
    const side = document.createElement("div");
    side.className = "c-side";
    const head = document.createElement("h3");
    head.textContent = title;
    const text = document.createElement("p");
    const answer = sheet.answer;
    const said = answer === null ? "not answered" : answer.kind === "score" ? `score ${answer.score}` : "not observable";
    const why = answer ? reasonsOf(answer) : "";
    const where = sheet.marks.map((mark) => this._page.words.number(mark.session, mark.turn)).join(", ");
    text.textContent = `${said}${why ? `, “${short(why, 200)}”` : ""}; ${where ? `marked in turn ${where}` : "nothing marked"}`;
    const choose = button("c-settle", label, `settle-${value}`);
    choose.value = value;
    side.append(head, text, choose);
    return side;
  }
}

function reasonsOf(answer) {
  return answer.kind === "score" ? answer.rationale : answer.reason;
}

/** The client's turn that the first mark which names one was opened by. */
function cueOf(marks) {
  const mark = marks.find((one) => one.score === 1 && one.cue_turn !== null) ?? marks.find((one) => one.cue_turn !== null);
  return mark ? { session: mark.session, turn: mark.cue_turn } : null;
}

function stance(mark) {
  return [
    field(mark, "new_evidence", "New fact", [[null, "–"], [true, "yes"], [false, "no"]]),
    field(mark, "position", "Position", [
      [null, "–"],
      ["held", "held"],
      ["held_not_pressed", "held, not pressed"],
      ["hedged", "hedged"],
      ["reversed", "reversed"],
    ]),
  ];
}

function field(mark, name, shown, choices) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  select.name = name;
  select.dataset.keep = `${mark.id}-${name}`;
  select.append(...choices.map(([value, text]) => option(JSON.stringify(value), text)));
  select.value = JSON.stringify(mark[name] ?? null);
  label.append(`${shown} `, select);
  return label;
}

function option(value, text) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
}

function button(className, text, keep) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = text;
  made.dataset.keep = keep;
  return made;
}
