// <thread-watch data-href data-ticket data-event data-every-seconds>: adds what was said meanwhile below the thread; what was on screen stays where it is.
import { on_live } from "./live.js";
import { ask, while_visible } from "./wire.js";

const NEAR_END_PX = 120;
const READ_MS = 4000;

export class ThreadWatch extends HTMLElement {
  connectedCallback() {
    this.event = Number(this.dataset.event);
    const mine = ({ kind, ticket }) => kind === "ticket" && ticket === Number(this.dataset.ticket);
    this.stops = [
      while_visible(Number(this.dataset.everySeconds || 20), () => this.look()),
      on_live(mine, () => this.look(), 100),
    ];
    this.reading = new Map();
    this.eyes = new IntersectionObserver((seen) => this.note_seen(seen), { rootMargin: "0px 0px -80px 0px" });
  }

  disconnectedCallback() {
    for (const stop of this.stops) stop();
    this.eyes.disconnect();
    for (const timer of this.reading.values()) clearTimeout(timer);
  }

  async look() {
    if (this.is_looking) { this.is_asked = true; return; }
    this.is_looking = true;
    const found = await ask(`${this.dataset.href}?after=${this.event}`);
    this.is_looking = false;
    if (found && found.event > this.event) this.show(found);
    if (this.is_asked) { this.is_asked = false; this.look(); }
  }

  show({ html, event, chat }) {
    this.event = event;
    const place = this.querySelector("[data-chat]");
    if (place && chat !== undefined && place.textContent !== chat) place.textContent = chat;
    const thread = document.getElementById("thread");
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = [...page.querySelectorAll("#thread > *")].filter((line) => !line.id || !document.getElementById(line.id));
    const pane = this.closest(".pane-thread");
    const is_at_end = pane && pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR_END_PX;
    thread?.append(...fresh);
    if (is_at_end) pane.scrollTop = pane.scrollHeight;
    const last = fresh.at(-1);
    const unread = last ?? [...this.reading.keys()].at(-1);
    if (!unread) { this.seen_until(event); return; }
    unread.dataset.seenEvent = event;
    if (!last) return;
    this.reading.set(last, 0);
    this.eyes.observe(last);
  }

  /** What was on screen has been seen: the collision check of the reply starts after it. */
  note_seen(entries) {
    for (const { isIntersecting, target } of entries) {
      clearTimeout(this.reading.get(target));
      if (isIntersecting) this.read(target, this.has_to_read() ? READ_MS : 0);
    }
  }

  read(line, pause_ms) {
    this.reading.set(line, setTimeout(() => {
      if (document.visibilityState !== "visible") { this.read(line, READ_MS); return; }
      this.eyes.unobserve(line);
      this.reading.delete(line);
      this.seen_until(Number(line.dataset.seenEvent));
    }, pause_ms));
  }

  /** Who writes may press "send" in the moment a line comes: it counts after a while. In a chat people answer at once. */
  has_to_read() {
    const is_chat = Boolean(this.querySelector("[data-chat]")?.textContent.trim());
    return !is_chat && Boolean(document.getElementById("reply")?.value.trim());
  }

  seen_until(event) {
    const field = document.querySelector('form.composer [name="last_event_id"]');
    if (field && Number(field.value) < event) field.value = event;
  }
}
