/* The order slip: what is ordered, with prices, as the server last told it. */
import { fill, h } from "./elements.js";

export class Ticket {
  /** @param {object} words the table of grammars/<lang>/widget.yaml  @param {Intl.PluralRules} plurals */
  constructor(words, plurals) {
    this.words = words;
    this.plurals = plurals;
    this.prices = new Map();
    this.lines = h("ul", { class: "lines" });
    this.sums = h("dl", { class: "sums" });
    this.empty = h("div", { class: "empty" }, h("p", {}, words.cart_empty), h("p", { class: "hint" }, words.cart_empty_hint));
    this.summary = h("span", { class: "summary" });
    this.toggle = h(
      "button",
      { class: "toggle", type: "button", "aria-expanded": "false", onclick: () => this.expand() },
      h("span", { class: "toggle-title" }, words.cart),
      this.summary,
    );
    this.title = h("h2", { id: "cart-title" }, words.cart);
    const slip = h("div", { class: "slip" }, this.title, this.empty, this.lines, this.sums);
    this.element = h("section", { class: "ticket", "aria-labelledby": "cart-title" }, this.toggle, h("div", { class: "paper" }, slip));
    this.show({ lines: [], count: 0 });
  }

  expand(open = !this.element.classList.contains("open")) {
    this.element.classList.toggle("open", open);
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  /**
   * @param {object} cart the protocol's cart
   * @param {string | null} order the number it was placed under: then what was ordered stays to be read
   */
  show(cart, order = null) {
    const placed = Boolean(order) && !cart.lines.length;
    this.title.textContent = placed ? fill(this.words.placed, { number: order }) : this.words.cart;
    this.element.classList.toggle("placed", placed);
    if (placed) return;
    const before = this.prices;
    this.prices = new Map(cart.lines.map((line) => [line.id, signature(line)]));
    this.lines.replaceChildren(...cart.lines.map((line) => this.line(line, before.get(line.id) !== signature(line))));
    this.empty.hidden = cart.lines.length > 0;
    this.sums.hidden = !this.empty.hidden;
    this.sums.replaceChildren(...(cart.lines.length ? this.sumRows(cart) : []));
    const count = fill(this.words.items[this.plurals.select(cart.count)] || this.words.items.other, { count: cart.count });
    this.summary.textContent = cart.lines.length ? `${count} · ${cart.total.text}` : count;
  }

  line({ quantity, unit, text, options, notes, price }, changed) {
    const details = [...options, ...notes];
    return h(
      "li",
      { class: changed ? "changed" : null },
      h("span", { class: "quantity" }, unit ? `${quantity} ${unit}` : `${quantity} ×`),
      h("span", { class: "what", dir: "auto" }, text, details.length > 0 && h("span", { class: "details" }, details.join(", "))),
      h("span", { class: "price" }, price.text),
    );
  }

  sumRows({ subtotal, discount, delivery, tax, total }) {
    const words = this.words;
    const extra = discount.minor !== 0 || delivery.minor !== 0;
    const included = total.minor === subtotal.minor - Math.abs(discount.minor) + delivery.minor;
    return [
      extra && row(words.subtotal, subtotal.text),
      discount.minor !== 0 && row(words.discount, discount.text),
      delivery.minor !== 0 && row(words.delivery, delivery.text),
      tax.minor !== 0 && !included && row(words.tax, tax.text),
      row(words.total, total.text, "total"),
      tax.minor !== 0 && included && row(words.tax_included, tax.text, "small"),
    ].filter(Boolean);
  }
}

function row(name, amount, kind = null) {
  return h("div", { class: kind }, h("dt", {}, name), h("dd", {}, amount));
}

function signature({ text, quantity, options, notes }) {
  return JSON.stringify([text, quantity, options, notes]);
}
