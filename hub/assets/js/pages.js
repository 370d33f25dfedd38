// Behaviour every page has: dialogs opened by links, the error summary focused, htmx's CSRF token, no double posting.
import { token_near } from "./wire.js";

export function start_pages() {
  document.addEventListener("click", open_dialog);
  document.addEventListener("submit", refuse_second_press);
  document.addEventListener("htmx:config:request", add_token);
  document.querySelector("[data-focus]")?.focus();
  addEventListener("pageshow", free_forms);
}

/** A press with Ctrl or the middle button still follows the link. */
function open_dialog(event) {
  const opener = event.target.closest?.("[data-opens]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const dialog = document.getElementById(opener.dataset.opens);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  dialog.showModal();
}

/** The second press of an impatient finger posts nothing. */
function refuse_second_press(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
}

function free_forms() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

function add_token(event) {
  const headers = event.detail?.ctx?.request?.headers;
  if (headers) headers["X-CSRFToken"] = token_near(event.target);
}
