// What can be seen to be missing before the customer has left; the hub checks again.
const PIN = /^\d{4,6}$/;

/** Marks what is to be corrected and takes the reader there. True when the entry can be kept. */
export function is_complete(form, words) {
  const said = (name) => (form.elements.namedItem(name)?.value ?? "").trim();
  const has_name = ["first_name", "last_name", "email", "phone", "order_number"].some((name) => said(name));
  const complaints = {
    last_name: has_name ? "" : words.no_name,
    email: said("answer_by") === "mail" && !said("email") && !said("order_number") ? words.no_mail : "",
    phone: said("answer_by") === "phone" && !said("phone") && !said("order_number") ? words.no_phone : "",
    reason: said("answer_by") === "none" && !said("reason") ? words.no_reason : "",
    pin: PIN.test(said("pin")) ? "" : words.bad_pin,
  };
  for (const [name, sentence] of Object.entries(complaints)) form.elements.namedItem(name)?.setCustomValidity(sentence);
  return form.reportValidity();
}

/** The hub's sentence beside its field; false when it is about none of them. */
export function point_out(form, name, sentence) {
  const item = name && form.elements.namedItem(name);
  const field = item instanceof HTMLElement ? item.closest(".field") : null;
  if (!field) return false;
  const told = document.createElement("p");
  told.className = "error";
  told.id = `${item.id}-told`;
  told.textContent = sentence;
  field.append(told);
  item.setAttribute("aria-invalid", "true");
  item.setAttribute("aria-describedby", told.id);
  item.focus();
  return true;
}

export function forget_errors(form) {
  for (const told of form.querySelectorAll(".error")) told.remove();
  for (const item of form.querySelectorAll("[aria-invalid]")) {
    item.removeAttribute("aria-invalid");
    item.removeAttribute("aria-describedby");
  }
  for (const item of form.elements) item.setCustomValidity?.("");
}
