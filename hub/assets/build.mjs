// Builds the style sheets, scripts and the icon sprite from hub/assets into hub/static, and writes manifest.json.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(here, "..", "static");
const icons_folder = resolve(here, "..", "..", "node_modules", "heroicons", "24", "outline");
const caniemail = resolve(here, "..", "..", "node_modules", "caniemail");

/** One bundle a page can ask for by name: the source and the name that templates use. */
const bundles = [
  { name: "app.css", source: "css/app.css" },
  { name: "public.css", source: "css/public.css" },
  { name: "app.js", source: "js/app.js" },
  { name: "survey.js", source: "js/survey.js" },
  { name: "questionnaire.js", source: "js/questionnaire.js" },
  { name: "alerts-worker.js", source: "js/alerts-worker.js", format: "iife" },
  { name: "counter.js", source: "js/counter/counter.js" },
  { name: "counter-worker.js", source: "js/counter/worker.js", format: "iife" },
  { name: "chat.js", source: "js/chat/chat.js", format: "iife" },
  { name: "visits.js", source: "js/visits.js", format: "iife" },
];

/** The body of one heroicon as a symbol; unknown names stop the build. */
async function symbol_of(name) {
  const svg = await readFile(join(icons_folder, `${name}.svg`), "utf8");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6">${body}</symbol>`;
}

/** esbuild leaves the spaces of custom properties as they were written. */
function tighten(css) {
  return css.replace(/(--[\w-]+): /g, "$1:").replace(/light-dark\(([^()]*), /g, "light-dark($1,");
}

/** Write one built text under a name that carries a hash of its content, so that browsers may keep it for ever;
 * the compressed twins beside it are what WhiteNoise sends. */
async function write_hashed(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const hashed = name.replace(/(\.[a-z]+)$/, `.${hash}$1`);
  await writeFile(join(target, hashed), text);
  await writeFile(join(target, `${hashed}.gz`), gzipSync(text, { level: 9 }));
  await writeFile(join(target, `${hashed}.br`), brotliCompressSync(text));
  return hashed;
}

/** The newest answer of one client to one feature: "y", "a" (partly), "n" or "u" (unknown). */
function newest_answer(feature, client) {
  const [family, platform] = client.split(".");
  const answers = Object.values(feature.stats[family]?.[platform] ?? {});
  return answers.length ? answers.at(-1).trim()[0] : "u";
}

/** What the clients of mail_clients.json support, distilled from the caniemail data set (data file only). */
async function distil_mail_support() {
  const clients = JSON.parse(await readFile(join(here, "mail_clients.json"), "utf8"));
  const source = JSON.parse(await readFile(join(caniemail, "data", "caniemail.json"), "utf8"));
  const names = source.nicenames;
  const features = source.data
    .filter(({ slug }) => /^(css|html|image)-/.test(slug))
    .map((feature) => [
      feature.slug,
      { title: feature.title, url: feature.url, support: clients.map(({ key }) => newest_answer(feature, key)).join("") },
    ]);
  const named = clients.map(({ key, weight }) => {
    const [family, platform] = key.split(".");
    return { key, weight, name: `${names.family[family]} (${names.platform[platform]})` };
  });
  const table = { date: source.last_update_date, clients: named, features: Object.fromEntries(features) };
  await writeFile(join(target, "mail-support.json"), JSON.stringify(table));
}

/** Old files go last, so that a page served during a build never misses its style sheet. */
async function remove_stale(kept) {
  const stale = (await readdir(target)).filter((name) => !kept.has(name));
  await Promise.all(stale.map((name) => rm(join(target, name), { recursive: true })));
}

async function main() {
  await mkdir(target, { recursive: true });
  const manifest = {};
  for (const { name, source, format = "esm" } of bundles) {
    const result = await build({
      entryPoints: [join(here, source)],
      bundle: true,
      minify: true,
      write: false,
      legalComments: "none",
      format,
      loader: { ".css": name.endsWith(".js") ? "text" : "css" },
      target: ["chrome123", "firefox121", "safari17.5"],
      logLevel: "warning",
    });
    const { text } = result.outputFiles[0];
    manifest[name] = await write_hashed(name, name.endsWith(".css") ? tighten(text) : text);
  }
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = await Promise.all(names.map(symbol_of));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  manifest["icons.svg"] = await write_hashed("icons.svg", sprite);
  manifest["favicon.svg"] = await write_hashed("favicon.svg", await readFile(join(here, "favicon.svg"), "utf8"));
  await writeFile(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await distil_mail_support();
  const built = Object.values(manifest).flatMap((name) => [name, `${name}.gz`, `${name}.br`]);
  await remove_stale(new Set([...built, "manifest.json", "mail-support.json"]));
}

await main();
