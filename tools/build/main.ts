/**
 * `deno task build`: `dist/sidecars.js`, all that runs in the bundle, and `dist/bot-bottle.js`, the program with the
 * former inside, which runs from an empty folder.
 */

import { fileURLToPath } from "node:url";
import { runBundler } from "../../backends/bundle/bundle_script.ts";
import { createRun } from "../../lib/process/create_run.ts";

const root = new URL("../../", import.meta.url);
const run = createRun();

const sidecars = path("dist/sidecars.js");
const program = path("dist/bot-bottle.js");

await Deno.mkdir(path("dist"), { recursive: true });
const work = await Deno.makeTempDir({ prefix: "bot-bottle-build-" });
try {
  await runBundler({ run }, root, { entry: "sidecars/main.ts", into: sidecars });
  const text = await Deno.readTextFile(sidecars);
  // The module that says "nothing is embedded" is swapped for one that has the text.
  const embedded = `${work}/embedded.ts`;
  await Deno.writeTextFile(
    embedded,
    `export const embeddedSidecars: string | null = ${JSON.stringify(text)};\n`,
  );
  const importMap = `${work}/import_map.json`;
  const imports = {
    [new URL("backends/bundle/embedded.ts", root).href]: new URL(`file://${embedded}`).href,
  };
  await Deno.writeTextFile(importMap, JSON.stringify({ imports }));
  await runBundler({ run }, root, { entry: "cli/main.ts", into: program, importMap });
} finally {
  await Deno.remove(work, { recursive: true });
}
for (const file of [sidecars, program]) {
  const { size } = await Deno.stat(file);
  say(`${file.slice(fileURLToPath(root).length)}  ${Math.ceil(size / 1024)} kB`);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function path(name: string): string {
  return fileURLToPath(new URL(name, root));
}
