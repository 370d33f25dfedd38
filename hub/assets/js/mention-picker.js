// <mention-picker data-href data-label> in the composer: "@" in a note offers colleagues; Enter takes the first, ArrowDown goes to them, Esc back.
import { ask } from "./wire.js";

const MOST = 6;
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class MentionPicker extends HTMLElement {
  connectedCallback() {
    this.box = this.closest("form")?.querySelector("textarea");
    if (!this.box) return;
    this.box.addEventListener("input", () => this.offer());
    this.box.addEventListener("keydown", (event) => this.enter(event));
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => this.choose(event));
  }

  /** What was typed after the "@" the cursor stands behind; null elsewhere, and in a reply to the customer. */
  typed() {
    if (this.closest("form").querySelector('[name="mode"]:checked')?.value !== "note") return null;
    return /(?:^|\s)@([\p{L}\p{M}' -]{0,30})$/u.exec(this.box.value.slice(0, this.box.selectionStart))?.[1] ?? null;
  }

  async offer() {
    if (this.typed() === null) return this.close();
    this.people ??= await ask(this.dataset.href);
    const typed = this.typed();
    if (typed === null || !this.people) return this.close();
    const wanted = plain(typed.trimStart());
    const found = this.people.filter(({ name }) => plain(name).split(" ").some((_, at, parts) => parts.slice(at).join(" ").startsWith(wanted)));
    this.show(found.filter(({ name }) => plain(name) !== wanted).slice(0, MOST));
  }

  show(people) {
    this.close();
    if (!people.length) return;
    const list = document.createElement("div");
    list.className = "mention-list";
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", this.dataset.label);
    list.append(...people.map(({ name }) => Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: name })));
    this.append(list);
  }

  close() {
    this.replaceChildren();
  }

  enter(event) {
    const first = this.querySelector("button");
    const is_meant = event.key === "Enter" && !event.ctrlKey && !event.metaKey && this.typed();
    if (is_meant && first) { event.preventDefault(); first.click(); }
    if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
    if (event.key === "Escape" && first) { event.preventDefault(); this.close(); }
  }

  press(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const buttons = [...this.querySelectorAll("button")];
    if (step) { event.preventDefault(); (buttons[buttons.indexOf(document.activeElement) + step] ?? this.box).focus(); }
    if (event.key === "Escape") { event.preventDefault(); this.close(); this.box.focus(); }
  }

  choose(event) {
    const name = event.target.closest("button")?.textContent;
    if (!name) return;
    const end = this.box.selectionStart;
    const begin = this.box.value.slice(0, end).lastIndexOf("@");
    this.box.setRangeText(`@${name} `, begin, end, "end");
    this.close();
    this.box.focus();
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
