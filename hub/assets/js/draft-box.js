// <draft-box data-href> around a textarea: keeps the draft on the server, never on this shared computer.
// Reply and note each have their own text (data-reply, data-note): choosing the other one shows the other text.
import { post_words } from "./wire.js";

const PAUSE_MS = 1000;
const INSERTED = ["standard_reply_id", "article_id", "acts_of"];

export class DraftBox extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("textarea");
    if (!this.box || !this.dataset.href) return;
    this.mode = this.chosen();
    this.kept = { reply: this.dataset.reply ?? "", note: this.dataset.note ?? "", [this.mode]: this.box.value };
    this.saved = { reply: this.state_of("reply", this.kept.reply), note: this.state_of("note", this.kept.note) };
    this.box.form?.querySelector("[name=started]")?.remove(); // each text is kept under its own name here
    this.turn = (event) => { if (event.target.name === "mode") this.swap(); else if (event.target.name === "acts_of") this.wait(); };
    this.box.form?.addEventListener("change", this.turn);
    this.leave = () => { if (document.visibilityState === "hidden") this.save_both(); };
    this.box.addEventListener("input", () => this.wait());
    this.box.addEventListener("blur", () => this.save());
    this.box.form?.addEventListener("submit", (event) => this.hand_over(event));
    document.addEventListener("visibilitychange", this.leave);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.leave);
    this.box?.form?.removeEventListener("change", this.turn);
  }

  chosen() {
    return this.box.form?.querySelector('[name="mode"]:checked')?.value ?? "reply";
  }

  /** What was inserted into a reply, as its hidden fields and ticks say; a note remembers nothing of it. */
  inserted(mode) {
    const given = new FormData(this.box.form);
    return mode === "note" ? [] : INSERTED.flatMap((name) => given.getAll(name).map((id) => [name, id]));
  }

  state_of(mode, words) {
    return JSON.stringify([words, words.trim() ? this.inserted(mode) : []]);
  }

  /** The text of the other mode; what was being written stays kept, and is said to be. */
  swap() {
    const mode = this.chosen();
    if (mode === this.mode) return;
    this.kept[this.mode] = this.box.value;
    const words = this.box.value.trim() ? this.dataset[this.mode === "note" ? "noteKept" : "replyKept"] : "";
    this.save();
    this.mode = mode;
    this.box.value = this.kept[mode];
    this.say(words);
  }

  wait() {
    this.say("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  /** Before the page goes: what was written and the text kept beside it, which may still be on its way. */
  save_both() {
    const other = this.mode === "note" ? "reply" : "note";
    this.save();
    this.save(other, this.kept[other]);
  }

  /** Whoever leaves the page at once loses nothing of it: the request outlives the page. */
  async save(mode = this.mode, words = this.box.value) { // a note never comes back as a reply
    clearTimeout(this.timer);
    const state = this.state_of(mode, words);
    if (this.is_sent || state === this.saved[mode]) return;
    const sending = post_words(this.dataset.href, [["text", words], ["mode", mode], ...this.inserted(mode)], { near: this.box, leaving: true });
    this.pending = this.after(this.pending, sending); // two may be on their way: the text before, and the one now
    const mine = this.pending;
    const answer = await sending;
    if (this.pending === mine) this.pending = undefined;
    if (answer?.ok) this.saved[mode] = state;
    if (!answer?.ok) this.say(this.dataset.unsaved);
    else if (mode === this.mode && this.state_of(mode, this.box.value) === state) this.say(this.dataset.saved); // else more waits
  }

  /** Once both have arrived. */
  async after(earlier, sending) {
    await Promise.allSettled([earlier, sending]);
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
