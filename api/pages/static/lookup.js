/** Run the look-up page: one box, one button for the position, one answer. */

import { drawAnswer } from "./answer.js";
import { locate, position } from "./service.js";
import { pickLocale, wordsOf } from "./words.js";

const locale = pickLocale(location.search, navigator.languages ?? [navigator.language]);
const words = wordsOf(locale);
const find = (id) => document.getElementById(id);
const [form, input, status, section] = ["ask", "address", "status", "answer"].map(find);

/** Counts questions, so that a late answer never replaces a later one's. */
let latest = 0;

function speak() {
  document.documentElement.lang = locale === "en" ? "en" : "zh-CN";
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
  input.placeholder = words.hint;
  const other = find("other-language");
  other.textContent = words.other;
  other.lang = locale === "en" ? "zh-CN" : "en";
  other.href = `?lang=${locale === "en" ? "zh" : "en"}`;
  find("map-link").href = `map?locale=${locale}`;
}

async function show(waiting, answerFor) {
  const mine = ++latest;
  status.textContent = waiting;
  section.setAttribute("aria-busy", "true");
  try {
    const { answer, accuracy } = await answerFor();
    if (mine !== latest) return;
    status.textContent = "";
    section.replaceChildren(...drawAnswer(answer, { words, locale, ask, accuracy }));
    section.hidden = false;
  } catch (failure) {
    if (mine !== latest) return;
    section.hidden = true;
    status.textContent = failure.message;
  } finally {
    if (mine === latest) section.setAttribute("aria-busy", "false");
  }
}

function ask(address) {
  input.value = address;
  return show(words.asking, async () => ({ answer: await locate({ address }, words) })).then(() => {
    section.scrollIntoView({ block: "nearest" });
    section.focus({ preventScroll: true });
  });
}

async function askHere() {
  const coords = await position(words);
  const question = { lon: coords.longitude, lat: coords.latitude };
  return { answer: await locate(question, words), accuracy: coords.accuracy };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = input.value.trim();
  if (address) ask(address);
});
find("position").addEventListener("click", () => show(words.locating, askHere));
speak();
