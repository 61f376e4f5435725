/** Write what tooltips (short) and popups (complete) say about each kind of feature. */
(function (wangge) {
  "use strict";
  const { el } = wangge;

  /**
   * A row of a popup's table; none where the value is unknown.
   * @param {string} label
   * @param {Node|string|null|undefined} value
   * @returns {HTMLElement|null}
   */
  function row(label, value) {
    if (value === null || value === undefined || value === "") {
      return null;
    }
    return el("tr", {}, el("th", { scope: "row" }, label), el("td", {}, value));
  }

  /** @param {Array<HTMLElement|null>} rows @returns {HTMLElement} */
  const table = (rows) => el("table", {}, el("tbody", {}, ...rows));

  /** Say a value unless it is unknown. @param {*} value @param {function(*): string} how */
  const known = (value, how) => (value === undefined || value === null ? null : how(value));

  /**
   * Make the writers of popups for one view.
   * @param {{speaker: Object, grids: Map<string, Object>, select: function(string): void}} view
   */
  wangge.popups = function (view) {
    const { say, term, number, metres } = view.speaker;

    /** A grid's name, as a button that goes there where the page has it. */
    function link(code, text) {
      const grid = view.grids.get(code);
      if (!grid) {
        return el("span", {}, text || code);
      }
      const button = el("button", { type: "button", class: "link" }, text || grid.name);
      button.addEventListener("click", () => view.select(code));
      return button;
    }

    /** Several grids' names in a row. */
    function links(codes) {
      if (!codes || codes.length === 0) {
        return null;
      }
      return el("span", { class: "links" }, ...codes.map((code) => link(code)));
    }

    function heading(name, note) {
      return el("h2", {}, name, note ? el("span", { class: "badge" }, note) : null);
    }

    /** What was found and what the rule asks, in the rule's unit. */
    function figures(reason) {
      if (reason.value === undefined || reason.limit === undefined) {
        return null;
      }
      const how = reason.rule === "walking_limit" ? metres : number;
      return say("rule.figures", { value: how(reason.value), limit: how(reason.limit) });
    }

    /** What our own words say of a rule, where the plan's are of another language. */
    function translated(list, rule) {
      const words = term(list, rule);
      return words === rule ? "" : words;
    }

    function reasonItem(reason) {
      const remedy = translated("remedy", reason.rule) || reason.remedy;
      const facts = [reason.where, term("rule", reason.rule), figures(reason)];
      return el(
        "li",
        { class: reason.severity },
        el("strong", {}, term("severity", reason.severity)),
        ` ${facts.filter(Boolean).join(" · ")}`,
        el("em", {}, translated("why", reason.rule) || reason.why),
        remedy ? el("em", {}, say("grid.remedy"), remedy) : null,
      );
    }

    function why(grid) {
      const count = grid.violations || 0;
      if (count === 0) {
        return el("p", { class: "kept" }, say("grid.violations.none"));
      }
      const reasons = grid.why || [];
      const items = reasons.map(reasonItem);
      if (count > reasons.length) {
        items.push(el("li", {}, say("grid.violations.more", { n: count - reasons.length })));
      }
      return el(
        "details",
        { class: "why", open: "" },
        el("summary", {}, say("grid.violations", { n: count })),
        el("ul", {}, ...items),
      );
    }

    function counts(grid) {
      if (!grid.counts) {
        return null;
      }
      const parts = grid.counts.map(([layer, status, count]) =>
        el("li", {}, [term("counted", layer), status].filter(Boolean).join(" · "), ` ${number(count)}`),
      );
      return el("ul", { class: "counts" }, ...parts);
    }

    function micros(grid) {
      const inside = [...view.grids.values()].filter((other) => other.parent === grid.code);
      if (inside.length === 0) {
        return null;
      }
      return el(
        "details",
        {},
        el("summary", {}, say("grid.micros", { n: inside.length })),
        links(inside.map((other) => other.code)),
      );
    }

    function grid(p) {
      const circles = (p.circles || []).map(([minutes, reach, households, far, gate, cut]) =>
        row(
          say("grid.circle", { minutes }),
          [
            say("grid.circle.value", { n: households, metres: reach }),
            far ? say("grid.circle.far", { n: far }) : "",
            gate ? say("grid.circle.gate", { n: gate }) : "",
            cut ? say("grid.circle.cut", { n: cut }) : "",
          ].join(""),
        ),
      );
      const all = p.estimated === p.households ? "grid.estimated.all" : "grid.estimated";
      const homes = p.estimated
        ? say(all, { n: p.households, estimated: p.estimated })
        : known(p.households, number);
      const kind = p.kind === "special" ? say("kind.special") : say(`level.${p.level}`);
      return el(
        "section",
        {},
        heading(p.name, kind),
        table([
          row(say("grid.code"), el("code", {}, p.code)),
          row(say("grid.parent"), p.parent ? link(p.parent) : null),
          row(say("grid.households"), homes),
          row(say("grid.residents"), known(p.residents, number)),
          row(say("grid.buildings"), known(p.buildings, number)),
          row(say("grid.walkMax"), known(p.walkMax, metres)),
          row(say("grid.walkMean"), known(p.walkMean, metres)),
          row(say("grid.centre"), p.centre),
          ...circles,
          row(say("grid.counts"), counts(p)),
        ]),
        why(p),
        micros(p),
      );
    }

    function households(p) {
      if (p.households === undefined) {
        return say("value.unknown");
      }
      const count = number(p.households);
      if (!p.estimated) {
        return count;
      }
      const how = (p.method || "").split(", ").filter(Boolean).map((name) => say(`method.${name}`));
      return [`${count} · ${say("building.estimated")}`, ...how].join(", ");
    }

    function building(p) {
      return el(
        "section",
        {},
        heading(p.name),
        table([
          row(say("building.compound"), p.compound),
          row(say("building.households"), households(p)),
          row(say("building.stairwells"), known(p.stairwells, number)),
          row(say("building.floors"), known(p.floors, number)),
          row(say("building.use"), known(p.use, (use) => term("use", use))),
          row(say("level.micro"), links(p.micro)),
          row(say("level.large"), links(p.large)),
          row(say("building.walk"), known(p.walk, metres)),
        ]),
      );
    }

    function facility(p) {
      const category = known(p.category, (value) => term("category", value));
      return el(
        "section",
        {},
        heading(p.name || category || say("layer.facilities")),
        table([
          row(say("facility.category"), category),
          row(say("facility.capacity"), known(p.capacity, number)),
          row(say("facility.date"), p.date),
        ]),
      );
    }

    function centre(p) {
      const owner = view.grids.get(p.code);
      return el(
        "section",
        {},
        heading(p.name || say("grid.centre")),
        table([row(say("centre.of"), link(p.code)), row(say("grid.code"), el("code", {}, p.code))]),
        owner ? null : el("p", {}, term("level", p.level)),
      );
    }

    function counted(p, layer) {
      return el(
        "section",
        {},
        heading(layer.name),
        table([
          row(say("counted.status"), p.status),
          row(say("counted.date"), p.date),
        ]),
      );
    }

    function gate(p) {
      return el(
        "section",
        {},
        heading(p.name || say("layer.gates")),
        el("p", {}, say(p.s === "closed" ? "gate.closed" : "gate.open"), p.hours ? ` · ${p.hours}` : ""),
        p.assumed ? el("p", {}, say("gate.assumed")) : null,
      );
    }

    function barrier(p) {
      return el(
        "section",
        {},
        heading(term("barrier", p.kind || "")),
        el("p", {}, say(p.crossable ? "barrier.crossable" : "barrier.closed")),
      );
    }

    /** A home and which facilities it lacks: how far the nearest is, and how far it may be. */
    function lacking(p) {
      const lacks = p.lacks.map(([category, walk, limit]) =>
        row(
          term("category", category),
          walk === null
            ? say("gaps.cut")
            : say("gaps.far", { walk: metres(walk), limit: metres(limit) }),
        ),
      );
      return el(
        "section",
        {},
        heading(p.name, say("gaps.short", { n: p.lacks.length })),
        table([row(say("building.households"), households(p)), ...lacks]),
      );
    }

    /** A home and which circles of its own grids miss it: why, and how far it is. */
    function missed(p) {
      const circles = p.unreached.map(([level, minutes, cause, walk]) =>
        row(
          say("unreached.circle", { level: say(`level.${level}`), minutes }),
          [say(`legend.unreached.${cause}`), known(walk, metres)].filter(Boolean).join(" · "),
        ),
      );
      return el(
        "section",
        {},
        heading(p.name),
        table([row(say("building.households"), households(p)), ...circles]),
      );
    }

    const writers = {
      gaps: lacking,
      unreached: missed,
      large: grid,
      micro: grid,
      special: grid,
      buildings: building,
      cells: building,
      facilities: facility,
      centres: centre,
      gates: gate,
      barriers: barrier,
    };

    /** The complete text about a feature. */
    function popup(properties, layer) {
      const section = (writers[layer.id] || counted)(properties, layer);
      section.className = "popup";
      section.setAttribute("tabindex", "-1");
      return section;
    }

    /** The short text about a feature. */
    function tooltip(p, layer) {
      const lines = [];
      if (p.level && p.households !== undefined && p.spot) {
        lines.push(p.name, say("grid.households.short", { n: p.households }));
        if (p.walkMax !== undefined) {
          lines.push(`${say("grid.walkMax")} ${metres(p.walkMax)}`);
        }
        if (p.violations) {
          lines.push(say("grid.violations.short", { n: p.violations }));
        }
      } else if (layer.id === "buildings" || layer.id === "cells") {
        lines.push([p.compound, p.name].filter(Boolean).join(" "));
        if (p.households) {
          lines.push(`${say("building.households")} ${households(p)}`);
        }
      } else if (layer.id === "gaps" || layer.id === "unreached") {
        const causes = p.lacks
          ? p.lacks.map(([category]) => term("category", category))
          : [say(`legend.unreached.${p.s}`)];
        lines.push(p.name, causes.join(say("list.and")));
      } else if (layer.id === "facilities") {
        lines.push(p.name, known(p.category, (value) => term("category", value)));
      } else if (layer.id === "centres") {
        const owner = view.grids.get(p.code);
        lines.push(p.name || say("grid.centre"), owner ? owner.name : p.code);
      } else if (layer.id === "gates") {
        lines.push(p.name || say("layer.gates"), say(`gate.${p.s}`));
      } else if (layer.id === "barriers") {
        lines.push(term("barrier", p.kind || ""));
      } else {
        lines.push(layer.name, p.status);
      }
      const [first, ...rest] = lines.filter(Boolean);
      return el(
        "div",
        { class: "tip" },
        el("strong", {}, first || ""),
        ...rest.map((line) => el("span", {}, line)),
      );
    }

    return { popup, tooltip };
  };
})((window.wangge = window.wangge || {}));
