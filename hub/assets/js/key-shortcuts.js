// <key-shortcuts>: single keys by the letter typed (AZERTY included), off while writing and by data-shortcuts="off".
// j k x r n / ? are here; every other key presses the page's own [data-shortcut] with that letter.
import { is_writing } from "./wire.js";

export class KeyShortcuts extends HTMLElement {
  connectedCallback() {
    this.on_key = (event) => this.press(event);
    document.addEventListener("keydown", this.on_key);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.on_key);
  }

  press(event) {
    const is_typed = event.getModifierState("AltGraph"); // # on AZERTY is AltGr and 3
    if (document.body.dataset.shortcuts === "off" || ((event.ctrlKey || event.metaKey || event.altKey) && !is_typed)) return;
    if (event.defaultPrevented || is_writing(event.target) || document.querySelector("dialog[open]")) return;
    const act = {
      j: () => this.move(1),
      k: () => this.move(-1),
      x: () => this.tick(event.shiftKey),
      r: () => this.write("reply"),
      n: () => this.write("note"),
      "/": () => focus_on(document.querySelector("[data-search]")),
      "?": () => this.querySelector("dialog").showModal() ?? true,
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? (() => press_own(event.key));
    if (act()) event.preventDefault();
  }

  /** To the next or previous row; Enter is the link's own. */
  move(step) {
    const links = [...document.querySelectorAll("[data-row] a")].filter((link) => link === link.closest("[data-row]").querySelector("a"));
    if (!links.length) return false;
    const row = document.activeElement?.closest("[data-row]");
    let at = links.findIndex((link) => link.closest("[data-row]") === row);
    if (at < 0) at = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
    return focus_on(links[next]);
  }

  /** Tick the row that has the focus; with Shift all from the one ticked before. */
  tick(is_range) {
    const box = document.activeElement?.closest("[data-row]")?.querySelector('input[name="ticket"]');
    if (!box) return false;
    box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: is_range }));
    return true;
  }

  write(mode) {
    const box = document.querySelector("reply-composer textarea");
    const choice = document.querySelector(`reply-composer [name="mode"][value="${mode}"]`);
    if (choice && !choice.checked) choice.click();
    return focus_on(box);
  }
}

/** The button or link of the page that names this key. */
function press_own(key) {
  if (key.length !== 1 || key === " ") return false;
  const own = document.querySelector(`[data-shortcut="${CSS.escape(key.toLowerCase())}"]`);
  own?.click();
  return Boolean(own);
}

function focus_on(element) {
  element?.focus();
  return Boolean(element);
}
