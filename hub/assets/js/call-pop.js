// <call-pop data-href data-every-seconds>: shows the calls that go on, told by live events and looked for from time to time.
import { on_live } from "./live.js";
import { ask, while_visible } from "./wire.js";

const HIDDEN = "comptoir-hidden-calls";

export class CallPop extends HTMLElement {
  connectedCallback() {
    const look = () => this.look();
    this.turn = 0;
    this.addEventListener("click", (event) => this.hide(event.target.closest("[data-hides]")?.dataset.hides));
    this.stops = [
      while_visible(Number(this.dataset.everySeconds || 20), look),
      on_live((news) => news.kind === "call", look, 50),
    ];
    look();
  }

  disconnectedCallback() {
    for (const stop of this.stops ?? []) stop();
  }

  /** An answer that comes after a later one is old. */
  async look() {
    const turn = (this.turn += 1);
    const found = await ask(this.dataset.href);
    if (!found || turn !== this.turn || found.html === this.shown) return;
    this.shown = found.html;
    const had_focus = this.contains(document.activeElement);
    const parsed = new DOMParser().parseFromString(found.html, "text/html");
    this.replaceChildren(...parsed.body.children);
    this.respect_hidden();
    if (had_focus) (this.querySelector(".call-box:not([hidden]) a") ?? document.getElementById("main"))?.focus();
  }

  hidden_calls() {
    return (sessionStorage.getItem(HIDDEN) ?? "").split(" ");
  }

  hide(id) {
    if (!id) return;
    sessionStorage.setItem(HIDDEN, [...this.hidden_calls().slice(-9), id].join(" "));
    this.respect_hidden();
    document.getElementById("main")?.focus();
  }

  respect_hidden() {
    const hidden = this.hidden_calls();
    for (const box of this.querySelectorAll("[data-call]")) box.hidden = hidden.includes(box.dataset.call);
  }
}
