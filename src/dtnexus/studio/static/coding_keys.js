// Single keys of the coding page. They rest while somebody types, while a dialog is open, and when they are off.

const OFF = "dtnexus-single-keys-off";

/** @param {object} on what each key does: `undo help score(key) move(by) evidence reasons conversation back type(text)`. */
export function listen(dialog, box, on) {
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.altKey) return;
    const types = event.target.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox])");
    const control = event.ctrlKey || event.metaKey;
    if (control) {
      if (types || event.shiftKey || event.key.toLowerCase() !== "z") return;
      on.undo();
    } else if (event.key === "Escape") {
      on.back();
      return;
    } else if (types || !box.checked || !single(event.key, event.target, on)) {
      return;
    }
    event.preventDefault();
  });
}

let typed = "";
let typedAt = 0;

function single(key, target, on) {
  if (target.closest?.(".c-chip") && /^[a-z0-9]$/i.test(key) && on.types()) {
    if (Date.now() - typedAt > 1200) typed = "";
    typedAt = Date.now();
    typed += key.toUpperCase();
    return on.type(typed) || on.type((typed = key.toUpperCase()));
  }
  if (/^[0-4]$/.test(key)) return on.score(key);
  switch (key.toLowerCase()) {
    case "n":
      return on.score("N");
    case "j":
      return on.move(1);
    case "k":
      return on.move(-1);
    case "e":
      return on.evidence();
    case "r":
      return on.reasons();
    case "t":
      return on.conversation();
    case "?":
      return on.help();
  }
  return false;
}
