// The sheet as the person sees it: what the studio acknowledged, and on top what still waits.

export class Sheet {
  constructor(waiting) {
    this._waiting = waiting;
    this.place = { state: "open", current_pass: "read", version: 0 };
    this.known = {}; // criterion -> as the studio last told it
    this.conflicts = {}; // criterion -> the actions that saw an old version
    this.stale = new Set(); // criteria that another tab has changed since
    this.refusals = {}; // criterion -> why the last action was not accepted
    this._history = []; // what undoes what was done here, newest last
  }

  /** Take over what the studio told. */
  load(state) {
    this.place = state.place;
    this.known = { ...state.criteria };
    this.stale.clear();
  }

  /** A criterion as it will stand when all that waits is acknowledged; in a conflict as it stands in the studio. */
  view(criterion) {
    const begin = this.known[criterion] ?? { version: 0, answer: null, marks: [], hint: null };
    return this._own(criterion)
      .filter((item) => !item.held)
      .reduce((sheet, item) => applied(sheet, item.change), begin);
  }

  /** A criterion as this tab wanted it, in a conflict. */
  wanted(criterion) {
    return this.conflicts[criterion].reduce((sheet, item) => applied(sheet, item.change), this.known[criterion]);
  }

  _own(criterion) {
    return this._waiting.items.filter((item) => item.path === "actions" && item.criterion === criterion);
  }

  /** The pass as it will be when all that waits is acknowledged. */
  get pass() {
    const steps = this._waiting.items.filter((item) => item.path === "pass");
    return steps.length > 0 ? steps[steps.length - 1].wanted : this.place.current_pass;
  }

  /** Do something to a criterion; false where a conflict must be settled first. */
  act(criterion, change, undoes = true) {
    if (criterion in this.conflicts) return false;
    const before = this.view(criterion);
    const item = { id: newId(), path: "actions", criterion, seen_version: before.version, change: wordless(change) };
    this._waiting.add(item);
    delete this.refusals[criterion];
    if (undoes) this._history.push({ id: item.id, criterion, change: inverse(before, change) });
    return true;
  }

  /** Go to a pass. */
  step(wanted) {
    const steps = this._waiting.items.filter((item) => item.path === "pass").length;
    this._waiting.add({ id: newId(), path: "pass", wanted, seen_version: this.place.version + steps });
  }

  /** Undo what was done last, as a new action; returns the criterion, or null where there is nothing to undo. */
  undo() {
    const last = this._history.pop();
    if (last === undefined) return null;
    return this.act(last.criterion, last.change, false) ? last.criterion : null;
  }

  get canUndo() {
    return this._history.length > 0;
  }

  /** The studio took an action over. */
  accept(item, reply) {
    this._waiting.remove([item]);
    this.place = reply.place;
    if (reply.criterion) this.known[item.criterion] = reply.criterion;
  }

  /** Another tab was faster: whatever waits for this criterion is held until the person chooses. */
  hold(item, reply) {
    this.known[item.criterion] = reply.criterion;
    this.place = reply.place;
    this.stale.delete(item.criterion);
    const held = this._own(item.criterion);
    for (const one of held) one.held = true;
    this.conflicts[item.criterion] = held;
    this._forget(held);
  }

  /** Settle a conflict: what this tab wanted is done anew on what stands now, or given up. */
  settle(criterion, mine) {
    const held = this.conflicts[criterion];
    delete this.conflicts[criterion];
    this._waiting.remove(held);
    if (mine) for (const item of held) this.act(criterion, item.change);
  }

  /** A rule forbids an action: it is taken back, and with it what was built on it. */
  refuse(item, told, reply) {
    const fallen = item.path === "actions" ? this._own(item.criterion) : [item];
    this._waiting.remove(fallen);
    this._forget(fallen);
    if (reply.place) this.place = reply.place;
    if (item.path !== "actions") return;
    if (reply.criterion) this.known[item.criterion] = reply.criterion;
    this.refusals[item.criterion] = told;
  }

  _forget(items) {
    const ids = new Set(items.map((item) => item.id));
    this._history = this._history.filter((one) => !ids.has(one.id));
  }
}

/** An id that nobody else makes, also where the page is served without TLS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A change without the words that are marked: they are put in when it is sent, and never stay on this device. */
function wordless(change) {
  if (change.kind !== "put_mark") return change;
  const { quote: _, ...mark } = change.mark;
  return { ...change, mark };
}

function applied(sheet, change) {
  const next = { ...sheet, version: sheet.version + 1, hint: null };
  switch (change.kind) {
    case "put_mark":
      next.marks = [...sheet.marks.filter((mark) => mark.id !== change.mark.id), change.mark].sort(inOrder);
      break;
    case "drop_mark":
      next.marks = sheet.marks.filter((mark) => mark.id !== change.mark_id);
      break;
    case "put_answer":
      next.answer = change.answer;
      break;
    case "clear_answer":
      next.answer = null;
  }
  return next;
}

function inOrder(one, other) {
  return one.session - other.session || one.turn - other.turn || one.start - other.start;
}

function inverse(before, change) {
  switch (change.kind) {
    case "put_mark": {
      const old = before.marks.find((mark) => mark.id === change.mark.id);
      return old ? { kind: "put_mark", mark: old } : { kind: "drop_mark", mark_id: change.mark.id };
    }
    case "drop_mark":
      return { kind: "put_mark", mark: before.marks.find((mark) => mark.id === change.mark_id) };
    default:
      return before.answer ? { kind: "put_answer", answer: before.answer } : { kind: "clear_answer" };
  }
}
