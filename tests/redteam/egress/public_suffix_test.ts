/** A wildcard on a public suffix is a wildcard on everybody: no manifest that has one is loaded. */

import { equal, rejects } from "node:assert/strict";
import { ManifestIndex } from "../../../lib/manifest/index.ts";
import { manifestFiles, markdown } from "../../support/manifest_files.ts";
import { PUBLIC_SUFFIXES } from "./names/tests.ts";

/** Of one owner each. */
const GOOD = ["example.com", "example.co.uk", "example.github.io"];

Deno.test("wildcards on public suffixes are refused at load, the good ones beside them are not", async (t) => {
  const all = [...PUBLIC_SUFFIXES, ...GOOD];
  await using files = await manifestFiles(Object.fromEntries(all.flatMap((suffix, at) => {
    const route =
      `agent_provider: { template: scripted }\negress: { routes: [{ host: "*.${suffix}" }] }`;
    return [
      [`home/bottles/b${at}.md`, markdown(route)],
      [`home/agents/a${at}.md`, markdown(`bottle: b${at}`)],
    ];
  })));
  const index = await ManifestIndex.load({ home: files.home, cwd: files.root });
  for (const [at, suffix] of all.entries()) {
    await t.step(`*.${suffix}`, async () => {
      const loading = index.loadForAgent(`a${at}`);
      if (GOOD.includes(suffix)) equal((await loading).bottle.name, `b${at}`);
      else await rejects(loading, /wildcard|two labels/);
    });
  }
});
