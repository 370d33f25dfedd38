// The list of entries that are still on this tablet: waiting, or refused with the reason and a way to correct it.
import { first_words, name_of } from "./entry.js";

/** Draw the rows anew; `on_correct` and `on_remove` get the entry. Only our own elements, only text. */
export function draw_list(place, entries, { words, language, on_correct, on_remove }) {
  place.replaceChildren(...entries.map((entry) => row_of(entry)));

  function row_of(entry) {
    const is_refused = entry.state === "refused";
    const row = make("li", "counter-entry panel");
    const head = make("p", "row");
    head.append(make("strong", "", name_of(entry, words.somebody)));
    head.append(make("span", is_refused ? "chip chip-late" : "chip chip-warn", is_refused ? words.is_refused : words.is_waiting));
    const moment = new Date(entry.noted_at).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
    head.append(make("span", "muted small", words.noted_at.replace("{moment}", moment)));
    row.append(head, make("p", "small", first_words(entry)));
    if (entry.message) row.append(make("p", is_refused ? "error" : "muted small", entry.message));
    if (is_refused) row.append(acts_of(entry));
    return row;
  }

  function acts_of(entry) {
    const acts = make("div", "row");
    acts.append(button(words.correct, "btn", () => on_correct(entry)), button(words.remove, "btn btn-quiet", () => on_remove(entry)));
    return acts;
  }
}

function make(name, css, text = "") {
  const found = document.createElement(name);
  if (css) found.className = css;
  if (text) found.textContent = text;
  return found;
}

function button(label, css, act) {
  const found = make("button", css, label);
  found.type = "button";
  found.addEventListener("click", act);
  return found;
}
