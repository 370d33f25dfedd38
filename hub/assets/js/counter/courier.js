// Brings entries to the hub, one at a time, oldest first; what the hub has taken leaves the drawer, what it refuses stays there.
import { drop_entry, list_entries, put_entry } from "./drawer.js";

const PATIENCE_MS = 15000, TOO_MANY_MS = 60000;
const REFUSED = [403, 404, 409, 413, 422];

export class Courier {
  constructor({ token, entries }) {
    this.hrefs = { token, entries };
    this.not_before = 0;
    this.taken_as = new Map();
  }

  /** One round at a time, in all pages of this browser. Says how it ended: done, away, signed_out, busy. */
  go() {
    this.round = (this.round ?? Promise.resolve()).then(() => this.alone()).catch(() => "away");
    return this.round;
  }

  alone() {
    return navigator.locks ? navigator.locks.request("comptoir-counter", () => this.bring_all()) : this.bring_all();
  }

  async bring_all() {
    const waiting = (await list_entries()).filter(({ state }) => state === "waiting");
    if (!waiting.length) return "done";
    if (!navigator.onLine) return "away";
    if (Date.now() < this.not_before) return "busy";
    let said = await this.fetch_token();
    for (const entry of waiting) {
      if (said !== "ready") break;
      said = await this.bring(entry);
    }
    return said === "ready" ? "done" : said;
  }

  /** The hub may be away, or nobody logged in any more: it then leads to the log-in page. */
  async fetch_token() {
    const answer = await call(this.hrefs.token, { headers: { Accept: "application/json" } });
    if (answer?.type === "opaqueredirect" || answer?.status === 403) return "signed_out";
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!found) return "away";
    this.token = found.token;
    return "ready";
  }

  async bring(entry, { is_again = false } = {}) {
    const body = new URLSearchParams({ ...entry.fields, sealed_pin: entry.sealed_pin, sent_at: Date.now(), csrf_token: this.token });
    const headers = { "X-CSRFToken": this.token, Accept: "application/json" };
    const answer = await call(this.hrefs.entries, { method: "POST", body, headers });
    if (!answer) return "away";
    if (answer.type === "opaqueredirect") return "signed_out";
    const said = await answer.json().catch(() => null);
    if (answer.ok && said?.number) return this.taken(entry, said);
    if (answer.status === 400 && !is_again) return (await this.fetch_token()) === "ready" ? this.bring(entry, { is_again: true }) : "away";
    if (REFUSED.includes(answer.status) || answer.status === 400) return this.refused(entry, said);
    if (answer.status === 429 && said?.error?.code !== "closed") this.not_before = Date.now() + TOO_MANY_MS;
    return answer.status === 429 && said?.error?.code !== "closed" ? "busy" : this.later(entry, said);
  }

  async taken(entry, { number, href, meant }) {
    await drop_entry(entry.key);
    this.taken_as.set(entry.key, { number, href, meant });
    return "ready";
  }

  async refused(entry, said) {
    const { field = null, message = "" } = said?.error ?? {};
    await put_entry({ ...entry, state: "refused", field, message });
    return "ready";
  }

  /** Waits on: the hub is out of order, or the signer's PIN was mistyped too often; the others are brought meanwhile. */
  async later(entry, said) {
    await put_entry({ ...entry, message: said?.error?.message ?? "" });
    return "ready";
  }
}

/** Null when the hub does not answer in time (AbortSignal.timeout is unknown to iPadOS 15). */
async function call(href, options) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(href, { credentials: "same-origin", redirect: "manual", cache: "no-store", signal: patience.signal, ...options });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
