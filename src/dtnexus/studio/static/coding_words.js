// The conversation: turns, what is marked in them, and selecting words by mouse, touch or keys.

import { pointsBefore, slice, spanOf, unitsBefore, visible, wordsOf } from "./coding_text.js";

const SPEAKERS = { client: "Client", agent: "Agent", system: "System" };
const HIGHLIGHT = "c-picked";

export class Words {
  /** @param {object} on `picked(pick)`: words were selected, or none are; `enter()`; `tag(criterion, markId)`. */
  constructor(root, on) {
    this._root = root;
    this._on = on;
    this._unit = { sessions: [], language: null };
    this._painted = new Map();
    this._head = null; // the words between which the keys select: {anchor, head} in the turn of the pick
    this.pick = null; // {session, turn, start, end} in code points
    this.selects = false;
    document.addEventListener("selectionchange", () => this._selected());
    root.addEventListener("keydown", (event) => this._key(event));
    root.addEventListener("focusin", (event) => this._rove(event.target.closest(".c-turn")));
    root.addEventListener("click", (event) => {
      const tag = event.target.closest(".c-tag");
      if (tag) this._on.tag(tag.dataset.criterion, tag.dataset.mark);
    });
  }

  /** Show the turns of a unit. */
  show(unit) {
    this._unit = unit;
    this._painted.clear();
    this._root.replaceChildren();
    unit.sessions.forEach((turns, session) => {
      if (unit.sessions.length > 1) this._root.append(element("h2", "c-session", `Session ${session + 1}`));
      const list = element("ol", "c-turns");
      for (const turn of turns) list.append(this._turn(session, turn));
      this._root.append(list);
    });
    const first = this._root.querySelector(".c-turn");
    if (first) first.tabIndex = 0;
  }

  _turn(session, turn) {
    const item = element("li", `c-turn ${turn.role}`);
    item.id = `c-turn-${session}-${turn.index}`;
    item.tabIndex = -1;
    Object.assign(item.dataset, { session, turn: turn.index });
    const who = element("p", "c-who");
    who.append(element("span", "c-no", this.number(session, turn.index)), ` ${SPEAKERS[turn.role]}`);
    const said = element("div", "c-said", visible(turn.text));
    said.dir = "auto";
    if (this._unit.language) said.lang = this._unit.language;
    item.append(who, said, element("p", "c-tags"));
    return item;
  }

  /** The number of a turn as people say it. */
  number(session, turn) {
    return this._unit.sessions.length > 1 ? `${session + 1}.${turn + 1}` : String(turn + 1);
  }

  /** The turns of a session that somebody spoke. */
  turnsOf(session, role) {
    return (this._unit.sessions[session] ?? []).filter((turn) => turn.role === role);
  }

  get sessions() {
    return this._unit.sessions.length;
  }

  /** The role and the words of a turn. */
  turn(session, turn) {
    return this._unit.sessions[session][turn];
  }

  /** The words at a span, exactly as they came. */
  quote(span) {
    return slice(this.turn(span.session, span.turn).text, span.start, span.end);
  }

  /** Show marks: `marks` of all criteria with `criterion` and the score to show; those of `current` stand out. */
  paint(marks, current) {
    for (const item of this._root.querySelectorAll(".c-turn")) {
      const here = marks.filter((mark) => mark.session === +item.dataset.session && mark.turn === +item.dataset.turn);
      const sign = JSON.stringify([here, here.some((mark) => mark.criterion === current) ? current : null]);
      if (this._painted.get(item.id) === sign) continue;
      if (here.length === 0 && !this._painted.has(item.id)) continue;
      this._painted.set(item.id, sign);
      this._said(item, here, current);
      this._tags(item, here, current);
    }
    this._highlight();
  }

  _said(item, marks, current) {
    const text = this.turn(+item.dataset.session, +item.dataset.turn).text;
    const spans = marks.map((mark) => ({
      ...mark,
      from: unitsBefore(text, mark.start),
      to: unitsBefore(text, mark.end),
    }));
    const cuts = [...new Set([0, text.length, ...spans.flatMap((span) => [span.from, span.to])])].sort((a, b) => a - b);
    const pieces = cuts.slice(1).map((to, index) => {
      const from = cuts[index];
      const over = spans.filter((span) => span.from <= from && span.to >= to);
      const shown = visible(text.slice(from, to));
      if (over.length === 0) return document.createTextNode(shown);
      return element("mark", over.some((span) => span.criterion === current) ? "c-mark now" : "c-mark", shown);
    });
    item.querySelector(".c-said").replaceChildren(...pieces);
  }

  _tags(item, marks, current) {
    const had = document.activeElement?.closest?.(".c-tags") && item.contains(document.activeElement);
    const tags = marks.map((mark) => {
      const tag = element("button", mark.criterion === current ? "c-tag now" : "c-tag", mark.criterion);
      tag.type = "button";
      Object.assign(tag.dataset, { criterion: mark.criterion, mark: mark.id });
      tag.setAttribute("aria-label", `${mark.criterion}: go to this opportunity`);
      return tag;
    });
    item.querySelector(".c-tags").replaceChildren(...tags);
    if (had) item.focus();
  }

  /** Go to a turn; shown words stand out where a span is given. */
  go(session, turn, span = null) {
    const item = document.getElementById(`c-turn-${session}-${turn}`);
    if (!item) return;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
    for (const old of this._root.querySelectorAll(".c-turn.seen")) old.classList.remove("seen");
    if (span) item.classList.add("seen");
  }

  /** Go to the turn that was last at hand. */
  focus() {
    (this._root.querySelector('.c-turn[tabindex="0"]') ?? this._root.querySelector(".c-turn"))?.focus();
  }

  /** No words are selected. */
  clear() {
    this.pick = this._head = null;
    getSelection().removeAllRanges();
    this._highlight();
    this._on.picked(null);
  }

  _rove(item) {
    if (!item || item.tabIndex === 0) return;
    for (const old of this._root.querySelectorAll('.c-turn[tabindex="0"]')) old.tabIndex = -1;
    item.tabIndex = 0;
  }

  _selected() {
    const selection = getSelection();
    if (!this.selects || selection.rangeCount === 0 || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this._root)) return;
    for (const said of this._root.querySelectorAll(".c-said")) {
      if (!range.intersectsNode(said)) continue;
      const { session, turn } = said.parentElement.dataset;
      const text = this.turn(+session, +turn).text;
      const from = said.contains(range.startContainer) ? lengthTo(said, range.startContainer, range.startOffset) : 0;
      const to = said.contains(range.endContainer) ? lengthTo(said, range.endContainer, range.endOffset) : text.length;
      const span = spanOf(text, from, to);
      if (span) return this._take({ session: +session, turn: +turn, ...span });
    }
  }

  _take(pick) {
    if (JSON.stringify(pick) === JSON.stringify(this.pick)) return;
    if (this.pick?.session !== pick.session || this.pick?.turn !== pick.turn) this._head = null;
    this.pick = pick;
    this._highlight();
    this._on.picked(pick);
  }

  _highlight() {
    if (!("highlights" in CSS)) return;
    const range = this.pick && this._range(this.pick);
    if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
    else CSS.highlights.delete(HIGHLIGHT);
  }

  _range(pick) {
    const said = document.querySelector(`#c-turn-${pick.session}-${pick.turn} .c-said`);
    if (!said) return null;
    const text = this.turn(pick.session, pick.turn).text;
    const range = document.createRange();
    range.setStart(...placeIn(said, unitsBefore(text, pick.start)));
    range.setEnd(...placeIn(said, unitsBefore(text, pick.end)));
    return range;
  }

  _key(event) {
    const item = event.target.closest(".c-turn");
    if (!item || event.target !== item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const all = [...this._root.querySelectorAll(".c-turn")];
      const next = all[all.indexOf(item) + (event.key === "ArrowDown" ? 1 : -1)];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && this.pick) {
      this._on.enter();
    } else if (!this.selects || !this._extend(item, event.key, event.shiftKey)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  _extend(item, key, extends_) {
    const { session, turn } = item.dataset;
    const text = this.turn(+session, +turn).text;
    const words = wordsOf(text, this._unit.language);
    const last = words.length - 1;
    const here = this.pick?.session === +session && this.pick?.turn === +turn ? this._head : null;
    const to = {
      ArrowRight: here ? here.head + 1 : 0,
      ArrowLeft: here ? here.head - 1 : last,
      Home: 0,
      End: last,
    }[key];
    if (to === undefined || last < 0 || (!extends_ && !key.startsWith("Arrow"))) return false;
    const head = Math.max(0, Math.min(last, to));
    this._head = { anchor: extends_ && here ? here.anchor : key === "End" && extends_ ? 0 : head, head };
    const [first, end] = [this._head.anchor, head].sort((a, b) => a - b);
    const span = { start: pointsBefore(text, words[first].from), end: pointsBefore(text, words[end].to) };
    const pick = { session: +session, turn: +turn, ...span };
    const kept = this._head;
    this._take(pick);
    this._head = kept;
    const range = this._range(pick);
    getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
    return true;
  }
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function lengthTo(said, node, offset) {
  const range = document.createRange();
  range.setStart(said, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

function placeIn(said, units) {
  const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  let left = units;
  let node = walker.nextNode();
  let last = node;
  while (node) {
    if (left <= node.length) return [node, left];
    left -= node.length;
    last = node;
    node = walker.nextNode();
  }
  return last ? [last, last.length] : [said, 0];
}
