/** Run the look-up page: one box, one button for the position, one answer. */

import { drawAnswer } from "./answer.js";
import { locate, position } from "./service.js";
import { suggestInto } from "./suggest.js";
import { pickLocale, wordsOf } from "./words.js";

const locale = pickLocale(location.search, navigator.languages ?? [navigator.language]);
const words = wordsOf(locale);
const find = (id) => document.getElementById(id);
const [form, input, status, section, day] = ["ask", "address", "status", "answer", "day"].map(find);
const opened = new URLSearchParams(location.search);

/** Counts questions, so that a late answer never replaces a later one's. */
let latest = 0;
/** The last question, to be asked again of another day. */
let last = null;

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
    const { question, accuracy, wrong } = await answerFor();
    last = { question, accuracy };
    const asked = day.value ? { ...question, at: day.value } : question;
    const answer = await locate(asked, words);
    if (mine !== latest) return;
    status.textContent = "";
    section.replaceChildren(
      ...drawAnswer(answer, { words, locale, ask, question: asked, accuracy, wrong }),
    );
    section.hidden = false;
  } catch (failure) {
    if (mine !== latest) return;
    section.hidden = true;
    status.textContent = failure.message;
  } finally {
    if (mine === latest) section.setAttribute("aria-busy", "false");
  }
}

function ask(address, wrong = false) {
  input.value = address;
  closeSuggestions();
  return show(words.asking, async () => ({ question: { address }, wrong })).then(lead);
}

/** Bring the answer into sight, and the form first where people came to fill it in. */
function lead() {
  const form = section.querySelector("details[open] textarea");
  if (form) return form.focus();
  section.scrollIntoView({ block: "nearest" });
  section.focus({ preventScroll: true });
}

async function askHere() {
  const coords = await position(words);
  const question = { lon: coords.longitude, lat: coords.latitude };
  return { question, accuracy: coords.accuracy };
}

/** Ask what the address bar asks: a link from an answer, or from another page. */
function askOpened() {
  const wrong = opened.has("wrong");
  const [address, lon, lat, datum] = ["address", "lon", "lat", "datum"].map((name) => opened.get(name));
  if (address) return ask(address, wrong);
  if (!lon || !lat) return null;
  const question = datum ? { lon, lat, datum } : { lon, lat };
  return show(words.asking, async () => ({ question, wrong })).then(lead);
}

const closeSuggestions = suggestInto(input, find("suggestions"), {
  day: () => day.value,
  pick: (text) => ask(text),
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = input.value.trim();
  if (address) ask(address);
});
day.addEventListener("change", () => {
  if (last) show(words.asking, async () => last);
});
find("position").addEventListener("click", () => show(words.locating, askHere));
if (/^\d{4}-\d\d-\d\d$/.test(opened.get("at") ?? "")) day.value = opened.get("at");
speak();
askOpened();
