// Talking to our own server: the CSRF token, posting a form's words, asking for JSON. Failures return null.

/** The token of the form around an element, or of any form of the page. */
export function token_near(element) {
  const form = element?.closest?.("form") ?? document;
  return (form.querySelector('[name="csrf_token"]') ?? document.querySelector('[name="csrf_token"]'))?.value ?? "";
}

const CARRIED = 30000; // bytes: browsers let 64 kB outlive a page, and a reply and a note may leave together

/** POST words as a form; `leaving` lets the request outlive the page if it is not too long. Returns the response, or null without a network. */
export async function post_words(href, words, { near = null, leaving = false } = {}) {
  const token = token_near(near);
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const body = new URLSearchParams(words); // an object, or pairs where a name comes twice
  body.set("csrf_token", token);
  try {
    return await fetch(href, { method: "POST", body, headers, keepalive: leaving && body.toString().length < CARRIED, credentials: "same-origin" });
  } catch {
    return null;
  }
}

/** GET JSON, or null when the server does not answer with any. */
export async function ask(href, signal) {
  try {
    const answer = await fetch(href, { headers: { Accept: "application/json" }, credentials: "same-origin", signal });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Call `work` every so many seconds while the page is visible, and once when it becomes visible again. */
export function while_visible(seconds, work) {
  const tick = () => { if (document.visibilityState === "visible") work(); };
  const timer = setInterval(tick, seconds * 1000);
  document.addEventListener("visibilitychange", tick);
  return () => { clearInterval(timer); document.removeEventListener("visibilitychange", tick); };
}

/** Whether the person is writing: single-key shortcuts must stay away. */
export function is_writing(target) {
  return target instanceof Element && Boolean(target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}
