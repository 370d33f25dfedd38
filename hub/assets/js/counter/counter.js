// Entry of the counter's script. <counter-desk> around the form: every entry is kept here first, then brought to the hub.
import { forget_errors, is_complete, point_out } from "./checks.js";
import { Courier } from "./courier.js";
import { drop_entry, find_entry, list_entries, put_entry } from "./drawer.js";
import { bound_bytes, fill_form, is_begun, name_of, read_entry } from "./entry.js";
import { draw_list } from "./list.js";
import { seal_secret } from "./seal.js";

const AGAIN_MS = 15000, SLOW_MS = 1000, DEAD_MS = 3000;

class CounterDesk extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.dataset.words);
    this.form = this.querySelector("form");
    this.told = this.querySelector("[data-told]");
    this.state = this.querySelector("[data-state]");
    this.list = this.querySelector("[data-entries]");
    this.anew = this.querySelector("[data-anew]");
    if (!(isSecureContext && "indexedDB" in window && crypto.subtle)) return this.say("unable");
    this.courier = new Courier({ token: this.dataset.token, entries: this.dataset.entries });
    this.form.addEventListener("submit", (event) => this.note(event));
    this.anew.addEventListener("click", () => this.begin_anew());
    this.form.addEventListener("input", () => { for (const item of this.form.elements) item.setCustomValidity?.(""); });
    for (const name of ["online", "offline"]) addEventListener(name, () => this.bring());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.bring());
    setInterval(() => this.bring(), AGAIN_MS);
    navigator.storage?.persist?.();
    this.bring();
    return navigator.serviceWorker?.register(this.dataset.worker).catch(() => {});
  }

  /** Kept first: whatever happens to network, page or tablet from here on, the entry is there. */
  async note(event) {
    event.preventDefault();
    forget_errors(this.form);
    if (this.is_noting || !is_complete(this.form, this.words)) return;
    this.is_noting = true;
    this.say("sending");
    const key = this.correcting ?? crypto.randomUUID();
    try {
      await put_entry(await this.signed_entry(key));
    } catch {
      this.form.submit(); // nothing can be kept here: sent as any other form
      return;
    }
    setTimeout(() => this.show(), this.correcting ? 0 : SLOW_MS); // what waits for the hub is seen waiting
    this.clear(); // for the next customer
    this.is_noting = false;
    const slow = setTimeout(() => this.say("later"), DEAD_MS); // a network that is there and answers nothing is not waited for
    await this.bring();
    clearTimeout(slow);
    await this.tell_end(key);
  }

  async signed_entry(key) {
    const before = this.correcting && (await find_entry(key));
    const entry = read_entry(this.form, { key, noted_at: before?.noted_at ?? Date.now() });
    const { sealKey, sealPurpose } = this.dataset;
    entry.sealed_pin = await seal_secret(this.form.elements.pin.value, { key: sealKey, purpose: sealPurpose, bound: bound_bytes(entry) });
    return entry;
  }

  /** What became of an entry: taken, kept for later, or refused. The form may hold the next customer's words by now. */
  async tell_end(key) {
    const left = await find_entry(key);
    if (left?.state === "refused") return this.tell(`${name_of(left, this.words.somebody)} · ${left.message}`);
    if (left) return this.tell(left.message || this.words[navigator.onLine ? "later" : "kept"]);
    return this.tell_taken(this.courier.taken_as.get(key));
  }

  clear() {
    const signer = this.form.elements.signer.value;
    this.form.reset();
    this.form.elements.signer.value = signer;
    forget_errors(this.form);
    this.begin_correcting(undefined);
  }

  /** Under which key the form is noted; a new entry gets its own. */
  begin_correcting(key) {
    this.correcting = key;
    this.anew.hidden = !key;
  }

  begin_anew() {
    this.clear();
    this.tell("");
    this.form.elements.first_name.focus();
  }

  async bring() {
    this.ending = await this.courier.go();
    await this.show();
  }

  async show() {
    const entries = await list_entries();
    const count = (state) => entries.filter((entry) => entry.state === state).length;
    const lines = [["waiting", count("waiting")], ["refused", count("refused")]]
      .filter(([, number]) => number)
      .map(([name, number]) => this.words[name].replace("{count}", number));
    if (this.ending === "signed_out" && count("waiting")) lines.push(this.words.signed_out);
    else if (!navigator.onLine) lines.push(this.words.offline);
    const said = lines.join(" · ") || this.words.online;
    if (this.state.textContent !== said) this.state.textContent = said;
    const login = this.querySelector("[data-login]");
    if (login) login.hidden = !(this.ending === "signed_out" && count("waiting"));
    const drawn = JSON.stringify(entries);
    if (drawn === this.drawn) return; // a button under the finger stays where it is
    this.drawn = drawn;
    const acts = { on_correct: (entry) => this.correct(entry), on_remove: (entry) => this.remove_entry(entry) };
    draw_list(this.list, entries, { words: this.words, language: document.documentElement.lang, ...acts });
  }

  correct(entry) {
    if (is_begun(this.form) && !confirm(this.words.really_leave)) return;
    if (entry.fields.store !== this.form.elements.store.value) {
      location.href = `${this.dataset.entries}?store=${encodeURIComponent(entry.fields.store)}`;
      return;
    }
    this.clear();
    fill_form(this.form, entry);
    this.begin_correcting(entry.key);
    this.tell(this.words.correcting);
    if (!point_out(this.form, entry.field, entry.message)) this.form.elements.text.focus();
  }

  async remove_entry(entry) {
    if (!confirm(this.words.really_remove)) return;
    await drop_entry(entry.key);
    if (this.correcting === entry.key) this.clear();
    await this.show();
    this.state.focus();
  }

  say(name) {
    this.tell(this.words[name]);
  }

  tell(sentence) {
    this.told.replaceChildren(sentence);
  }

  /** The ticket can be opened from there; another page of this browser may have brought it. */
  tell_taken(ticket) {
    const [before, after] = this.words.noted.split("{number}");
    const link = document.createElement("a");
    link.href = ticket?.href ?? this.dataset.inbox;
    link.textContent = ticket?.number ?? "";
    this.told.replaceChildren(before, link, after, ticket?.meant ? ` ${ticket.meant}` : "");
  }
}

customElements.define("counter-desk", CounterDesk);
