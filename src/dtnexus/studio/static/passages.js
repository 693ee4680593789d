/* Words that are selected in the conversation fill the next free passage of the form that is open. */
(() => {
  "use strict";
  const forms = () => Array.from(document.querySelectorAll("form.passages")).filter((form) => form.offsetParent);
  const words = document.querySelector(".talk");
  if (!words) return;
  words.addEventListener("mouseup", () => {
    const selected = window.getSelection();
    const text = selected.toString().trim();
    const form = forms()[0];
    if (!text || !form || !selected.anchorNode) return;
    const turn = selected.anchorNode.parentElement.closest("li");
    if (!turn || selected.focusNode.parentElement.closest("li") !== turn) return;
    for (const number of [1, 2, 3]) {
      const place = form.elements[`turn_${number}`];
      if (place.value) continue;
      place.value = turn.dataset.place;
      form.elements[`words_${number}`].value = text;
      break;
    }
  });
})();
