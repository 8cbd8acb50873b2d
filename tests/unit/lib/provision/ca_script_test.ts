/** The guest's part of `installCa`, run by a real shell on folders of the test's own. */

import assert from "node:assert/strict";
import { CA_SCRIPT } from "../../../../lib/provision/ca_script.ts";

const first = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
const second = "-----BEGIN CERTIFICATE-----\nBgcI\n-----END CERTIFICATE-----\n";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runScript(folder: string, pem: string, path?: string): Promise<Outcome> {
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      CA_SCRIPT,
      "install-ca",
      `${folder}/etc/bundle.crt`,
      `${folder}/ca/bot-bottle.crt`,
      `${folder}/base/ca-base.crt`,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...path === undefined ? {} : { env: { PATH: path } },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(pem));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("CA_SCRIPT adds to the image's bundle, and on a second run replaces what it added", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/etc`);
    await Deno.writeTextFile(`${folder}/etc/bundle.crt`, "# roots, no line end");
    const one = await runScript(folder, first);
    assert.equal(one.stdout, `# roots, no line end\n${first}`);
    const two = await runScript(folder, second);
    assert.equal(two.stdout, `# roots, no line end\n${second}`);
    assert.equal(await Deno.readTextFile(`${folder}/etc/bundle.crt`), two.stdout);
    assert.equal(await Deno.readTextFile(`${folder}/ca/bot-bottle.crt`), second);
  }));

/** A folder of programs for the script, without `update-ca-certificates` unless `tool` gives its text. */
async function makePath(folder: string, tool?: string): Promise<string> {
  const bin = `${folder}/bin`;
  await Deno.mkdir(bin);
  for (const name of ["sh", "mkdir", "dirname", "cat", "chmod", "cp", "grep"]) {
    const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`] })
      .output();
    await Deno.symlink(new TextDecoder().decode(stdout).trim(), `${bin}/${name}`);
  }
  if (tool !== undefined) {
    await Deno.writeTextFile(`${bin}/update-ca-certificates`, `#!${bin}/sh\n${tool}\n`, {
      mode: 0o755,
    });
  }
  return bin;
}

Deno.test("CA_SCRIPT makes a bundle where the image has neither one nor the tool for it", () =>
  withFolder(async (folder) => {
    const path = await makePath(folder);
    const expected = { code: 0, stdout: first, stderr: "" };
    assert.deepEqual(await runScript(folder, first, path), expected);
    assert.equal((await runScript(folder, second, path)).stdout, second);
  }));

Deno.test("CA_SCRIPT runs the tool where there is no bundle, and believes it only with 1 added", () =>
  withFolder(async (folder) => {
    const says = (count: number): string =>
      `{ echo '# by the tool'; cat ${folder}/ca/bot-bottle.crt; } > ${folder}/etc/bundle.crt
echo 'Updating certificates'; echo '${count} added, 0 removed; done.'`;
    const path = await makePath(folder, says(1));
    assert.equal((await runScript(folder, first, path)).stdout, `# by the tool\n${first}`);
    assert.equal((await runScript(folder, second, path)).stdout, second);
    await Deno.remove(path, { recursive: true });
    await Deno.remove(`${folder}/base`, { recursive: true });
    await Deno.remove(`${folder}/etc`, { recursive: true });
    const refused = await runScript(folder, first, await makePath(folder, says(0)));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /did not say "1 added"/);
  }));
