// Seals a PIN for the hub's key, together with what it signs: this browser cannot read it again, nor use it for another entry.
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/** ECDH on P-256, HKDF-SHA-256, AES-256-GCM (hub/core/browser_seals.py opens it); base 64 for addresses. */
export async function seal_secret(secret, { key, purpose, bound }) {
  const text = new TextEncoder();
  const hub_point = from_base64(key);
  const hub = await crypto.subtle.importKey("raw", hub_point, CURVE, false, []);
  const mine = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: hub }, mine.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = join([text.encode(purpose), point, hub_point]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const lock = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, lock, text.encode(secret));
  return to_base64(join([point, iv, new Uint8Array(sealed)]));
}

function join(parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function from_base64(words) {
  return Uint8Array.from(atob(words.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.codePointAt(0));
}

function to_base64(bytes) {
  return btoa(String.fromCodePoint(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
