import assert from "node:assert/strict";
import { findHomeId } from "../../../lib/home_id.ts";
import { homeId } from "../../../lib/names.ts";

Deno.test("findHomeId is the same before and after the home is made, also below a link", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${folder}/real place`);
    await Deno.symlink(`${folder}/real place`, `${folder}/link`);
    const home = `${folder}/link/not/yet`;
    const before = await findHomeId(home);
    assert.equal(before, homeId(`${folder}/real place/not/yet`));
    await Deno.mkdir(home, { recursive: true });
    assert.equal(await findHomeId(home), before);
    await Deno.symlink(home, `${folder}/another`);
    assert.equal(await findHomeId(`${folder}/another`), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
