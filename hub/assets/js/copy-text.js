// <copy-text data-text data-done> around a button: copies, then says so for two seconds.
export class CopyText extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.copy());
  }

  async copy() {
    const place = this.querySelector("button span") ?? this.querySelector("button");
    if (!place || this.before) return;
    await navigator.clipboard.writeText(this.dataset.text);
    this.before = place.textContent;
    place.textContent = this.dataset.done || this.before;
    setTimeout(() => { place.textContent = this.before; this.before = ""; }, 2000);
  }
}
