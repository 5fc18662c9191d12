// Building and changing the page. Text goes in as text nodes only: nothing from a card or a server is ever markup.

export const at = (id) => document.getElementById(id);

/** An element with attributes and children; strings become text nodes. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child != null && child !== ""));
  return element;
}

/** Builds the fields that the page only names: `data-ask` has the id, the label's key, the fields of the API, and whether
 * digits are typed. */
export function buildFields() {
  for (const box of document.querySelectorAll("[data-ask]")) {
    const [id, key, field, mode] = box.dataset.ask.split(" ");
    box.append(make("label", { for: id, "data-text": key }), make("input", {
      id, type: id.endsWith("secret") ? "password" : "text", inputmode: mode, autocomplete: "off", spellcheck: "false",
      "data-field": field === "-" ? null : field.replaceAll("+", " "),
    }));
  }
}

/** Sets text only when it differs, so that screen readers hear changes and nothing else. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces an element's children when `key` says that they changed. */
const keys = new WeakMap();
export function fill(element, key, build) {
  const text = JSON.stringify(key);
  if (keys.get(element) === text) return;
  keys.set(element, text);
  element.replaceChildren(...build());
}

/** Forgets an element's content and the key it was built from. */
export function wipe(element) {
  keys.delete(element);
  element.replaceChildren();
}
