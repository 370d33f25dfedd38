// <reply-composer> around form.composer: what the button says, standard replies by "/" or a button, Ctrl+Enter sends.
import { choose_by_keys } from "./standard-replies.js";

const MARGIN_PX = 8;
const HOLE = /\[(à compléter :|to complete:)[^\]\n]*\]/;

export class ReplyComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.box = this.querySelector("textarea");
    if (!this.form || !this.box) return;
    this.form.addEventListener("change", () => this.show_mode());
    this.form.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("click", (event) => this.insert(event));
    const replies = this.replies();
    if (replies) choose_by_keys(replies);
    this.show_mode();
    this.show_newest();
  }

  get mode() {
    return this.form.querySelector('[name="mode"]:checked')?.value ?? "reply";
  }

  show_mode() {
    this.form.dataset.mode = this.mode;
    const button = this.querySelector("[data-label-reply]");
    const words = this.mode === "note" ? button?.dataset.labelNote : button?.dataset.labelReply;
    const place = button?.querySelector("span") ?? button;
    if (place && words) place.textContent = words;
  }

  /** What somebody wrote last is what the agent came for, from its first line; a link to one message is left alone. */
  show_newest() {
    const pane = this.closest(".pane-thread");
    if (!pane || location.hash) return;
    pane.scrollTop = pane.scrollHeight;
    const newest = [...pane.querySelectorAll(".msg:not(.msg-automatic)")].at(-1);
    const hidden = newest && (pane.querySelector(".pane-head")?.getBoundingClientRect().bottom ?? 0) - newest.getBoundingClientRect().top;
    if (hidden > 0) pane.scrollTop -= hidden + MARGIN_PX;
  }

  press(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector("[data-label-reply]") ?? undefined);
    } else if (event.key === "/" && event.target === this.box && this.starts_a_word()) {
      const dialog = this.replies();
      if (dialog) { event.preventDefault(); dialog.showModal(); }
    }
  }

  starts_a_word() {
    return /(^|\s)$/.test(this.box.value.slice(0, this.box.selectionStart));
  }

  /** The dialog that holds the standard replies. */
  replies() {
    return document.querySelector("[data-standard-replies]")?.closest("dialog") ?? null;
  }

  insert(event) {
    const button = event.target.closest?.("[data-insert]");
    if (!button) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value } = this.box;
    button.closest("dialog")?.close(); // first: under an open dialog the box is inert, and takes no selection
    this.box.focus();
    const gap = /\S$/.test(value.slice(0, start)) ? "\n\n" : ""; // a second text does not stick to the first
    this.box.setRangeText(gap + button.dataset.insert, start, end, "end");
    this.select_hole(start);
    this.note_used(button.dataset.insertId, button.dataset.insertName);
    this.show_acts(button.dataset.insertId, button.dataset.insertActs);
    if (value !== this.box.value) this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** What the text left to be completed is what one types next. */
  select_hole(from) {
    const hole = HOLE.exec(this.box.value.slice(from));
    if (hole) this.box.setSelectionRange(from + hole.index, from + hole.index + hole[0].length);
  }

  /** What the standard reply also sets on the ticket goes with the reply unless it is unticked. */
  show_acts(id, words) {
    const place = this.querySelector("[data-reply-acts]");
    if (!words || !place || place.querySelector(`[name="acts_of"][value="${id}"]`)) return;
    const label = document.createElement("label");
    const box = document.createElement("input");
    const said = document.createElement("span");
    label.className = "choice";
    Object.assign(box, { type: "checkbox", name: "acts_of", value: id, checked: true });
    said.textContent = words;
    label.append(box, said);
    place.append(label);
  }

  /** Which standard reply or article was used travels with the form, for its figures. */
  note_used(id, name = "standard_reply_id") {
    if (!id) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value: id });
    this.form.append(field);
  }
}
