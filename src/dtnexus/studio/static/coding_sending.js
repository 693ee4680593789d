// Sends what waits, one action after the other, until the studio acknowledges it. Sending twice is harmless: the
// studio knows each action by its id.

const WAITS_S = [1, 2, 4, 8, 15];

export class Sender {
  /**
   * @param {object} page `address`, `csrf`, `waiting`, `bodyOf(item)` and what to do: `onReply(item, status, reply)`,
   *   `onLine()` whenever the state of the line changed, `renewed()` asks for the secret of the session that holds now.
   */
  constructor(page) {
    this._page = page;
    this._running = false;
    this._tries = 0;
    this._timer = 0;
    this.line = "open"; // open, offline, logged-out, gone
    addEventListener("online", () => this.wake());
    addEventListener("focus", () => this.line !== "open" && this.wake());
  }

  /** Send now what waits. */
  wake() {
    clearTimeout(this._timer);
    void this._run();
  }

  async _run() {
    if (this._running) return;
    this._running = true;
    let renewed = false;
    while (this._page.waiting.items.length > 0) {
      const item = this._page.waiting.items.find((one) => !one.held);
      if (item === undefined) break;
      let { status, reply } = await post(this._page, item.path, this._page.bodyOf(item));
      if (status === 403 && !renewed) {
        renewed = true; // logged out, or in again: the old page's secret is no longer good
        const now = await this._page.renewed();
        if (now.fresh) continue;
        if (now.status !== 200) status = now.status;
      }
      if (!this._heard(status)) break;
      await this._page.onReply(item, status, reply);
    }
    this._running = false;
    this._page.onLine();
  }

  /** Whether the studio took position; if not, the next try is set. */
  _heard(status) {
    const before = this.line;
    this.line = status === 0 || status >= 500 || status === 429 ? "offline" : status === 401 ? "logged-out" : "open";
    if (status === 404) this.line = "gone";
    if (this.line === "open") {
      this._tries = 0;
      return true;
    }
    if (this.line !== "gone") {
      this._timer = setTimeout(() => this.wake(), 1000 * WAITS_S[Math.min(this._tries, WAITS_S.length - 1)]);
      this._tries += 1;
    }
    if (before !== this.line) this._page.onLine();
    return false;
  }
}

/** Post JSON; status 0 where nobody answered. */
export async function post(page, path, body) {
  try {
    const response = await fetch(`${page.address}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": page.csrf },
      body: JSON.stringify(body),
    });
    return { status: response.status, reply: await jsonOf(response) };
  } catch {
    return { status: 0, reply: {} };
  }
}

/** Load the page's state; status 0 where nobody answered. */
export async function load(page) {
  try {
    const response = await fetch(`${page.address}/state`, { headers: { Accept: "application/json" } });
    return { status: response.status, state: await jsonOf(response) };
  } catch {
    return { status: 0, state: {} };
  }
}

async function jsonOf(response) {
  return (response.headers.get("content-type") ?? "").includes("json") ? await response.json() : {};
}
