/* Files dropped on the zone become those of the form; too many or too large ones are refused before they are sent. */
(() => {
  "use strict";
  const form = document.querySelector("form.drop");
  const zone = form.querySelector(".drop-zone");
  const input = form.querySelector("input[type=file]");
  const told = document.getElementById("drop-told");
  const button = form.querySelector("button");
  const size = (bytes) => bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

  const look = () => {
    const files = Array.from(input.files);
    const all = files.reduce((sum, file) => sum + file.size, 0);
    const most = Number(form.dataset.most), many = Number(form.dataset.files);
    let wrong = "";
    if (files.length > many) wrong = `${files.length} files are too many; at most ${many} go in at once.`;
    else if (all > most) wrong = `${size(all)} are too much; at most ${size(most)} go in at once.`;
    told.textContent = wrong || (files.length ? `${files.length} file${files.length === 1 ? "" : "s"}, ${size(all)}` : "");
    told.className = wrong ? "fault" : "";
    button.disabled = Boolean(wrong);
  };
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; look(); }
  });
  input.addEventListener("change", look);
  form.addEventListener("submit", () => { button.disabled = true; told.className = ""; told.textContent = "Sending the files…"; });
  window.addEventListener("pageshow", look);
})();
