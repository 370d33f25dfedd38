// <template-editor> around the editor's form: a press on a variable puts it where one was typing.
export class TemplateEditor extends HTMLElement {
  connectedCallback() {
    this.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-words]")) this.place = event.target;
    });
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-insert]");
      if (button) this.insert(button.dataset.insert);
    });
  }

  insert(text) {
    const place = this.place?.isConnected ? this.place : this.querySelector("[data-words]");
    if (!place) return;
    place.focus();
    place.setRangeText(text, place.selectionStart, place.selectionEnd, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
