/* The one script tag of a shop's page:
 *
 *   <script src="https://orders.example/widget/widget.js" data-shop="my-shop"></script>
 *
 * Attributes: data-shop; data-language (the page's own otherwise); data-mode "button" (floating, the default), "kiosk"
 * (the whole screen) or "screen" (the same, showing what is said to `comanda kiosk`); data-side "end" (default) or "start": the corner the button stands in.
 * A site that has a Content-Security-Policy allows this server in script-src and connect-src; nothing is inline.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const base = new URL(".", script.src);
  const options = {
    base,
    shop: script.dataset.shop || "",
    language: script.dataset.language || document.documentElement.lang || navigator.language || "en",
    mode: ["kiosk", "screen"].includes(script.dataset.mode) ? script.dataset.mode : "button",
    side: script.dataset.side === "start" ? "start" : "end",
  };
  const start = () =>
    import(new URL("app.js", base).href)
      .then((module) => module.start(options))
      .catch((error) => console.error(`Comanda: no voice button. Is ${location.origin} among the server's "origins"?`, error));
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start, { once: true });
})();
