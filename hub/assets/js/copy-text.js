// <copy-text data-text data-done> around a button: copies, then says so for two seconds.
const PATIENCE_MS = 400;

export class CopyText extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.copy());
  }

  async copy() {
    const place = this.querySelector("button span") ?? this.querySelector("button");
    if (!place || this.said) return;
    try {
      await Promise.race([navigator.clipboard.writeText(this.dataset.text), refusal_after(PATIENCE_MS)]);
    } catch {
      copy_by_selection(this.dataset.text);
    }
    this.said = place.textContent;
    place.textContent = this.dataset.done || this.said;
    setTimeout(() => { place.textContent = this.said; this.said = ""; }, 2000);
  }
}

/** A browser that asks its user about the clipboard answers nothing until it is told. */
function refusal_after(milliseconds) {
  return new Promise((_kept, refuse) => { setTimeout(refuse, milliseconds); });
}

/** Where the clipboard is refused (a plain-HTTP shop network), the old way still works. */
function copy_by_selection(text) {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}
