// <presence-ping data-href data-every-seconds>: tells that this ticket is being read or written, shows who else does, by name.
import { post_words, while_visible } from "./wire.js";

const STILL_WRITING_MS = 10000;

export class PresencePing extends HTMLElement {
  connectedCallback() {
    this.typed_at = -Infinity;
    this.on_input = (event) => { if (event.target.matches("textarea")) this.typed_at = performance.now(); };
    document.addEventListener("input", this.on_input);
    this.stop = while_visible(Number(this.dataset.everySeconds || 15), () => this.ping());
    this.ping();
  }

  disconnectedCallback() {
    this.stop?.();
    document.removeEventListener("input", this.on_input);
  }

  async ping() {
    const is_writing = performance.now() - this.typed_at < STILL_WRITING_MS;
    const answer = await post_words(this.dataset.href, { doing: is_writing ? "writing" : "viewing" }, { near: this });
    if (!answer?.ok || answer.status === 204) return;
    const { text = "" } = await answer.json().catch(() => ({}));
    const place = this.querySelector("[data-presence]");
    if (place && place.textContent !== text) place.textContent = text;
  }
}
