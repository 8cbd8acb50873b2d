import assert from "node:assert/strict";
import { findScraps, removeIfThere } from "../../../../lib/state/scraps.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const SCRAPS = [
  ".draft-1",
  "archive/demo-ab12c/.draft-1",
  "archive/demo-ab12c/.transcript-1/x",
  "state/.removed-1/state.json",
  "state/demo-ab12c/.draft-1",
  "state/demo-ab12c/.work-1",
];
const OTHERS = [
  ".hidden",
  "agents/.draft-of-mine.md",
  "archive/demo-ab12c/transcript/.draft-1",
  "archive/demo-ab12c/session.json",
  "state/demo-ab12c/work.bundle",
];

Deno.test("findScraps finds what nobody has touched for an hour, and removeIfThere removes it", async () => {
  const all = [...SCRAPS, ...OTHERS].map((path) => [`home/${path}`, ""]);
  await using files = await manifestFiles(Object.fromEntries(all));
  const tops = SCRAPS.map((path) => `${files.home}/${path.replace(/1\/.*/, "1")}`);
  const hence = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
  assert.deepEqual(await findScraps(files.home, hence(59)), []);
  assert.deepEqual(await findScraps(files.home, hence(61)), tops);
  await removeIfThere([...tops, `${files.home}/.draft-gone`]);
  assert.deepEqual(await findScraps(files.home, hence(61)), []);
  for (const path of OTHERS) assert.ok((await Deno.stat(`${files.home}/${path}`)).isFile);
});

Deno.test("findScraps finds nothing in a home that isn't there", async () => {
  await using files = await manifestFiles();
  assert.deepEqual(await findScraps(files.home, new Date()), []);
});
