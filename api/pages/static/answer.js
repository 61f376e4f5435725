/** Draw one answer. */

import { make } from "./dom.js";
import { drawReport } from "./report.js";

const SURE = 0.9;
const ASKING = 0.5;
const PHONE = /^\+?[\d][\d\s()-]{2,24}$/;

/** Return the parts of an answer; `ask` is called with an address that was tapped. */
export function drawAnswer(answer, { words, locale, ask, question, accuracy = null, wrong = false }) {
  return [
    drawGrid(answer, words, locale, question.at),
    drawWarnings(answer, words, accuracy),
    drawRuling(answer, words),
    drawAlternatives(answer, words, ask),
    drawPeople(answer, words),
    drawFacts(answer, words),
    drawSource(answer, words),
    answer.report_url ? drawReport(question, { words, open: wrong }) : null,
  ].filter((part) => part !== null);
}

function drawGrid(answer, words, locale, at) {
  const grid = answer.micro ?? answer.large;
  if (!grid) {
    const asking = answer.alternatives.length > 0 && answer.match_level !== "none";
    return make("h2", { class: "grid none" }, asking ? words.unsettled : words.notFound);
  }
  const day = at ? `&at=${encodeURIComponent(at)}` : "";
  const special = grid.kind === "special" ? make("span", { class: "tag" }, words.special) : null;
  const large = answer.micro && answer.large ? `${words.large} ${answer.large.name}` : "";
  return make(
    "div",
    { class: answer.micro ? "grid" : "grid open" },
    make("p", { class: "level" }, words[grid.level], special),
    make("h2", {}, grid.name),
    make("p", { class: "code" }, grid.code),
    make("p", { class: "within" }, [large, answer.community?.name ?? ""].filter(Boolean).join(" · ")),
    answer.micro ? null : make("p", { class: "within" }, words.unsettled),
    make(
      "a",
      { class: "map", href: `map?code=${encodeURIComponent(grid.code)}&locale=${locale}${day}` },
      words.onMap,
    ),
  );
}

function drawWarnings(answer, words, accuracy) {
  const lines = [];
  if (answer.reason === "outside") {
    const away = answer.outside_m;
    lines.push(away === null ? words.outsideFar : words.outside(Math.ceil(away).toLocaleString()));
  } else if (answer.border_m !== null) {
    const inexact = accuracy !== null && accuracy > answer.border_m;
    if (answer.near_border || inexact) lines.push(words.within(Math.round(answer.border_m)));
  } else if (words.reasons[answer.reason]) {
    lines.push(words.reasons[answer.reason]);
  }
  if (accuracy !== null) lines.push(words.accuracy(Math.round(accuracy)));
  if (lines.length === 0) return null;
  return make("div", { class: "warning" }, ...lines.map((line) => make("p", {}, line)));
}

function drawRuling(answer, words) {
  const ruling = answer.ruling;
  if (!ruling) return null;
  const lines = [`${words.ruled} ${ruling.document}`.trim(), ruling.reason, ruling.moved ? words.moved : ""];
  return make("div", { class: "ruling" }, ...lines.filter(Boolean).map((line) => make("p", {}, line)));
}

function drawAlternatives(answer, words, ask) {
  if (answer.alternatives.length === 0) return null;
  const titles = { point: words.nearby, none: words.nearest };
  const outside = answer.reason === "outside";
  const title = outside || answer.match_level === "point" ? titles[answer.match_level] : null;
  const items = answer.alternatives.map((option) => {
    const where = option.micro?.name ?? option.large?.name ?? "";
    if (!option.address) return make("li", {}, make("span", { class: "option" }, where));
    const button = make(
      "button",
      { type: "button", class: "option", onclick: () => ask(option.address) },
      make("span", {}, option.address),
      make("small", {}, where),
    );
    return make("li", {}, button);
  });
  return make(
    "div",
    { class: "alternatives" },
    make("h3", {}, title ?? words.alternatives),
    make("ul", {}, ...items),
  );
}

function drawFacts(answer, words) {
  const facts = [];
  const add = (name, value) => facts.push(make("dt", {}, name), make("dd", {}, value));
  if (answer.address_normalised) add(words.address, answer.address_normalised);
  const percent = `${Math.floor(answer.confidence * 100)} %`;
  const level = words.levels[answer.match_level];
  const sure = answer.confidence > 0 ? [sureness(answer, words), level, percent] : [level];
  add(words.sure, sure.join(" · "));
  if (answer.walk_m !== null) add(words.meeting, words.walk(Math.round(answer.walk_m).toLocaleString()));
  if (answer.lacks.length > 0) add(words.lacks, answer.lacks.map((each) => words.categories[each] ?? each).join(words.comma));
  return make("dl", {}, ...facts);
}

function sureness(answer, words) {
  if (answer.confidence >= SURE) return words.certain;
  return answer.confidence >= ASKING ? words.likely : words.choose;
}

/** Who is nearest answers first: the stairwell before the building, the community last. */
const NEAREST = ["stairwell", "building", "micro", "compound", "large", "community"];

function drawPeople(answer, words) {
  const title = answer.match_level === "none" ? words.callCommunity : words.people;
  const near = (person) => NEAREST.indexOf(person.level);
  const people = [...answer.people].sort((one, other) => near(one) - near(other));
  const rows = people.map((person) =>
    make(
      "li",
      {},
      make("span", { class: "post" }, words.posts[person.level] ?? person.level),
      make(
        "span",
        { class: "who" },
        make("strong", {}, person.name),
        make("span", {}, person.role),
      ),
      drawPhone(person, words),
    ),
  );
  const body = rows.length > 0 ? make("ul", {}, ...rows) : make("p", {}, words.nobody);
  return make("div", { class: "people" }, make("h3", {}, title), body);
}

function drawPhone(person, words) {
  const phone = person.duty_phone;
  if (!phone) return make("span", { class: "no-phone" }, words.noPhone);
  if (!PHONE.test(phone)) return make("span", { class: "no-phone" }, phone);
  const href = `tel:${phone.replace(/[^\d+]/g, "")}`;
  return make("a", { class: "phone", href, "aria-label": `${words.call(person.name)} ${phone}` }, phone);
}

function drawSource(answer, words) {
  const parts = [`${words.plan} ${answer.plan_id.slice(0, 8)}`];
  if (answer.version !== null) parts.push(words.version(answer.version));
  const grid = answer.micro ?? answer.large;
  if (grid?.valid_from) parts.push(words.valid(grid.valid_from, grid.valid_until));
  if (answer.data_date) parts.push(`${words.date} ${answer.data_date}`);
  return make("p", { class: "source" }, parts.join(" · "));
}
