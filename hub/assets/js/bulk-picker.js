// <bulk-picker> around a list and its bulk form: counts what is ticked, Shift ticks a range, the button waits for a tick.
export class BulkPicker extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("change", () => this.count());
    addEventListener("pageshow", () => this.count());
    this.count();
  }

  boxes() {
    return [...this.querySelectorAll('input[name="ticket"]')];
  }

  click(event) {
    const box = event.target.closest('input[name="ticket"]');
    if (!box) return;
    if (event.shiftKey && this.last && this.last !== box) this.tick_between(this.last, box);
    this.last = box;
  }

  tick_between(one, other) {
    const boxes = this.boxes();
    const [first, last] = [boxes.indexOf(one), boxes.indexOf(other)].sort((a, b) => a - b);
    for (const box of boxes.slice(first, last + 1)) box.checked = other.checked;
    this.count();
  }

  count() {
    const all = this.querySelector('input[name="all"]');
    const ticked = this.boxes().filter((box) => box.checked).length;
    const words = this.querySelector("[data-picked]");
    const button = this.querySelector("[data-bulk-button]");
    if (!words || !button) return;
    const said = ticked === 1 ? words.dataset.one : words.dataset.many.replace("{count}", String(ticked));
    words.textContent = ticked && !all?.checked ? said : "";
    this.classList.toggle("has-ticked", Boolean(ticked || all?.checked));
  }
}
