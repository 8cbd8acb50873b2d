import assert from "node:assert/strict";
import { join } from "node:path";
import { readCredentialFile } from "../../../../lib/credential/file.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { type ManifestFiles, manifestFiles } from "../../../support/manifest_files.ts";

const place = { file: "/dev.md", line: 3 };

async function read(files: ManifestFiles, path: string): Promise<string> {
  const env = (name: string): string | undefined => name === "HOME" ? files.root : undefined;
  const secret = await readCredentialFile({ source: { kind: "file", path }, place }, env);
  return secret.reveal();
}

async function refusal(pending: Promise<unknown>): Promise<BottleError> {
  const error = await pending.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof BottleError, String(error));
  assert.deepEqual([error.exitCode, error.place], [125, place]);
  assert.doesNotMatch(`${error.message} ${error.hint}`, /s3cret/);
  return error;
}

for (const mode of [0o600, 0o400]) {
  Deno.test(`readCredentialFile reads a file of mode ${mode.toString(8)}, by ~ and by its whole path`, async () => {
    await using files = await manifestFiles({ token: "s3cret\n" });
    await Deno.chmod(join(files.root, "token"), mode);
    assert.equal(await read(files, "~/token"), "s3cret");
    assert.equal(await read(files, join(files.root, "token")), "s3cret");
  });
}

for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601]) {
  Deno.test(`readCredentialFile refuses mode ${mode.toString(8)} and says how to change it`, async () => {
    await using files = await manifestFiles({ token: "s3cret\n" });
    await Deno.chmod(join(files.root, "token"), mode);
    const error = await refusal(read(files, "~/token"));
    assert.equal(error.code, "credential-file");
    assert.match(
      error.message,
      new RegExp(`^The file "~/token" is open to other users: its mode is 0${mode.toString(8)}$`),
    );
    assert.match(error.hint ?? "", /chmod 600 ~\/token$/);
  });
}

Deno.test("readCredentialFile follows a link, and judges what it leads to", async () => {
  await using files = await manifestFiles({ "dotfiles/token": "s3cret" });
  const target = join(files.root, "dotfiles/token");
  await Deno.symlink(target, join(files.root, "token"));
  await Deno.chmod(target, 0o600);
  assert.equal(await read(files, "~/token"), "s3cret");
  await Deno.chmod(target, 0o644);
  assert.match((await refusal(read(files, "~/token"))).message, /open to other users/);
});

Deno.test("readCredentialFile refuses what is no file, without waiting for a pipe's writer", async () => {
  await using files = await manifestFiles({ "folder/x": "", file: "" });
  await new Deno.Command("mkfifo", { args: ["-m", "600", join(files.root, "pipe")] }).output();
  for (const path of ["~/folder", "~/pipe", "/dev/null"]) {
    const error = await refusal(read(files, path));
    assert.equal(error.code, "credential-file");
    assert.match(error.message, /is no regular file$/);
  }
  for (const path of ["~/missing", "~/file/below"]) {
    assert.match((await refusal(read(files, path))).message, /" is not there$/);
  }
});

Deno.test("readCredentialFile refuses what is too large, and what holds no credential", async () => {
  await using files = await manifestFiles();
  const mode = 0o600;
  await Deno.writeTextFile(join(files.root, "large"), "x".repeat(65_537), { mode });
  assert.match((await refusal(read(files, "~/large"))).message, /is larger than 64 KiB$/);
  await Deno.writeTextFile(join(files.root, "two"), "s3cret\ns3cret\n", { mode });
  assert.equal((await refusal(read(files, "~/two"))).code, "credential-invalid");
  await Deno.writeTextFile(join(files.root, "whole"), "x".repeat(65_536), { mode });
  assert.equal((await read(files, "~/whole")).length, 65_536);
});

Deno.test("readCredentialFile says that it can't tell where ~ is", async () => {
  const source = { kind: "file", path: "~/token" } as const;
  const error = await refusal(readCredentialFile({ source, place }, () => undefined));
  assert.match(error.message, /HOME is not set/);
});
