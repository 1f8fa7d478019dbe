// Builds the widget into spinechat/channels/assets/: widget.js, its gzip and brotli copies, and
// manifest.json. The same sources always give the same widget.js; `node build.mjs FOLDER` builds elsewhere.
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(here, "../spinechat/channels/assets"));
// Bytes after gzip; a heavier widget is not built.
const LIMIT = 14_000;

// Browsers of the last four years; with older ones the page stands without the chat.
const TARGET = ["safari15.4", "chrome94", "firefox93"];

/** A style sheet as a text, as small as it can be. */
async function styles({ path }) {
  const { code } = await transform(readFileSync(path, "utf8"), {
    loader: "css",
    minify: true,
    target: TARGET,
  });
  return { contents: code.trim(), loader: "text" };
}

const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  bundle: true,
  minify: true,
  format: "iife",
  target: TARGET,
  plugins: [{ name: "styles", setup: ({ onLoad }) => void onLoad({ filter: /\.css$/ }, styles) }],
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* SpineChat, Apache-2.0; with lit, (c) Google LLC, BSD-3-Clause */" },
  write: false,
});

// Indented lines are left in templates alone, where they are as good as a space.
const script = Buffer.from(result.outputFiles[0].text.replace(/(\n|\\n) {2,}/g, " "));
const copies = {
  "": script,
  ".gz": smallestGzip(script),
  ".br": brotliCompressSync(script, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: script.length },
  }),
};
/** Blocks of some size suit the mix of styles and code best. Node writes no time into the header. */
function smallestGzip(content) {
  const tries = [5, 6, 7, 8, 9].map((memLevel) => gzipSync(content, { level: 9, memLevel }));
  return tries.reduce((best, one) => (one.length < best.length ? one : best));
}

const hash = createHash("sha256").update(script).digest("hex").slice(0, 12);
const manifest = {
  file: `widget-${hash}.js`,
  integrity: `sha384-${createHash("sha384").update(script).digest("base64")}`,
};

mkdirSync(folder, { recursive: true });
for (const [ending, content] of Object.entries(copies)) {
  writeFileSync(join(folder, `widget.js${ending}`), content);
}
writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(
  `${manifest.file}: ${script.length} bytes, gzip ${copies[".gz"].length}, brotli ${copies[".br"].length}`,
);
if (copies[".gz"].length > LIMIT) {
  console.error(`That is more than ${LIMIT} bytes after gzip.`);
  process.exitCode = 1;
}
