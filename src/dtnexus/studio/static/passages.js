/* Words that are selected in the conversation fill the next free passage of the form that is open. */
(() => {
  "use strict";
  const forms = () => Array.from(document.querySelectorAll("form.passages")).filter((form) => form.offsetParent);
  const words = document.querySelector(".talk");
  if (!words) return;
  let last = { number: 0, turn: null, at: 0 };  // a double or triple click is one choice, not three
  words.addEventListener("mouseup", () => {
    const selected = window.getSelection();
    const form = forms()[0];
    if (!form || selected.isCollapsed || !selected.rangeCount) return;
    const range = selected.getRangeAt(0).cloneRange();
    const turn = (range.startContainer.parentElement || words).closest("li");
    if (!turn || !words.contains(turn)) return;
    if (!turn.contains(range.endContainer)) range.setEndAfter(turn.querySelector(".said").lastChild);
    const said = turn.querySelector(".said");
    if (!said.contains(range.startContainer)) range.setStartBefore(said.firstChild);
    const text = range.toString().trim();
    if (!text) return;
    const again = last.turn === turn && Date.now() - last.at < 700 ? last.number : 0;
    for (const number of [1, 2, 3]) {
      const place = form.elements[`turn_${number}`];
      if (again ? number !== again : place.value) continue;
      last = { number, turn, at: Date.now() };
      place.value = turn.dataset.place;
      form.elements[`words_${number}`].value = text;
      break;
    }
  });
})();
