/* The few helpers that the views are built with. */

const SVG = "http://www.w3.org/2000/svg";

/** h("button", {class: "send", type: "submit", onclick: f}, "Send"): null and false attributes are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const ICONS = {
  microphone: ["M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 0 0-7 0v5A3.5 3.5 0 0 0 12 15Z", "M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.2"],
  close: ["M6 6l12 12M18 6 6 18"],
  send: ["M12 19.5v-15M5.5 11 12 4.5 18.5 11"],
  sound: ["M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Z", "M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"],
  muted: ["M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Z", "M16 9.5l5 5M21 9.5l-5 5"],
  again: ["M4.5 12a7.5 7.5 0 1 0 2.3-5.4L4.5 8.8M4.5 4.3v4.5H9"],
};

/** A line drawing of 24 units; silent to screen readers, whose words stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

/** Fills {names} of a sentence. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
