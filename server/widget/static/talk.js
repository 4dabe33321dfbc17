/* Press or hold: one button for pointer, touch, keyboard and assistive technology.
 *
 * A short press leaves the microphone open (press again to close it); a long one is a walkie-talkie: letting go ends
 * the turn. `down` runs at once, so that nothing said while the finger goes down is lost; then comes either `tap`, or
 * `hold` and later `letGo`.
 */
const HOLD_MILLISECONDS = 400;

/** @param {HTMLElement} button  @param {{down: () => void, tap: () => void, hold: () => void, letGo: () => void}} on */
export function pressOrHold(button, on) {
  let timer = null;
  let phase = "up"; // "up", "down" (not yet known which) or "held"
  const down = () => {
    if (phase !== "up" || button.disabled) return;
    phase = "down";
    timer = setTimeout(() => {
      phase = "held";
      on.hold();
    }, HOLD_MILLISECONDS);
    on.down();
  };
  const up = () => {
    clearTimeout(timer);
    const ended = phase;
    phase = "up";
    if (ended === "down") on.tap();
    if (ended === "held") on.letGo();
  };
  const isKey = (event) => event.key === " " || event.key === "Enter";
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    down();
  });
  button.addEventListener("pointerup", up);
  button.addEventListener("pointercancel", up);
  button.addEventListener("keydown", (event) => {
    if (!isKey(event)) return;
    event.preventDefault(); // no click of the browser's own: the key is the press
    if (!event.repeat) down();
  });
  button.addEventListener("keyup", (event) => isKey(event) && up());
  button.addEventListener("blur", up);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("click", (event) => {
    if (event.detail !== 0) return; // the pointer events have been here; 0 is a screen reader's "activate"
    down();
    up();
  });
}
