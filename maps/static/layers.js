/** Draw the layers of the plan, each in its pane, so that switching keeps their order. */
(function (wangge) {
  "use strict";
  const { el } = wangge;

  /** Panes from below to above: name and z-index (Leaflet's own popups stand at 700). */
  const PANES = [
    ["areas", 410],
    ["water", 412],
    ["walkways", 414],
    ["micro", 416],
    ["barriers", 420],
    ["buildings", 430],
    ["borders", 440],
    ["outlines", 445],
    ["chosen", 450],
    ["points", 460],
    ["signs", 465],
    ["labels", 470],
  ];

  /** Shapes in the page are already simplified together; once more would open gaps. */
  const EXACT = { smoothFactor: 0 };

  /** Make the panes. @param {L.Map} map */
  wangge.makePanes = function (map) {
    for (const [name, order] of PANES) {
      map.createPane(name).style.zIndex = String(order);
    }
  };

  /** Put the hatching of special grids into the page, for styles to refer to. */
  wangge.makeHatch = function () {
    const make = (name, attributes, ...children) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      element.append(...children);
      return element;
    };
    const size = { width: "8", height: "8" };
    const pattern = make(
      "pattern",
      { id: "wangge-hatch", ...size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      make("rect", { ...size, fill: "#e9e6f0" }),
      make("rect", { width: "2.5", height: "8", fill: "#a79bc4" }),
    );
    const holder = make("svg", { width: "0", height: "0", "aria-hidden": "true" }, pattern);
    holder.style.position = "absolute";
    document.body.append(holder);
  };

  /** The sign of a facility's category: letters of the language, or its first letter. */
  wangge.sign = function (category, speaker) {
    const letters = speaker.term("sign", category);
    return letters === category ? Array.from(category)[0] || "•" : letters;
  };

  /**
   * Draw one layer.
   * @param {Object} layer As maps.features.MapLayer writes it.
   * @param {Object} view
   * @returns {L.LayerGroup}
   */
  wangge.drawLayer = function (layer, view) {
    const group = L.layerGroup();
    const styleOf = (feature) => layer.styles[feature.properties.s];
    const filled = layer.pane === "areas";
    const shapes = L.geoJSON(layer.data, {
      ...EXACT,
      pane: layer.pane,
      interactive: layer.interactive,
      style: (feature) => (filled ? { ...styleOf(feature), stroke: false } : styleOf(feature)),
      pointToLayer: (feature, place) => point(feature, place, layer, view, styleOf(feature)),
      onEachFeature: (feature, shape) => {
        if (layer.interactive) {
          describe(feature.properties, shape, layer, view);
        }
      },
    });
    group.addLayer(shapes);
    layer.shapes = shapes;
    if (filled) {
      group.addLayer(
        L.geoJSON(layer.data, {
          ...EXACT,
          pane: "borders",
          interactive: false,
          style: (feature) => ({ ...styleOf(feature), fill: false }),
        }),
      );
    }
    for (const marker of labels(layer, shapes, view)) {
      group.addLayer(marker);
      view.labels.push(marker);
    }
    return group;
  };

  function point(feature, place, layer, view, style) {
    if (layer.id !== "facilities") {
      return L.circleMarker(place, { ...style, pane: layer.pane });
    }
    const sign = el("span", { class: "sign" }, wangge.sign(feature.properties.category || "", view.speaker));
    return L.marker(place, {
      icon: L.divIcon({ html: sign, className: "label-anchor", iconSize: null }),
      pane: "signs",
      keyboard: false,
    });
  }

  function describe(properties, shape, layer, view) {
    // Where nothing hovers, a tooltip would only stay behind after a tap.
    if (!matchMedia("(hover: none)").matches) {
      shape.bindTooltip(() => view.popups.tooltip(properties, layer), {
        sticky: true,
        direction: "auto",
        className: "tip-box",
      });
    }
    shape.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      view.tell(properties, layer, event.latlng);
    });
    if (properties.level && properties.spot) {
      view.shapes.set(properties.code, shape);
    }
  }

  function labels(layer, shapes, view) {
    const made = [];
    shapes.eachLayer((shape) => {
      const p = shape.feature.properties;
      const twice = layer.id === "micro" && p.kind === "special" && view.grids.has(p.parent);
      if (p.spot && !twice) {
        const open = p.level === "large" || layer.id === "special" ? () => view.open(p.code) : null;
        const kind = layer.id === "special" ? "special" : p.level || "plain";
        made.push(wangge.label(p, view.speaker, { pane: "labels", kind, open }));
      }
    });
    return made;
  }
})((window.wangge = window.wangge || {}));
