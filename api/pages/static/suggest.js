/** Suggest addresses under the box while they are typed; the keyboard alone is enough. */

import { make } from "./dom.js";
import { suggest } from "./service.js";

const PAUSE_MS = 120;

/** Let a box suggest into a list; `pick` is called with what was chosen. */
export function suggestInto(input, list, { day, pick }) {
  let timer = 0;
  let asked = 0;
  let active = -1;

  function close() {
    clearTimeout(timer);
    asked += 1;
    active = -1;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(text) {
    close();
    pick(text);
  }

  function show(suggestions) {
    active = -1;
    const items = suggestions.map(({ text }, at) =>
      // Pressed, not clicked: a click would come after the box has lost the focus.
      make("li", { id: `suggestion-${at}`, role: "option", "aria-selected": "false", onpointerdown: (event) => {
        event.preventDefault();
        choose(text);
      } }, text),
    );
    list.replaceChildren(...items);
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
  }

  function move(step) {
    const options = [...list.children];
    if (options.length === 0) return;
    options[active]?.setAttribute("aria-selected", "false");
    active = (active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (!text) return close();
    timer = setTimeout(async () => {
      const mine = ++asked;
      const found = await suggest(text, day());
      if (mine === asked && document.activeElement === input) show(found);
    }, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    // While an input method composes, its keys are its own.
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) choose(list.children[active].textContent);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  return close;
}
