// <word-suggestions data-href>: around the search field; offers filters and values while one types. Enter without a choice searches.
import { ask } from "./wire.js";

const PAUSE_MS = 140;

export class WordSuggestions extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[data-search]");
    this.list = document.createElement("div");
    Object.assign(this.list, { id: "word-suggestions", className: "word-list", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.querySelector("label")?.textContent ?? "");
    this.append(this.list);
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", this.list.id], ["aria-autocomplete", "list"]]) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("focus", () => this.input.value || this.look());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
    this.closest("form").addEventListener("click", (event) => this.add_filter(event));
  }

  /** A press on a filter of the help puts it into the field. */
  add_filter(event) {
    const link = event.target.closest("[data-adds]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const words = this.input.value.trim();
    this.fill(`${words ? `${words} ` : ""}${link.dataset.adds}`);
  }

  look() {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = new AbortController();
    const { signal } = this.running;
    this.timer = setTimeout(async () => {
      const found = await ask(`${this.dataset.href}?q=${encodeURIComponent(this.input.value)}`, signal);
      if (found && !signal.aborted && document.activeElement === this.input) this.show(found);
    }, PAUSE_MS);
  }

  show(found) {
    this.list.replaceChildren(...found.map(to_option));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(Boolean(found.length)));
    this.select(null);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.select(null);
  }

  select(option) {
    this.current?.setAttribute("aria-selected", "false");
    this.current = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  press(event) {
    if (this.list.hidden) return;
    const options = [...this.list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const at = options.indexOf(this.current) + step;
      this.select(options[(at + options.length) % options.length] ?? options[0]);
    } else if (event.key === "Enter" && this.current) {
      event.preventDefault();
      this.take(this.current);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }

  take(option) {
    if (option) this.fill(option.dataset.words);
  }

  fill(words) {
    this.input.value = words;
    this.input.focus();
    this.input.setSelectionRange(words.length, words.length);
    this.look();
  }
}

function to_option(item, position) {
  const option = document.createElement("div");
  Object.assign(option, { role: "option", id: `word-${position}` });
  option.setAttribute("aria-selected", "false");
  option.dataset.words = item.search;
  for (const [words, css] of [[item.label, ""], [item.hint, "muted small"]]) {
    const part = document.createElement("span");
    part.textContent = words;
    part.className = css;
    option.append(part);
  }
  return option;
}
