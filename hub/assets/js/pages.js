// Behaviour every page has: dialogs opened by links, Enter in a field that has a button of its own, the error summary focused, htmx's CSRF token, no double posting.
import { token_near } from "./wire.js";

export function start_pages() {
  document.addEventListener("click", open_dialog);
  document.addEventListener("keydown", press_own_button);
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

/** Enter presses the first button of a form; a field with `data-enter` has its own, by the value of that button's `act`. */
function press_own_button(event) {
  const act = event.target.dataset?.enter;
  if (!act || event.key !== "Enter" || event.isComposing) return;
  const button = event.target.form?.querySelector(`button[name="act"][value="${act}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
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
