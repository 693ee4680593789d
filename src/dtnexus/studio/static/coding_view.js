// What stands around the conversation and the criteria: passes, the line that says what is saved, notices, the end.

const ORDER = ["read", "mark", "rate"];

export class View {
  /** @param {object} page `root`, `sheet`, `waiting`, `cards`, `sender`, `closed`, `nextUnit`, `freshen(criterion)`. */
  constructor(page) {
    this._page = page;
    this._notes = [];
    this._ends = null;
  }

  at(id) {
    return document.getElementById(`c-${id}`);
  }

  /** Say something to those who listen instead of looking. */
  tell(text) {
    this.at("told").textContent = text;
  }

  /** Show something until it is closed. */
  note(text) {
    if (!this._notes.includes(text)) this._notes.push(text);
    this._drawNotices();
  }

  /** Which of the two halves a narrow screen shows. */
  tab(name) {
    this._page.root.dataset.tab = name;
    for (const each of ["words", "sheet"]) {
      this.at(`tab-${each}`).setAttribute("aria-selected", String(each === name));
      this.at(`tab-${each}`).tabIndex = each === name ? 0 : -1;
    }
  }

  /** Let go on to marking once the end of the conversation was in sight, by scrolling or by the focus that came to it. */
  watchEnd(on) {
    this._ends?.disconnect();
    if (!on) return;
    this._ends = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      this.at("read").setAttribute("aria-disabled", "false");
      this.at("end-told").textContent = "This is the end of the conversation.";
      this._ends.disconnect();
    });
    this._ends.observe(this.at("read"));
  }

  /** The screen after a unit was left to others. */
  over() {
    const { nextUnit, root } = this._page;
    this.at("over-title").textContent = "You left this unit to others";
    this.at("over-text").textContent = "That is all right. There is nothing more to do here.";
    this.at("next").href = nextUnit ?? root.dataset.queue;
    this.at("next").textContent = nextUnit ? "Go on to the next unit" : "My queue";
  }

  /** Criteria that are not answered, or of which two versions wait for a choice. */
  lacking() {
    const { cards, sheet } = this._page;
    return cards.order.filter((one) => sheet.view(one).answer === null || one in sheet.conflicts);
  }

  draw(marks) {
    this._drawPasses(marks);
    this._drawFinish();
    this._drawLine();
    this._drawNotices();
  }

  _drawPasses(marks) {
    const { root, sheet, cards, closed } = this._page;
    const reached = sheet.place.state === "open" ? -1 : ORDER.indexOf(sheet.pass);
    for (const step of root.querySelectorAll("[data-go]")) {
      const at = ORDER.indexOf(step.dataset.go);
      if (at === reached && !closed) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
      step.disabled = closed || reached < 0 || at > reached + (sheet.pass === "read" ? 0 : 1);
    }
    const known = new Set(marks.map((mark) => mark.criterion)).size;
    this.at("marked").textContent = `${marks.length} marked, for ${known} of ${cards.order.length} criteria.`;
    this.at("undo").disabled = closed || !sheet.canUndo;
  }

  _drawFinish() {
    const { cards, waiting, closed, nextUnit } = this._page;
    const lacks = this.lacking();
    const whole = cards.order.length;
    const busy = waiting.items.length > 0;
    const saved = busy ? " Waiting for the last actions to be saved." : "";
    const open = lacks.length > 0 ? `${whole - lacks.length} of ${whole} answered. Still to answer:` : `All ${whole} answered.${saved}`;
    this.at("missing-told").textContent = closed ? "Submitted. Nothing of it can be changed any more." : open;
    this.at("missing").replaceChildren(...(closed ? [] : lacks.map((criterion) => this._link(criterion))));
    const button = this.at("submit");
    button.textContent = closed ? (nextUnit ? "Go on to the next unit" : "My queue") : "Submit this unit";
    button.setAttribute("aria-disabled", String(!closed && (lacks.length > 0 || busy)));
  }

  _link(criterion) {
    const item = document.createElement("li");
    const link = quiet(criterion, () => this._page.cards.choose(criterion));
    link.setAttribute("aria-label", `Go to ${criterion}`);
    item.append(link);
    return item;
  }

  _drawLine() {
    const { waiting, sheet, sender } = this._page;
    const count = waiting.items.filter((item) => !item.held).length;
    const held = Object.keys(sheet.conflicts);
    const told = [
      {
        open: count > 0 ? `${count} waiting` : "All saved",
        offline: count > 0 ? `Offline: ${count} waiting, kept on this device` : "Offline",
        "logged-out": `Logged out: log in in another tab. ${count} waiting, nothing is lost`,
        gone: `This unit is closed to you. ${count} could not be saved`,
      }[sender.line],
    ];
    if (!waiting.keeps && count > 0) told.push("This browser keeps nothing: do not close the tab");
    if (held.length > 0) told.push(`Two versions of ${held.join(", ")}: choose one`);
    const line = this.at("saved");
    const text = told.join(". ");
    if (line.textContent !== text) line.textContent = text;
    line.dataset.state = sender.line !== "open" ? "offline" : held.length > 0 ? "held" : count > 0 ? "busy" : "saved";
  }

  _drawNotices() {
    const { sheet, freshen } = this._page;
    const stale = [...sheet.stale].filter((one) => !(one in sheet.conflicts));
    const place = this.at("notices");
    const wanted = JSON.stringify([this._notes, stale]);
    if (place.dataset.shown === wanted) return;
    place.dataset.shown = wanted;
    const told = this._notes.map((text) =>
      notice(text, "Close", () => {
        this._notes = this._notes.filter((one) => one !== text);
        this._drawNotices();
      }),
    );
    const changes = stale.map((one) => notice(`${one} was changed in another tab.`, `Reload ${one}`, () => freshen(one)));
    place.replaceChildren(...told, ...changes);
  }
}

function notice(text, label, done) {
  const shown = document.createElement("p");
  shown.className = "fault";
  shown.append(text, " ", quiet(label, done));
  return shown;
}

function quiet(text, done) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = text;
  made.addEventListener("click", () => void done());
  return made;
}
