/** Build elements whose text is only ever text. */

/**
 * Return an element with attributes and children.
 *
 * Children are elements or strings; strings become text nodes, so no name from the data can be
 * read as markup. Null children are left out.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}
