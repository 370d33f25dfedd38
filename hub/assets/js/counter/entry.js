// One entry of the counter: what the form says, what a PIN signs, and what the list shows of it.

/** What a PIN signs, in this order (hub/blueprints/counter/forms.py has the same). */
const BOUND = [
  "key", "noted_at", "store", "signer", "first_name", "last_name", "email", "phone", "order_number", "text",
  "reason", "answer_by", "answer_until_on",
];
const LEFT_OUT = ["csrf_token", "pin", "sealed_pin", "sent_at"];
const FIXED = ["key", "store", "noted_at"];
const TYPED = ["first_name", "last_name", "email", "phone", "order_number", "text"];
const SHOWN_CHARS = 80;

/** The words of the form as an entry; the PIN is not among them. */
export function read_entry(form, { key, noted_at }) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (!LEFT_OUT.includes(name)) fields[name] = String(value).replaceAll("\r\n", "\n");
  }
  fields.key = key;
  fields.noted_at = String(noted_at);
  fields.noted_words = new Date(noted_at).toISOString();
  return { key, noted_at, fields, state: "waiting" };
}

export function bound_bytes({ fields }) {
  return new TextEncoder().encode(BOUND.map((name) => fields[name] ?? "").join("\x1f"));
}

/** Back into the form, to be corrected; the PIN is typed again. */
export function fill_form(form, { fields }) {
  for (const [name, value] of Object.entries(fields)) {
    const item = form.elements.namedItem(name);
    if (item && !FIXED.includes(name)) item.value = value;
  }
}

/** Somebody has typed what is not noted yet. */
export function is_begun(form) {
  return TYPED.some((name) => form.elements.namedItem(name)?.value.trim());
}

/** Who it is about, as far as the entry says. */
export function name_of({ fields }, somebody) {
  const name = [fields.first_name, fields.last_name].filter(Boolean).join(" ");
  return name || fields.email || fields.phone || fields.order_number || somebody;
}

export function first_words({ fields }) {
  const line = fields.text.replace(/\s+/g, " ").trim();
  return line.length <= SHOWN_CHARS ? line : `${line.slice(0, SHOWN_CHARS - 1)}…`;
}
