// Live events: one stream for all tabs of a person, told on inside each page as "live". Pages work without it: they also look by themselves.
import { post_words } from "./wire.js";

const RETRY_MS = [2000, 5000, 15000, 60000];
const SOON_MS = 300;

/** Call `work` soon after a live event that `is_mine` wants; several at once are one call. Returns how to stop. */
export function on_live(is_mine, work, soon_ms = SOON_MS) {
  let timer = 0;
  const hear = (event) => {
    if (event.detail.kind !== "again" && !is_mine(event.detail)) return;
    clearTimeout(timer);
    timer = setTimeout(work, soon_ms);
  };
  document.addEventListener("live", hear);
  return () => { clearTimeout(timer); document.removeEventListener("live", hear); };
}

function tell_page(news) {
  document.dispatchEvent(new CustomEvent("live", { detail: news }));
}

/** Keeps the stream open, with a new pass each time; `desk` asks the server for one. */
class Stream {
  constructor(desk, tell) {
    Object.assign(this, { desk, tell, failures: 0 });
    this.open();
  }

  async open() {
    const found = await this.desk.ping();
    if (found && !found.stream) { this.desk.await_stream(() => this.open()); return; } // nobody listens, for now or ever
    if (!found) { this.retry(); return; }
    this.source = new EventSource(found.stream);
    this.source.onopen = () => { this.failures = 0; this.tell({ kind: "again" }); };
    this.source.onmessage = (event) => this.tell(JSON.parse(event.data));
    this.source.addEventListener("over", () => { this.source.close(); this.open(); });
    this.source.onerror = () => this.retry();
  }

  retry() {
    this.source?.close();
    const pause = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    setTimeout(() => this.open(), pause * (0.5 + Math.random()));
  }
}

/** One tab holds the stream and tells the others; where the browser has no locks, each tab has its own. */
export function start_live(desk) {
  const name = `comptoir-live-${desk.person}`;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
  if (channel) channel.onmessage = (event) => tell_page(event.data);
  const tell = (news) => { tell_page(news); channel?.postMessage(news); };
  const lead = () => { desk.leads = true; new Stream(desk, tell); };
  if (!navigator.locks || !channel) { lead(); return; }
  desk.ping();
  navigator.locks.request(name, () => { lead(); return new Promise(() => {}); });
}

/** The desk of one person: tells the server that somebody is here, shows how many customers wait. */
export class Desk {
  constructor({ desk, person, sound }) {
    Object.assign(this, { href: desk, person, has_sound: sound === "on", leads: false, waiting: null });
    this.title = document.title;
    on_live((news) => news.kind === "ticket", () => this.ping(), 1000);
    setInterval(() => this.ping(), 60000);
    if (this.has_sound) this.prepare_sound();
  }

  async ping() {
    const answer = await post_words(this.href, {});
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
    if (found) this.show(found);
    if (found?.stream) this.tell_of_stream();
    return found;
  }

  /** Call `work` once, when a later look at the server finds that there are live events. */
  await_stream(work) {
    this.streams = work;
  }

  tell_of_stream() {
    const work = this.streams;
    this.streams = null;
    work?.();
  }

  show({ waiting, text }) {
    const shown = waiting > 99 ? "99+" : String(waiting);
    document.title = waiting ? `(${shown}) ${this.title}` : this.title;
    if (waiting) navigator.setAppBadge?.(waiting).catch(() => {});
    else navigator.clearAppBadge?.().catch(() => {});
    this.count_in_rail(waiting ? shown : "", text);
    if (this.waiting !== null && waiting > this.waiting && this.leads) this.play();
    this.waiting = waiting;
  }

  count_in_rail(shown, text) {
    const link = document.querySelector('.rail-list a[data-room="inbox"]');
    if (!link) return;
    link.querySelector(".rail-count")?.remove();
    if (!shown) return;
    const [place, figure, words] = ["span", "span", "span"].map((tag) => document.createElement(tag));
    Object.assign(place, { className: "rail-count" }).append(figure, words);
    figure.textContent = shown;
    figure.setAttribute("aria-hidden", "true");
    Object.assign(words, { className: "visually-hidden", textContent: ` ${text}` });
    link.append(place);
  }

  /** Browsers let a page sound only after a person has touched it. */
  prepare_sound() {
    const wake = () => { this.audio ??= new AudioContext(); this.audio.resume(); };
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true, once: true });
  }

  /** Two soft tones, a third of a second in all. */
  play() {
    if (!this.has_sound || this.audio?.state !== "running") return;
    [[660, 0], [880, 0.15]].forEach(([pitch, after]) => {
      const [tone, volume] = [this.audio.createOscillator(), this.audio.createGain()];
      const begins = this.audio.currentTime + after;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, begins);
      volume.gain.exponentialRampToValueAtTime(0.15, begins + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, begins + 0.16);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(begins);
      tone.stop(begins + 0.18);
    });
    document.dispatchEvent(new CustomEvent("sounded"));
  }
}
