// Actions that the studio has not acknowledged yet, on this device: positions, scores and reasons, never the words
// of a conversation. One entry for each action, so that two tabs cannot overwrite one another's.

export class Waiting {
  constructor(own) {
    this._prefix = `dtnexus-coding:${own}:`;
    this._drafts = `dtnexus-reasons:${own}:`;
    this._count = 0;
    this.keeps = true;
    this.items = this._kept();
  }

  /** Add an action at the end. */
  add(item) {
    this._count += 1;
    const key = `${this._prefix}${String(Date.now()).padStart(15, "0")}-${String(this._count).padStart(6, "0")}`;
    const kept = { ...item, key };
    this.items.push(kept);
    this._put(key, JSON.stringify(kept));
    return kept;
  }

  /** Take actions away that were acknowledged, refused or given up. */
  remove(items) {
    for (const item of items) this._put(item.key, null);
    this.items = this.items.filter((item) => !items.includes(item));
  }

  /** Reasons that were typed before there was an answer they could belong to. */
  draft(criterion) {
    try {
      return localStorage.getItem(this._drafts + criterion) ?? "";
    } catch {
      return "";
    }
  }

  setDraft(criterion, text) {
    this._put(this._drafts + criterion, text === "" ? null : text);
  }

  /** Forget everything of this assignment. */
  clear() {
    this.remove([...this.items]);
    for (const key of this._keys(this._drafts)) this._put(key, null);
  }

  _kept() {
    const found = [];
    for (const key of this._keys(this._prefix)) {
      try {
        found.push(JSON.parse(localStorage.getItem(key)));
      } catch {
        this._put(key, null);
      }
    }
    return found;
  }

  _keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).sort();
    } catch {
      this.keeps = false;
      return [];
    }
  }

  _put(key, text) {
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      this.keeps = false; // full or forbidden: the page says so and asks not to be closed
    }
  }
}
