/** Make the panel that switches layers and explains their colours. */
(function (wangge) {
  "use strict";
  const { el } = wangge;

  const GROUPS = ["grids", "living", "places", "ground"];
  const SVG = "http://www.w3.org/2000/svg";

  /** A small picture of a style: an area, a line or a dot, as the map draws it. */
  function swatch(style, shape) {
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("class", "swatch");
    picture.setAttribute("viewBox", "0 0 24 14");
    picture.setAttribute("aria-hidden", "true");
    const mark = document.createElementNS(SVG, shape);
    const places = {
      rect: { x: 2, y: 2, width: 20, height: 10 },
      line: { x1: 1, y1: 7, x2: 23, y2: 7 },
      circle: { cx: 12, cy: 7, r: Math.min(style.radius || 4, 5) },
    };
    for (const [name, value] of Object.entries(places[shape])) {
      mark.setAttribute(name, String(value));
    }
    mark.setAttribute("fill", style.fill === false ? "none" : style.fillColor || "none");
    mark.setAttribute("fill-opacity", String(style.fillOpacity ?? 1));
    mark.setAttribute("stroke", style.color);
    mark.setAttribute("stroke-width", String(Math.min(style.weight, 4)));
    if (style.dashArray) {
      mark.setAttribute("stroke-dasharray", style.dashArray);
    }
    picture.append(mark);
    return picture;
  }

  function shapeOf(style) {
    return style.radius ? "circle" : style.fill === false ? "line" : "rect";
  }

  function picture(entry, layer, speaker) {
    if (entry.sign !== undefined) {
      return el("span", { class: "sign", "aria-hidden": "true" }, wangge.sign(entry.sign, speaker));
    }
    const names = entry.styles || (entry.style ? [entry.style] : []);
    const styles = names.map((name) => layer.styles[name]).filter(Boolean);
    if (styles.length === 0) {
      return null;
    }
    return el("span", { class: "swatches" }, ...styles.map((style) => swatch(style, shapeOf(style))));
  }

  /** The rows below a layer's name; its only wordless picture stands beside the name instead. */
  function legend(layer, speaker) {
    const rows = layer.legend
      .filter((entry) => entry.text)
      .map((entry) => el("li", {}, picture(entry, layer, speaker), el("span", {}, entry.text)));
    return rows.length ? el("ul", { class: "legend" }, ...rows) : null;
  }

  /** A list to pick one kind of a layer by; picking shows the layer. */
  function chooser(layer, view) {
    if (!layer.choices.length) {
      return null;
    }
    const { say } = view.speaker;
    const option = ({ value, text }) => el("option", { value }, text);
    const list = el(
      "select",
      { "aria-label": say("gaps.choose"), "data-choose": layer.id },
      ...[{ value: "", text: say("gaps.all") }, ...layer.choices].map(option),
    );
    list.addEventListener("change", () => view.choose(layer.id, list.value));
    return list;
  }

  function item(layer, view) {
    const box = el("input", { type: "checkbox", "data-layer": layer.id });
    box.checked = view.map.hasLayer(layer.drawn);
    view.map.on("wangge:toggle", ({ id, shown }) => {
      if (id === layer.id) {
        box.checked = shown;
      }
    });
    box.addEventListener("change", () => view.toggle(layer.id, box.checked));
    const wordless = layer.legend.find((entry) => !entry.text);
    const count = layer.data.features.length;
    return el(
      "li",
      {},
      el(
        "label",
        {},
        box,
        wordless ? picture(wordless, layer, view.speaker) : null,
        el("span", { class: "name" }, layer.name),
        el("span", { class: "count" }, view.speaker.number(count)),
      ),
      chooser(layer, view),
      legend(layer, view.speaker),
    );
  }

  /**
   * Make the panel as a control of the map.
   * @param {Object} view
   * @param {{open: boolean}} options Whether it stands unfolded at first.
   * @returns {L.Control}
   */
  wangge.panel = function (view, options) {
    const { say } = view.speaker;
    const Panel = L.Control.extend({
      options: { position: "topright" },
      onAdd() {
        const groups = GROUPS.map((group) => [
          group,
          view.layers.filter((layer) => layer.group === group && layer.data.features.length),
        ]).filter(([, layers]) => layers.length);
        const body = el(
          "div",
          { class: "panel-body", id: "panel-body" },
          ...groups.map(([group, layers]) =>
            el(
              "fieldset",
              {},
              el("legend", {}, say(`panel.${group}`)),
              el("ul", {}, ...layers.map((layer) => item(layer, view))),
            ),
          ),
        );
        const button = el(
          "button",
          { type: "button", class: "panel-button", "aria-controls": "panel-body" },
          say("panel.open"),
        );
        const fold = (open) => {
          body.hidden = !open;
          button.setAttribute("aria-expanded", String(open));
        };
        button.addEventListener("click", () => fold(body.hidden));
        fold(options.open);
        const box = el("div", { class: "panel leaflet-bar" }, button, body);
        box.addEventListener("keydown", (event) => {
          if (event.key === "Escape" && !body.hidden) {
            fold(false);
            button.focus();
          }
        });
        L.DomEvent.disableClickPropagation(box);
        L.DomEvent.disableScrollPropagation(box);
        return box;
      },
    });
    return new Panel();
  };
})((window.wangge = window.wangge || {}));
