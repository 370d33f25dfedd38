// <command-palette>: Ctrl+K opens a list of the page's own links, the menu, and what the server finds.
import { ask } from "./wire.js";

const PAUSE_MS = 180;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.on_key = (event) => this.open_by_key(event);
    document.addEventListener("keydown", this.on_key);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.choose(event));
    this.list.addEventListener("click", (event) => this.follow(event.target.closest("[role=option]")));
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.on_key);
  }

  open_by_key(event) {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (this.dialog.open) return this.dialog.close();
    this.input.value = "";
    this.dialog.showModal();
    this.search();
  }

  /** What the page's own keys do, with the key; links that name themselves; then the menu. */
  own_items() {
    const links = document.querySelectorAll("a[data-palette], .rail-list a, .person-menu a");
    const keys = document.querySelectorAll("[data-shortcut]:not(a[data-palette])");
    return [
      ...[...keys].map((element) => ({ label: element.textContent.trim(), element, hint: element.dataset.shortcut })),
      ...[...links].map((link) => ({ label: link.dataset.palette || (link.querySelector(":scope > span") ?? link).textContent.trim(), href: link.href, hint: link.dataset.shortcut ?? "" })),
    ];
  }

  async search() {
    const words = this.input.value.trim();
    const own = this.own_items().filter((item) => fold(item.label).includes(fold(words)));
    this.show(own);
    clearTimeout(this.timer);
    this.running?.abort();
    const href = document.body.dataset.searchHref;
    if (!href || words.length < 2) return;
    this.running = new AbortController();
    const { signal } = this.running;
    this.timer = setTimeout(async () => {
      const found = await ask(`${href}?q=${encodeURIComponent(words)}`, signal);
      if (found && !signal.aborted) this.show([...own, ...found]); // what was chosen stays under the finger
    }, PAUSE_MS);
  }

  show(items) {
    const seen = new Set();
    const options = items.filter((item) => !seen.has(item.href ?? item.element) && seen.add(item.href ?? item.element)).slice(0, 12).map(to_option);
    this.list.replaceChildren(...options);
    if (!options.length) {
      const none = document.createElement("p");
      none.textContent = this.list.dataset.none;
      this.list.append(none);
    }
    this.select(options[0]);
  }

  select(option) {
    this.current?.setAttribute("aria-selected", "false");
    this.current = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  choose(event) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      this.select(options[(options.indexOf(this.current) + step + options.length) % options.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.follow(this.current);
    }
  }

  follow(option) {
    if (!option) return;
    this.dialog.close();
    if (option.item.element) option.item.element.click();
    else location.assign(option.item.href);
  }
}

function to_option(item, position) {
  const option = document.createElement("div");
  Object.assign(option, { role: "option", id: `palette-${position}` });
  option.setAttribute("aria-selected", "false");
  option.item = item;
  for (const [words, css] of [[item.label, ""], [item.hint, "muted small"]]) {
    if (!words) continue;
    const part = document.createElement(words.length === 1 && css ? "kbd" : "span");
    part.textContent = words;
    part.className = css;
    option.append(part);
  }
  return option;
}
