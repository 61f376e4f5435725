/** Show a plan on a map: the only entry point that the page calls. */
(function (wangge) {
  "use strict";

  /** Below this width the panel starts folded and popups stay narrow, in pixels. */
  const NARROW = 640;
  const PANEL_WIDTH = 240;

  /** A chosen grid is never zoomed to more than this: its neighbours should be seen. */
  const CLOSE = 18;

  /** Metres under a pixel: strokes are thinner above the first, wider below the second. */
  const FAR = 2;
  const NEAR = 0.45;

  /**
   * Show the plan whose data stands in the page.
   * @param {L.Map} map
   * @param {string} id The element that holds the data as JSON.
   * @returns {Object} The view: map, layers, select(code), toggle(id, shown).
   */
  wangge.show = function (map, id) {
    const data = JSON.parse(document.getElementById(id).textContent);
    const view = {
      map,
      layers: data.layers,
      speaker: wangge.speaker(data.words, data.language),
      grids: new Map(),
      shapes: new Map(),
      labels: [],
      chosen: L.layerGroup(),
    };
    view.popups = wangge.popups(view);
    view.narrow = () => map.getContainer().clientWidth < NARROW;
    view.sheet = wangge.sheet(view);
    addActions(view, data);
    wangge.makePanes(map);
    wangge.makeHatch();
    fit(view, data, data.bounds);
    for (const layer of view.layers) {
      for (const feature of layer.data.features) {
        if (feature.properties.spot && feature.properties.level) {
          view.grids.set(feature.properties.code, feature.properties);
        }
      }
    }
    for (const layer of view.layers) {
      layer.drawn = wangge.drawLayer(layer, view);
      if (layer.visible) {
        layer.drawn.addTo(map);
      }
    }
    view.chosen.addTo(map);
    addControls(view, data);
    map.on("zoomend", () => follow(view));
    follow(view);
    if (data.code && view.grids.has(data.code)) {
      view.highlight(data.code);
    }
    wangge.view = view;
    return view;
  };

  /** Suit labels and strokes to the zoom. */
  function follow(view) {
    const { map } = view;
    const metres = wangge.metresPerPixel(map.getCenter().lat, map.getZoom());
    map.getContainer().classList.toggle("far", metres > FAR);
    map.getContainer().classList.toggle("near", metres < NEAR);
    wangge.fitLabels(view);
  }

  /** How much of the map the panel covers at first. */
  function panelWidth(view, data) {
    return data.controls && !data.embed && !view.narrow() ? PANEL_WIDTH : 0;
  }

  /** Show a box beside the panel. */
  function fit(view, data, bounds) {
    const edge = view.narrow() ? 6 : 24;
    view.map.fitBounds(bounds, {
      paddingTopLeft: [edge, edge],
      paddingBottomRight: [edge + panelWidth(view, data), edge],
      animate: false,
      maxZoom: data.code && bounds === data.bounds ? CLOSE : undefined,
    });
  }

  function addActions(view, data) {
    const { map, shapes } = view;
    const circles = view.layers.filter((layer) => layer.id.startsWith("circles-"));
    let opener = null;

    /** Show or hide a layer. */
    view.toggle = function (id, shown) {
      const layer = view.layers.find((other) => other.id === id);
      if (layer) {
        shown ? layer.drawn.addTo(map) : layer.drawn.remove();
        wangge.fitLabels(view);
        map.fire("wangge:toggle", { id, shown });
      }
    };

    /** Show those of a layer's homes that lack one kind, and its places; all with no kind. */
    view.choose = function (id, kind) {
      const has = ({ lacks }) => !kind || lacks.some(([category]) => category === kind);
      const layer = view.layers.find((other) => other.id === id);
      layer.shapes.setStyle(({ properties }) => {
        const shown = has(properties);
        return { ...layer.styles[properties.s], stroke: shown, fill: shown };
      });
      view.toggle(id, true);
      const places = view.layers.find((other) => other.id === "facilities");
      places.all ??= places.shapes.getLayers();
      places.shapes.clearLayers();
      places.all
        .filter((shape) => !kind || shape.feature.properties.category === kind)
        .forEach((shape) => places.shapes.addLayer(shape));
      if (kind) {
        view.toggle("facilities", true);
      }
    };

    /** The circles to outline with a grid: those that are shown, else the nearest. */
    function circlesOf(level) {
      const own = circles.filter((layer) => layer.id.startsWith(`circles-${level}-`));
      const shown = own.filter((layer) => map.hasLayer(layer.drawn));
      return shown.length ? shown : own.slice(0, 1);
    }

    /** Outline a grid and its walking circle; none with null. */
    view.highlight = function (code) {
      view.chosen.clearLayers();
      const shape = shapes.get(code);
      if (!shape) {
        return;
      }
      const outline = (style) =>
        L.geoJSON(shape.feature, { smoothFactor: 0, pane: "chosen", interactive: false, style });
      view.chosen.addLayer(outline({ color: "#FFFFFF", weight: 8, opacity: 0.9, fill: false }));
      view.chosen.addLayer(outline({ color: "#111111", weight: 4, fill: false }));
      for (const layer of circlesOf(shape.feature.properties.level)) {
        const own = layer.data.features.filter((feature) => feature.properties.code === code);
        view.chosen.addLayer(
          L.geoJSON(own, {
            pane: "chosen",
            interactive: false,
            style: (feature) => layer.styles[feature.properties.s],
          }),
        );
      }
    };

    /**
     * Tell all about a feature: in a popup, or on narrow screens in a sheet at the bottom.
     * @param {Object} properties
     * @param {Object} layer
     * @param {L.LatLng} place
     */
    view.tell = function (properties, layer, place) {
      const content = view.popups.popup(properties, layer);
      const active = document.activeElement;
      const from = active?.classList.contains("label-anchor") ? active : opener;
      if (view.narrow()) {
        view.sheet.show(content);
        map.panInside(place, { paddingTopLeft: [20, 20], paddingBottomRight: [20, view.sheet.height() + 20] });
      } else {
        map.openPopup(content, place, {
          maxWidth: 320,
          maxHeight: Math.max(180, map.getSize().y - 90),
          autoPanPadding: [12, 12],
        });
      }
      view.highlight(properties.spot && properties.level ? properties.code : null);
      opener = from;
      content.focus({ preventScroll: true });
    };

    /** Tell about a grid at its middle. */
    view.open = function (code) {
      const grid = view.grids.get(code);
      if (grid) {
        view.tell(grid, { id: grid.level }, L.latLng(grid.spot[1], grid.spot[0]));
      }
    };

    /** Go to a grid and tell about it. */
    view.select = function (code) {
      const shape = shapes.get(code);
      if (!shape) {
        return;
      }
      const bounds = shape.getBounds();
      const near = { maxZoom: CLOSE, animate: false };
      if (view.narrow()) {
        view.open(code);
        const below = view.sheet.height() + 12;
        map.fitBounds(bounds, { ...near, paddingTopLeft: [12, 12], paddingBottomRight: [12, below] });
      } else {
        const right = 40 + panelWidth(view, data);
        map.fitBounds(bounds, { ...near, paddingTopLeft: [40, 40], paddingBottomRight: [right, 40] });
        view.open(code);
      }
    };

    /** Undo what telling did: no outline, and the keyboard back where it was. */
    view.told = function () {
      view.highlight(null);
      opener?.focus({ preventScroll: true });
      opener = null;
    };

    map.on("click", () => view.sheet.hide());
    map.on("popupclose", () => view.told());
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        map.closePopup();
        view.sheet.hide();
      }
    });
    map.on("popupopen", (event) => {
      const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (close) {
        close.setAttribute("aria-label", view.speaker.say("popup.close"));
      }
    });

    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute(
      "aria-label",
      view.speaker.say("map.label", { title: data.title }),
    );
  }

  function addControls(view, data) {
    const { map } = view;
    const { say } = view.speaker;
    L.control
      .zoom({ position: "topleft", zoomInTitle: say("map.zoomIn"), zoomOutTitle: say("map.zoomOut") })
      .addTo(map);
    whole(view, data).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
    const credit = L.control.attribution({ prefix: false }).addTo(map);
    data.attribution.forEach((text) => credit.addAttribution(wangge.escape(text)));
    if (data.controls) {
      wangge.panel(view, { open: !view.narrow() && !data.embed }).addTo(map);
    }
  }

  /** A button that shows the whole plan again. */
  function whole(view, data) {
    const Whole = L.Control.extend({
      options: { position: "topleft" },
      onAdd() {
        const name = view.speaker.say("map.whole");
        const button = wangge.el(
          "button",
          { type: "button", class: "whole", title: name, "aria-label": name },
          "⤢",
        );
        button.addEventListener("click", () => fit(view, data, data.whole));
        const box = wangge.el("div", { class: "leaflet-bar" }, button);
        L.DomEvent.disableClickPropagation(box);
        return box;
      },
    });
    return new Whole();
  }
})((window.wangge = window.wangge || {}));
