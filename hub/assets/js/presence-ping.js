// <presence-ping data-href data-every-seconds>: tells that this ticket is being read or written, shows who else does, by name.
import { on_live } from "./live.js";
import { post_words, while_visible } from "./wire.js";

const STILL_WRITING_MS = 10000;

export class PresencePing extends HTMLElement {
  connectedCallback() {
    this.typed_at = -Infinity;
    this.on_input = (event) => { if (event.target.matches("textarea")) this.write(); };
    this.on_leave = () => post_words(this.dataset.href, { doing: "leaving" }, { near: this, leaving: true });
    document.addEventListener("input", this.on_input);
    addEventListener("pagehide", this.on_leave);
    const mine = ({ kind, ticket }) => kind === "presence" && ticket === Number(this.dataset.ticket);
    this.stops = [
      while_visible(Number(this.dataset.everySeconds || 15), () => this.ping()),
      on_live(mine, () => this.ping()),
    ];
    this.ping();
  }

  disconnectedCallback() {
    for (const stop of this.stops ?? []) stop();
    document.removeEventListener("input", this.on_input);
    removeEventListener("pagehide", this.on_leave);
  }

  /** Others hear of the first letter at once, of the rest by the usual rhythm. */
  write() {
    const was_writing = this.is_writing();
    this.typed_at = performance.now();
    if (!was_writing) this.ping();
  }

  is_writing() {
    return performance.now() - this.typed_at < STILL_WRITING_MS;
  }

  async ping() {
    const is_writing = this.is_writing();
    const answer = await post_words(this.dataset.href, { doing: is_writing ? "writing" : "viewing" }, { near: this });
    if (!answer?.ok || answer.status === 204) return;
    const { text = "" } = await answer.json().catch(() => ({}));
    const place = this.querySelector("[data-presence]");
    if (place && place.textContent !== text) place.textContent = text;
  }
}
