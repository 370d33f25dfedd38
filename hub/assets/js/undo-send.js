// <undo-send data-seconds> around the undo form: counts down in [data-left] and goes away; the delay itself is the server's.
export class UndoSend extends HTMLElement {
  connectedCallback() {
    const ends_at = performance.now() + 1000 * Number(this.dataset.seconds || 0);
    this.timer = setInterval(() => this.count(ends_at), 250);
    this.count(ends_at);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  count(ends_at) {
    const left = Math.max(0, Math.ceil((ends_at - performance.now()) / 1000));
    const place = this.querySelector("[data-left]") ?? this.closest(".toast")?.querySelector("[data-left]");
    if (place) place.textContent = String(left);
    if (left) return;
    clearInterval(this.timer);
    (this.closest(".toast") ?? this).remove();
  }
}
