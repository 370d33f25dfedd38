// The chat widget: <script src="https://hub.example/chat.js" data-store="lyon" async></script> puts <comptoir-chat> at the end of the page.
import css from "./chat.css";
import { Watch, Wire } from "./wire.js";

const FIRST_WORDS = {
  fr: { open: "Nous écrire", unread: "réponse à lire", broken: "Le chat n’est pas joignable. Réessayez dans un instant." },
  en: { open: "Write to us", unread: "answer to read", broken: "The chat cannot be reached. Please try again in a moment." },
};
const MARKUP = `<button type="button" class="launcher" aria-expanded="false" aria-controls="panel"></button>
<section class="panel" id="panel" role="dialog" aria-labelledby="title" hidden>
<header><h2 id="title"></h2><button type="button" class="plain" id="close"><span aria-hidden="true">✕</span></button></header>
<div class="log" id="log" role="log" aria-live="polite" tabindex="0"></div>
<p class="status" id="status" role="status"></p>
<form id="form" novalidate>
<label id="name-box"><span></span><input name="name" maxlength="80" autocomplete="name"></label>
<label id="email-box"><span></span><input name="email" type="email" maxlength="254" autocomplete="email"></label>
<label id="text-box"><span></span><textarea name="text" rows="2" maxlength="2000" required></textarea></label>
<button id="send"></button>
<p class="consent" id="consent"></p></form>
<div class="acts"><button type="button" class="quiet" id="end" hidden></button><button type="button" class="quiet" id="again" hidden></button></div>
</section>`;
const draw_key = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

class ComptoirChat extends HTMLElement {
  connectedCallback() {
    const lang = this.dataset.lang.toLowerCase().startsWith("en") ? "en" : "fr";
    this.first = FIRST_WORDS[lang];
    this.lang = lang;
    this.wire = new Wire(this.dataset.hub, this.dataset.store, lang);
    this.watch = new Watch(() => this.look());
    Object.assign(this, { shown: 0, read: 0, unread: 0, key: draw_key() });
    this.draw();
    addEventListener("pagehide", () => { if (this.wire.token) this.wire.beacon("leave", { token: this.wire.token, read: this.read }); });
    addEventListener("pageshow", (event) => { if (event.persisted && this.wire.token) this.watch.now(); });
    if (this.wire.token) this.greet();
  }

  draw() {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.innerHTML = MARKUP;
    for (const part of root.querySelectorAll("[id]")) this[`$${part.id}`] = part;
    this.$launcher = root.querySelector(".launcher");
    this.$panel.setAttribute("lang", this.lang);
    this.say_launcher();
    this.$launcher.addEventListener("click", () => this.open());
    this.$close.addEventListener("click", () => this.close());
    this.$end.addEventListener("click", () => this.end());
    this.$again.addEventListener("click", () => this.begin_again());
    this.$form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.$form.addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.$panel.hidden) { event.stopPropagation(); this.close(); }
    });
  }

  /** Enter sends, with Shift it begins a new line; not while a word is being composed. */
  press(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.name !== "text") return;
    event.preventDefault();
    this.send();
  }

  say_launcher() {
    this.$launcher.textContent = this.unread ? `${this.first.open} (${this.unread} ${this.first.unread})` : this.first.open;
  }

  async open() {
    this.$panel.hidden = false;
    this.$launcher.hidden = true;
    this.$launcher.setAttribute("aria-expanded", "true");
    this.unread = 0;
    this.say_launcher();
    if (!this.words || !this.chat) await this.greet();
    else this.watch.now();
    (this.$form.hidden ? this.$close : this.$form.elements.text).focus();
    this.$log.scrollTop = this.$log.scrollHeight;
  }

  close() {
    this.$panel.hidden = true;
    this.$launcher.hidden = false;
    this.$launcher.setAttribute("aria-expanded", "false");
    this.$launcher.focus();
  }

  /** Words, whether somebody is there, and the chat of this tab if it goes on. */
  async greet() {
    const { ok, body } = await this.wire.post("hello", { token: this.wire.token });
    if (!ok) { this.tell(body.error?.message ?? this.first.broken, true); this.$form.hidden = true; return; }
    this.words = body.words;
    this.is_open = body.open;
    this.write_words();
    if (body.chat) this.take(body.chat);
    else this.wire.token = "";
    this.show_state();
    if (!this.chat && !this.$log.childElementCount) this.tell(this.is_open ? this.words.welcome : this.words.nobody);
  }

  write_words() {
    const words = this.words;
    this.$title.textContent = words.title;
    this.$close.setAttribute("aria-label", words.close);
    this.$log.setAttribute("aria-label", words.log);
    this.$end.textContent = words.end;
    this.$consent.textContent = `${words.consent} `;
    if (!/^https?:/.test(words.privacy_url)) return;
    const link = Object.assign(document.createElement("a"), { href: words.privacy_url, textContent: words.privacy, target: "_blank", rel: "noopener" });
    this.$consent.append(link);
  }

  /** Which fields are asked: name and mail address before the first line, only the text afterwards. */
  show_state() {
    const { words, chat } = this;
    const is_note = !chat && !this.is_open;
    const label = (box, text) => { box.firstElementChild.textContent = text; };
    label(this["$name-box"], words.name);
    label(this["$email-box"], is_note ? words.email_needed : words.email);
    label(this["$text-box"], words.text);
    this.$form.elements.email.required = is_note;
    this["$name-box"].hidden = this["$email-box"].hidden = Boolean(chat);
    this.$consent.hidden = Boolean(chat);
    this.$send.textContent = is_note ? words.leave : words.send;
    this.$form.hidden = false;
    this.$end.hidden = !chat;
    this.$again.hidden = true;
  }

  async send() {
    const fields = this.$form.elements;
    if (this.is_sending) return;
    if (!this.$form.checkValidity()) { this.$form.querySelector(":invalid").focus(); this.$form.reportValidity(); return; }
    this.is_sending = true;
    const given = { text: fields.text.value, name: fields.name.value, email: fields.email.value, key: this.key };
    const path = this.chat ? "say" : this.is_open ? "open" : "note";
    const { ok, status, body } = await this.wire.post(path, { ...given, token: this.chat?.token ?? "", after: this.shown });
    this.is_sending = false;
    if (!ok) { this.refuse(status, body); return; }
    this.key = draw_key();
    fields.text.value = "";
    this.tell("");
    if (path === "note") { this.thank(); return; }
    const is_first = !this.chat;
    this.take(body.chat);
    if (is_first) this.show_state();
    fields.text.focus();
  }

  refuse(status, body) {
    if (status === 404 || status === 410) { this.lose(); return; }
    this.tell(body.error?.message ?? this.words.failed, true);
    const field = this.$form.elements[body.error?.field];
    field?.focus();
  }

  thank() {
    this.tell(this.words.sent);
    this.finish(this.words.another);
  }

  /** The hub knows this chat no more: what is on screen stays, a new one can begin. */
  lose() {
    this.forget();
    this.tell(this.words.ended);
    this.finish(this.words.again);
  }

  end() {
    this.wire.beacon("leave", { token: this.wire.token, read: this.read, closed: "1" });
    this.lose();
  }

  forget() {
    this.watch.stop();
    this.chat = null;
    this.wire.token = "";
  }

  finish(words) {
    this.$form.hidden = this.$end.hidden = true;
    Object.assign(this.$again, { hidden: false, textContent: words });
    this.$again.focus();
  }

  begin_again() {
    this.$log.replaceChildren();
    Object.assign(this, { shown: 0, read: 0, key: draw_key() });
    this.tell("");
    this.greet().then(() => this.$form.elements.text.focus());
  }

  async look() {
    if (!this.chat) return;
    const { ok, status, body } = await this.wire.post("look", { token: this.chat.token, after: this.shown, read: this.read });
    if (ok && this.chat) this.take(body.chat);
    else if (status === 404 || status === 410) this.lose();
    else if (!ok) this.watch.close();
  }

  take(chat) {
    this.chat = chat;
    this.wire.token = chat.token;
    const fresh = chat.lines.filter((line) => line.id > this.shown);
    for (const line of fresh) this.add(line);
    if (!this.$panel.hidden && document.visibilityState === "visible") this.read = this.shown;
    else this.unread += fresh.filter((line) => !line.mine && this.watch.runs).length;
    this.say_launcher();
    if (fresh.length) this.$log.scrollTop = this.$log.scrollHeight;
    const { words } = this;
    if (!this.$status.classList.contains("is-error") || fresh.length) {
      this.tell(chat.writing ? words.writing.replace("{name}", chat.writing) : chat.settled ? words.settled : "");
    }
    this.watch.start();
    this.watch.listen(chat.stream);
  }

  add({ id, mine, name, text, at }) {
    const [line, who] = [document.createElement("p"), document.createElement("b")];
    line.className = mine ? "mine" : "theirs";
    const time = new Date(at).toLocaleTimeString(this.lang, { hour: "2-digit", minute: "2-digit" });
    who.textContent = `${mine ? this.words.me : name}, ${time}`;
    line.append(who, text);
    this.$log.append(line);
    this.shown = Math.max(this.shown, id);
  }

  tell(words, is_error = false) {
    this.$status.classList.toggle("is-error", is_error);
    if (this.$status.textContent !== words) this.$status.textContent = words;
  }
}

function start(script) {
  if (!script || customElements.get("comptoir-chat")) return;
  customElements.define("comptoir-chat", ComptoirChat);
  const chat = document.createElement("comptoir-chat");
  chat.dataset.hub = new URL(".", script.src).href;
  chat.dataset.store = script.dataset.store ?? "";
  chat.dataset.lang = script.dataset.lang || document.documentElement.lang || navigator.language || "fr";
  const put = () => document.body.append(chat);
  if (document.body) put();
  else addEventListener("DOMContentLoaded", put);
}

start(document.currentScript);
