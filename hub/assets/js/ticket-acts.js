// Small elements of the ticket: files kept as they are chosen, tags suggested while typing, the print button.
import { ask, token_near } from "./wire.js";

/** <attach-files data-href> in the composer: a chosen file is kept on the server at once and listed with a way off. */
export class AttachFiles extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => { if (event.target.type === "file") this.send(event.target); });
    this.addEventListener("click", (event) => this.remove_one(event));
  }

  async send(field) {
    const body = new FormData();
    for (const file of field.files) body.append("files", file);
    await this.post(this.dataset.href, body);
    field.value = "";
  }

  remove_one(event) {
    const button = event.target.closest("[data-remove-file]");
    if (!button) return;
    event.preventDefault();
    this.post(button.formAction, new FormData());
  }

  async post(href, body) {
    body.append("csrf_token", token_near(this));
    try {
      const answer = await fetch(href, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
      const list = this.querySelector("#composer-files");
      if (answer.headers.get("Content-Type")?.startsWith("text/html")) list.outerHTML = await answer.text();
    } catch { /* no network: the files are still in the field, and go with the form */ }
  }
}

/** <tag-field data-href> around an input with a datalist: the chain's tags, asked for once; unfolded, it takes what is typed. */
export class TagField extends HTMLElement {
  connectedCallback() {
    this.addEventListener("focusin", () => this.fill(), { once: true });
    const fold = this.closest("details");
    fold?.addEventListener("toggle", () => { if (fold.open) this.querySelector("input").focus(); });
  }

  async fill() {
    const names = (await ask(this.dataset.href)) ?? [];
    this.querySelector("datalist").append(...names.map((value) => Object.assign(document.createElement("option"), { value })));
  }
}

/** <print-page> around a button. */
export class PrintPage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => window.print());
  }
}
