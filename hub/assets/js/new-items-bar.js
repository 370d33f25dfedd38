// <new-items-bar data-href data-every-seconds>: says how many came in; rows never move, a press reloads the list. A list beside a ticket shows that ticket's row.
import { ask, while_visible } from "./wire.js";

export class NewItemsBar extends HTMLElement {
  connectedCallback() {
    this.className = "new-items";
    this.setAttribute("role", "status");
    this.parentElement.querySelector(".ticket-row.is-current")?.scrollIntoView({ block: "nearest" });
    this.stop = while_visible(Number(this.dataset.everySeconds || 20), () => this.look());
  }

  disconnectedCallback() {
    this.stop?.();
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
