// <new-items-bar data-href data-every-seconds>: says how many came in; rows never move, a press reloads the list. A list beside a ticket shows that ticket's row.
import { on_live } from "./live.js";
import { ask, while_visible } from "./wire.js";

export class NewItemsBar extends HTMLElement {
  connectedCallback() {
    this.className = "new-items";
    this.setAttribute("role", "status");
    this.parentElement.querySelector(".ticket-row.is-current")?.scrollIntoView({ block: "nearest" });
    const look = () => this.look();
    this.stops = [
      while_visible(Number(this.dataset.everySeconds || 20), look),
      on_live((news) => news.kind === "ticket", look),
    ];
  }

  disconnectedCallback() {
    for (const stop of this.stops ?? []) stop();
  }

  async look() {
    const found = await ask(this.dataset.href);
    if (!found?.count || found.text === this.shown) return;
    this.shown = found.text;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn", textContent: found.text });
    button.addEventListener("click", () => location.reload());
    this.replaceChildren(button);
  }
}
