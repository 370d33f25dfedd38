// Talks to the hub: forms out, JSON back, a stream where there is one. Nothing is kept but the chat's token, for this tab alone.

/** A wire to one hub and store. Answers are `{ ok, status, body }`; without a network status is 0. */
export class Wire {
  constructor(base, store, lang) {
    Object.assign(this, { base, store, lang, place: `comptoir-chat ${base}${store}` });
  }

  async post(path, fields = {}) {
    const body = new URLSearchParams({ store: this.store, lang: this.lang, page: location.href, ...fields });
    try {
      const answer = await fetch(`${this.base}chat/${path}`, { method: "POST", body, credentials: "omit", headers: { Accept: "application/json" } });
      return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
    } catch {
      return { ok: false, status: 0, body: {} };
    }
  }

  /** Outlives the page. */
  beacon(path, fields) {
    navigator.sendBeacon?.(`${this.base}chat/${path}`, new URLSearchParams({ store: this.store, ...fields }));
  }

  get token() {
    try { return sessionStorage.getItem(this.place) ?? ""; } catch { return this.kept ?? ""; }
  }

  set token(token) {
    this.kept = token;
    try {
      if (token) sessionStorage.setItem(this.place, token);
      else sessionStorage.removeItem(this.place);
    } catch { /* a browser that keeps nothing: the chat lasts as long as the page */ }
  }
}

const POLL_MS = 4000;
const STREAM_POLL_MS = 25000;
const HIDDEN_POLL_MS = 50000;

/** Calls `look` when the hub says that something is new, and from time to time in any case. */
export class Watch {
  constructor(look) {
    this.look = look;
    this.on_show = () => { if (document.visibilityState === "visible") this.now(); };
  }

  start() {
    if (this.runs) return;
    this.runs = true;
    document.addEventListener("visibilitychange", this.on_show);
    this.plan();
  }

  stop() {
    this.runs = false;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.on_show);
    this.close();
  }

  async now() {
    clearTimeout(this.timer);
    await this.look();
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    if (!this.runs) return;
    const is_hidden = document.visibilityState === "hidden";
    const pause = is_hidden ? HIDDEN_POLL_MS : this.is_live ? STREAM_POLL_MS : POLL_MS;
    this.timer = setTimeout(() => this.now(), pause);
  }

  /** Each answer of the hub names a stream that is good for some minutes; one is enough. */
  listen(url) {
    if (!url || this.source || !this.runs) return;
    this.source = new EventSource(url);
    this.source.onopen = () => { this.is_live = true; this.plan(); };
    this.source.onmessage = () => this.now();
    this.source.onerror = () => this.close();
    this.source.addEventListener("over", () => { this.close(); this.now(); });
  }

  close() {
    this.source?.close();
    this.source = null;
    this.is_live = false;
  }
}
