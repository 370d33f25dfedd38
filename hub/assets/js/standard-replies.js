// The dialog of standard replies by keyboard: Enter in the search takes the first found, the arrows go through the others.

export function choose_by_keys(dialog) {
  const field = dialog.querySelector('input[type="search"]');
  if (!field) return;
  const state = { asked: "", found: null, is_awaited: false };
  const press_first = () => {
    state.is_awaited = false;
    dialog.querySelector("[data-insert]")?.click();
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === field && !event.isComposing) {
      event.preventDefault();
      if (state.found === field.value) press_first();
      else state.is_awaited = true;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event, [field, ...dialog.querySelectorAll("[data-insert]")]);
  });
  field.addEventListener("input", () => (state.is_awaited = false));
  dialog.addEventListener("close", () => (state.is_awaited = false));
  dialog.addEventListener("htmx:config:request", () => (state.asked = field.value));
  dialog.addEventListener("htmx:after:swap", () => {
    state.found = state.asked;
    if (state.is_awaited && state.found === field.value) press_first();
  });
}

function move(event, stops) {
  const at = stops.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  stops[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), stops.length - 1)].focus();
}
