/** Write names where there is room for them at the present zoom. */
(function (wangge) {
  "use strict";
  const { el } = wangge;

  const EQUATOR_M = 40075016.686;

  /** Micro-grids show their numbers where at least this share of them has room. */
  const ENOUGH = 0.6;

  /** Metres under one pixel of the map, at the latitude and zoom. */
  wangge.metresPerPixel = (latitude, zoom) =>
    (EQUATOR_M * Math.cos((latitude * Math.PI) / 180)) / 2 ** (zoom + 8);

  /** What is left of a code after its parent's. */
  function tail(code, parent) {
    return parent && code.startsWith(parent) && code !== parent ? code.slice(parent.length) : code;
  }

  /** About how wide a text is drawn: Chinese characters are square. */
  function width(text, size) {
    let half = 0;
    for (const letter of text) {
      half += letter.codePointAt(0) > 0x2e80 ? 2 : 1.15;
    }
    return (half * size) / 2;
  }

  /** Whether two boxes [left, top, right, bottom] share a pixel. */
  function overlap(one, other) {
    return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
  }

  /**
   * The texts a label can show, the longest first.
   * @param {Object} p Properties of a grid or compound.
   * @param {Object} speaker
   * @returns {string[][]} Lines of each text.
   */
  function choices(p, speaker) {
    const name = p.name || p.code;
    const homes = p.households && speaker.say("grid.households.short", { n: p.households });
    if (p.level === "micro" && p.kind !== "special") {
      return [[name, homes || ""], [tail(p.code, p.parent)]];
    }
    if (!p.level) {
      return [[name]];
    }
    const parts = name.split("·");
    const texts = [[name], parts, [parts[parts.length - 1]], [tail(p.code, p.community)], ["•"]];
    if (homes) {
      texts.unshift([name, homes]);
    }
    return texts;
  }

  /**
   * Make the label of one feature: a point with text, by keyboard a button that opens its popup.
   * @param {Object} p Properties with spot: [longitude, latitude, radius in metres].
   * @param {Object} speaker
   * @param {{pane: string, kind: string, open: ?function(): void}} options
   * @returns {L.Marker}
   */
  wangge.label = function (p, speaker, options) {
    const [longitude, latitude, radius] = p.spot;
    const text = el("span", { class: `label ${options.kind}` });
    const marker = L.marker([latitude, longitude], {
      icon: L.divIcon({ html: text, className: "label-anchor", iconSize: null }),
      pane: options.pane,
      interactive: Boolean(options.open),
      keyboard: Boolean(options.open),
      alt: p.name || p.code,
    });
    if (options.open) {
      marker.on("click", options.open);
      marker.on("keypress", (event) => {
        if (event.originalEvent.key === "Enter") {
          options.open();
        }
      });
      marker.on("add", () => {
        marker.getElement().setAttribute("role", "button");
        marker.getElement().setAttribute("aria-label", p.name || p.code);
      });
    }
    marker.kind = options.kind;
    const size = p.level === "large" ? 13 : 11;
    const slack = p.level === "large" ? 1.35 : 0.9;
    const texts = choices(p, speaker);

    /** How wide a text may be, in pixels: wide texts may pass the circle in the shape a little. */
    marker.room = (map) => (slack * 2 * radius) / wangge.metresPerPixel(latitude, map.getZoom());

    /**
     * Show the longest text that fits into the shape at this zoom and hides no other label.
     * @param {L.Map} map
     * @param {Array<number[]>} placed Boxes of labels that already stand; this one's is added.
     */
    marker.fit = function (map, placed) {
      const room = marker.room(map);
      const middle = map.project(marker.getLatLng());
      let box = null;
      const fits = texts.find((lines) => {
        const wide = Math.max(...lines.map((line) => width(line, size)));
        const high = lines.length * size * 1.3;
        box = [middle.x - wide / 2, middle.y - high / 2, middle.x + wide / 2, middle.y + high / 2];
        return wide <= room && high <= room && !placed.some((other) => overlap(box, other));
      });
      if (fits) {
        placed.push(box);
      }
      text.replaceChildren(...(fits || []).map((line) => el("span", {}, line)));
      text.hidden = !fits;
    };
    marker.hide = function () {
      text.hidden = true;
    };
    return marker;
  };

  /** Fit all labels that are shown, those of large grids first. @param {Object} view */
  wangge.fitLabels = function (view) {
    const placed = [];
    for (const kind of ["large", "special", "micro", "plain"]) {
      const shown = view.labels.filter((label) => label.kind === kind && view.map.hasLayer(label));
      const stood = placed.length;
      shown.forEach((label) => label.fit(view.map, placed));
      // A few numbers among many shapes without one would look like a choice.
      if (kind === "micro" && placed.length - stood < shown.length * ENOUGH) {
        shown.forEach((label) => label.hide());
        placed.length = stood;
      }
    }
  };
})((window.wangge = window.wangge || {}));
