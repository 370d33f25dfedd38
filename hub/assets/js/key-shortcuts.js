// <key-shortcuts>: j k r n / ? by the letter typed (AZERTY included), off while writing and by data-shortcuts="off".
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
    if (document.body.dataset.shortcuts === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || is_writing(event.target) || document.querySelector("dialog[open]")) return;
    const act = {
      j: () => this.move(1),
      k: () => this.move(-1),
      r: () => this.write("reply"),
      n: () => this.write("note"),
      "/": () => focus_on(document.querySelector("[data-search]")),
      "?": () => this.querySelector("dialog").showModal() ?? true,
    }[event.key];
    if (act?.()) event.preventDefault();
  }

  /** To the next or previous row; Enter is the link's own. */
  move(step) {
    const links = [...document.querySelectorAll("[data-row] a")];
    if (!links.length) return false;
    let at = links.indexOf(document.activeElement);
    if (at < 0) at = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
    return focus_on(links[next]);
  }

  write(mode) {
    const box = document.querySelector("reply-composer textarea");
    const choice = document.querySelector(`reply-composer [name="mode"][value="${mode}"]`);
    if (choice && !choice.checked) choice.click();
    return focus_on(box);
  }
}

function focus_on(element) {
  element?.focus();
  return Boolean(element);
}
