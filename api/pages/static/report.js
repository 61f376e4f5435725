/** Let people say that an answer is wrong. */

import { make } from "./dom.js";
import { report } from "./service.js";

/** Return the form under an answer; `open` where people came to fill it in. */
export function drawReport(question, { words, open = false }) {
  const text = make("textarea", { id: "wrong-text", rows: "3", maxlength: "1000", required: "" });
  const said = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const send = make("button", { type: "submit" }, words.send);
  const form = make(
    "form",
    { class: "wrong" },
    make("label", { for: "wrong-text" }, words.wrongText),
    text,
    make("p", { class: "hint" }, words.wrongHint),
    send,
    said,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    send.disabled = true;
    try {
      await report(question, text.value.trim(), words);
      form.replaceChildren(said);
      said.textContent = words.thanks;
    } catch (failure) {
      said.textContent = failure.message;
      send.disabled = false;
    }
  });
  const details = make("details", { class: "report" }, make("summary", {}, words.wrong), form);
  details.open = open;
  return details;
}
