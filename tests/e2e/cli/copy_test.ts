import assert from "node:assert/strict";
import { makeHome } from "./program.ts";

Deno.test("cp brings files and trees into a bottle and out of it, and replaces nothing on the host", async (t) => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  const at = (name: string): string => `${home.folder}/${name}`;
  const guest = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.run("exec", slug, "--", ...argv);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const copied = async (source: string, target: string): Promise<void> => {
    assert.deepEqual(await home.run("cp", source, target), { code: 0, stdout: "", stderr: "" });
  };
  const refused = async (source: string, target: string, message: RegExp): Promise<void> => {
    const { code, stderr } = await home.run("cp", source, target);
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
  };
  await Deno.mkdir(at("tree/sub"), { recursive: true });
  await Deno.writeTextFile(at("tree/sub/run.sh"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
  await Deno.symlink("/etc/passwd", at("tree/link"));
  const big = new Uint8Array(3_000_000).fill(7);
  await Deno.writeFile(at("big"), big);

  await t.step("a tree, its links as links, owned by the agent", async () => {
    await copied(at("tree"), `${slug}:.`);
    assert.equal(await guest("tree/sub/run.sh"), "ran\n");
    assert.equal(await guest("readlink", "tree/link"), "/etc/passwd\n");
    assert.equal(await guest("stat", "-c", "%U %a", "tree/sub/run.sh"), "node 755\n");
  });
  await t.step("a file under another name, over an older one", async () => {
    await copied(at("big"), `${slug}:/tmp/other`);
    await copied(at("big"), `${slug}:/tmp/other`);
    assert.equal(await guest("stat", "-c", "%s", "/tmp/other"), "3000000\n");
  });
  await t.step("out, under its own name and another", async () => {
    await Deno.mkdir(at("out"));
    await copied(`${slug}:/tmp/other`, at("out"));
    assert.deepEqual(await Deno.readFile(at("out/other")), big);
    await copied(`${slug}:tree/sub`, at("out/renamed"));
    assert.match(await Deno.readTextFile(at("out/renamed/run.sh")), /echo ran/);
  });
  await t.step("what can't be copied", async () => {
    await refused(at("none"), `${slug}:.`, /No file or folder ".*none"/);
    await refused(
      at("big"),
      `${slug}:/etc/big`,
      /Cannot copy to "\/etc\/big".*[\s\S]*Permission denied/,
    );
    await refused(at("big"), `${slug}:no/where/big`, /Cannot copy to/);
    await refused(at("big"), `${slug}:none/`, /No folder ".*none\/" in the bottle/);
    await refused(`${slug}:/tmp/other`, at("big"), /exists already/);
    await Deno.symlink("/nowhere", at("dangling"));
    await refused(`${slug}:/tmp/other`, at("dangling"), /exists already/);
    await refused(`${slug}:/tmp/other`, at("none/x"), /No file or folder ".*none"/);
    await refused(`${slug}:none`, at("new"), /Cannot copy/);
    await refused(`${slug}:tree`, at("new"), /link/);
    const names = (await Array.fromAsync(Deno.readDir(home.folder))).map(({ name }) => name);
    assert.deepEqual(names.filter((name) => name.startsWith(".") || name === "new"), []);
  });
});
