// <alert-switch data-worker data-key data-on data-off data-words-…> around a button: lets this browser be alerted, or no more.
import { post_words } from "./wire.js";

export class AlertSwitch extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.said = this.querySelector("[data-said]");
    if (!this.button || !this.said) return;
    this.hidden = false;
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
      this.say("unable");
      this.button.hidden = true;
      return;
    }
    this.button.addEventListener("click", () => this.toggle());
    this.look();
  }

  async look() {
    const registration = await navigator.serviceWorker.getRegistration("/");
    this.subscription = (await registration?.pushManager.getSubscription()) ?? null;
    this.show();
  }

  async toggle() {
    this.button.disabled = true;
    await (this.subscription ? this.leave() : this.join()).catch(() => this.say("failed"));
    this.button.disabled = false;
  }

  async join() {
    if ((await Notification.requestPermission()) !== "granted") return this.say("refused");
    await navigator.serviceWorker.register(this.dataset.worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.dataset.key });
    const { endpoint, keys } = subscription.toJSON();
    const answer = await post_words(this.dataset.on, { endpoint, p256dh: keys.p256dh, auth: keys.auth }, { near: this });
    if (!answer?.ok) {
      await subscription.unsubscribe();
      return this.say("failed");
    }
    this.subscription = subscription;
    return this.show();
  }

  async leave() {
    const { endpoint } = this.subscription;
    await this.subscription.unsubscribe();
    await post_words(this.dataset.off, { endpoint }, { near: this });
    this.subscription = null;
    this.show();
  }

  show() {
    this.say(this.subscription ? "on" : "off");
    (this.button.querySelector("span") ?? this.button).textContent = this.dataset[this.subscription ? "doOff" : "doOn"];
  }

  say(name) {
    this.said.textContent = this.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  }
}
