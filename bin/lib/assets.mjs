// Builds static/build from static/src: every .js and .css directly in static/src is an entry (folders hold what they
// import), icons.txt names the Bootstrap Italia icons in use, glyphs/*.svg are our own. No file name carries a hash
// here: Django's storage adds it. Run by bin/setup; `node bin/lib/assets.mjs --watch` rebuilds while you work.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";

const SOURCE = "static/src";
const BUILD = "static/build";
const SPRITE = "node_modules/bootstrap-italia/dist/svg/sprites.svg";

/** The symbols of Bootstrap Italia's sprite named in icons.txt and our own glyphs, as one sprite. */
function sprite() {
  const list = join(SOURCE, "icons.txt");
  const names = existsSync(list)
    ? readFileSync(list, "utf8").split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean)
    : [];
  const whole = readFileSync(SPRITE, "utf8");
  const symbols = [...whole.matchAll(/<(symbol|svg)\b[^>]*\bid="(it-[^"]+)"[^>]*>[\s\S]*?<\/\1>/g)];
  const known = new Map(symbols.map((match) => [match[2], match[0].replace(/^<svg/, "<symbol").replace(/svg>$/, "symbol>")]));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length) throw new Error(`icons.txt: Bootstrap Italia has no ${unknown.join(", ")}`);
  const glyphs = join(SOURCE, "glyphs");
  const own = (existsSync(glyphs) ? readdirSync(glyphs) : []).filter((file) => file.endsWith(".svg")).sort().map((file) => {
    const svg = readFileSync(join(glyphs, file), "utf8").match(/<svg\b([^>]*)>([\s\S]*)<\/svg>/);
    const box = svg[1].match(/viewBox="[^"]*"/)?.[0] ?? 'viewBox="0 0 24 24"';
    return `<symbol id="${basename(file, ".svg")}" ${box}>${svg[2].trim()}</symbol>`;
  });
  const body = [...names.map((name) => known.get(name)), ...own].join("\n");
  writeFileSync(join(BUILD, "sprites.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${body}\n</svg>\n`);
}

const entries = (existsSync(SOURCE) ? readdirSync(SOURCE) : []).filter((file) => /\.(js|css)$/.test(file));
const options = {
  entryPoints: entries.map((file) => join(SOURCE, file)),
  outdir: BUILD,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "empty", ".eot": "empty", ".svg": "text", ".png": "file" },
  assetNames: "assets/[name]",
  legalComments: "linked",
  logLevel: "info",
};
rmSync(BUILD, { recursive: true, force: true });
mkdirSync(BUILD, { recursive: true });
sprite();
if (process.argv.includes("--watch")) await (await esbuild.context(options)).watch();
else if (entries.length) await esbuild.build(options);
