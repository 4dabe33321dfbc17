/* Press or hold: one button for pointer, touch, keyboard and assistive technology.
 *
 * A short press leaves the microphone open (press again to close it); a long one is a walkie-talkie: letting go ends
 * the turn. `down` runs at once, so that nothing said while the finger goes down is lost.
 */
const HOLD_MILLISECONDS = 400;

/** @param {HTMLElement} button  @param {{down: () => void, tap: () => void, letGo: () => void}} on */
export function pressOrHold(button, on) {
  let pressedAt = null;
  const down = () => {
    if (pressedAt !== null) return;
    pressedAt = performance.now();
    on.down();
  };
  const up = () => {
    if (pressedAt === null) return;
    const held = performance.now() - pressedAt;
    pressedAt = null;
    if (held < HOLD_MILLISECONDS) on.tap();
    else on.letGo();
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
