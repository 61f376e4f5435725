/**
 * Put text, never markup, into the page; say words and numbers in the reader's language.
 *
 * Names come from files that anyone may have written: they reach the page as text nodes only.
 */
(function (wangge) {
  "use strict";

  /**
   * Make an element.
   * @param {string} tag
   * @param {Object<string, string>} [attributes]
   * @param {...(Node|string|null|undefined)} children Strings become text nodes.
   * @returns {HTMLElement}
   */
  wangge.el = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      element.setAttribute(name, value);
    }
    for (const child of children) {
      if (child !== null && child !== undefined) {
        element.append(child);
      }
    }
    return element;
  };

  /**
   * Turn text into markup that shows it, for the few places of Leaflet that take only markup.
   * @param {string} text
   * @returns {string}
   */
  wangge.escape = function (text) {
    return wangge.el("span", {}, text).innerHTML;
  };

  /**
   * Make what says words and numbers in one language.
   * @param {Object<string, string>} words
   * @param {string} language A tag such as zh-CN.
   */
  wangge.speaker = function (words, language) {
    const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

    /** Say a whole number. @param {number} value @returns {string} */
    const number = (value) => whole.format(value);

    /**
     * Say a phrase, its {places} filled; the key itself where there is no such phrase.
     * @param {string} key
     * @param {Object<string, string|number>} [values]
     * @returns {string}
     */
    function say(key, values) {
      const phrase = Object.hasOwn(words, key) ? words[key] : key;
      return phrase.replace(/\{(\w+)\}/g, (place, name) => {
        const value = values && values[name];
        return value === undefined ? place : typeof value === "number" ? number(value) : value;
      });
    }

    /**
     * Say a value of a known list (a category, a kind), or the value itself.
     * @param {string} list
     * @param {string} value
     * @returns {string}
     */
    const term = (list, value) =>
      Object.hasOwn(words, `${list}.${value}`) ? words[`${list}.${value}`] : value;

    /** Say metres. @param {number} value @returns {string} */
    const metres = (value) => say("unit.m", { n: value });

    return { say, term, number, metres };
  };
})((window.wangge = window.wangge || {}));
