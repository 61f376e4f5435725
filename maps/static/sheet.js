/** Make the sheet that tells about a feature at the bottom of narrow screens. */
(function (wangge) {
  "use strict";
  const { el } = wangge;

  /**
   * Make the sheet, hidden at first.
   * @param {Object} view
   * @returns {{show: function(Node): void, hide: function(): void, height: function(): number}}
   */
  wangge.sheet = function (view) {
    const body = el("div", { class: "sheet-body" });
    const close = el(
      "button",
      { type: "button", class: "sheet-close", "aria-label": view.speaker.say("popup.close") },
      "×",
    );
    const box = el("div", { class: "sheet" }, close, body);
    box.hidden = true;

    function hide() {
      if (!box.hidden) {
        box.hidden = true;
        view.told();
      }
    }

    function show(content) {
      body.replaceChildren(content);
      box.hidden = false;
      body.scrollTop = 0;
    }

    close.addEventListener("click", hide);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    view.map.getContainer().append(box);
    return { show, hide, height: () => box.offsetHeight };
  };
})((window.wangge = window.wangge || {}));
