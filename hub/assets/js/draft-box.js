// <draft-box data-href> around a textarea: keeps the draft on the server, never on this shared computer.
import { post_words } from "./wire.js";

const PAUSE_MS = 1000;

export class DraftBox extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("textarea");
    if (!this.box || !this.dataset.href) return;
    this.saved = this.box.value;
    this.leave = () => { if (document.visibilityState === "hidden") this.save(true); };
    this.box.addEventListener("input", () => this.wait());
    this.box.addEventListener("blur", () => this.save());
    this.box.form?.addEventListener("submit", (event) => this.hand_over(event));
    document.addEventListener("visibilitychange", this.leave);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.leave);
  }

  wait() {
    this.say("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  async save(leaving = false) {
    clearTimeout(this.timer);
    const words = this.box.value;
    if (this.is_sent || words === this.saved) return;
    const mode = this.box.form?.querySelector('[name="mode"]:checked')?.value ?? "reply"; // a note never comes back as a reply
    this.pending = post_words(this.dataset.href, { text: words, mode }, { near: this.box, leaving });
    const answer = await this.pending;
    this.pending = undefined;
    if (answer?.ok) this.saved = words;
    this.say(answer?.ok ? this.dataset.saved : this.dataset.unsaved);
  }

  /** A draft on its way (the press on the button saved it) arrives first, else it would outlive the sent text. */
  async hand_over(event) {
    clearTimeout(this.timer);
    this.is_sent = true;
    if (!this.pending) return;
    event.preventDefault();
    const { submitter } = event;
    await this.pending;
    this.pending = undefined;
    this.box.form.requestSubmit(submitter);
  }

  /** Said beside the buttons, in [data-draft-state]. */
  say(words) {
    const place = this.closest("form")?.querySelector("[data-draft-state]");
    if (place) place.textContent = words ?? "";
  }
}
