import assert from "node:assert/strict";
import { dirname } from "node:path";
import { type KeyedRepo, readStaticKeys } from "../../../../lib/credential/static_keys.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { type ManifestFiles, manifestFiles } from "../../../support/manifest_files.ts";
import { openSshKeyText } from "../../../support/ssh_key_text.ts";

const place = { file: "/home/ann/.bot-bottle/bottles/dev.md", line: 7, column: 5 };

function repo(name: string, path: string): KeyedRepo {
  return { name, key: { provider: "static", path }, place };
}

/** Files of keys in a home folder of their own. */
async function homeWith(files: Readonly<Record<string, string>>): Promise<ManifestFiles> {
  const made = await manifestFiles(files);
  for (const path of Object.keys(files)) await Deno.chmod(`${made.root}/${path}`, 0o600);
  return made;
}

function envOf(home: string | undefined): (name: string) => string | undefined {
  return (name) => name === "HOME" ? home : undefined;
}

async function failureOf(promise: Promise<unknown>): Promise<BottleError> {
  const error = await promise.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof BottleError, String(error));
  assert.equal(error.code, "key-file");
  assert.equal(error.exitCode, 125);
  assert.deepEqual(error.place, place);
  return error;
}

Deno.test("readStaticKeys reads the keys of repositories that have one of the person's", async () => {
  const text = openSshKeyText();
  await using home = await homeWith({ "keys/widget": text });
  const keys = await readStaticKeys([
    repo("widget", "~/keys/widget"),
    { name: "open", key: { provider: "none" }, place },
    repo("gadget", `${home.root}/keys/widget`),
  ], envOf(home.root));
  assert.deepEqual([...keys.keys()], ["widget", "gadget"]);
  const widget = keys.get("widget");
  assert.equal(widget?.text.reveal(), text);
  assert.match(widget?.fingerprint ?? "", /^SHA256:/);
  assert.ok(!Deno.inspect(keys).includes("PRIVATE"), "nothing of a key is shown by accident");
});

Deno.test("readStaticKeys follows a link to a file of the person's", async () => {
  await using home = await homeWith({ "elsewhere/key": openSshKeyText() });
  await Deno.symlink(`${home.root}/elsewhere/key`, `${home.root}/key`);
  assert.equal((await readStaticKeys([repo("widget", "~/key")], envOf(home.root))).size, 1);
});

Deno.test("readStaticKeys says what is wrong with a file, and what to do", async () => {
  await using home = await homeWith({
    open: openSshKeyText(),
    written: openSshKeyText(),
    public: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@laptop\n",
    locked: openSshKeyText({ cipher: "aes256-ctr", kdf: "bcrypt" }),
    long: "x".repeat(65_537),
  });
  await Deno.chmod(`${home.root}/open`, 0o644);
  await Deno.chmod(`${home.root}/written`, 0o620);
  const cases: [path: string, message: RegExp, hint: RegExp][] = [
    ["~/open", /is open to other users: its mode is 0644/, /chmod 600 ~\/open/],
    ["~/written", /its mode is 0620/, /chmod 600/],
    ["~/none", /is not there/, /ssh-keygen -t ed25519/],
    ["~/open/none", /is not there/, /ssh-keygen/],
    [dirname(`${home.root}/open`), /is no regular file/, /chmod/],
    ["/dev/null", /is no regular file/, /chmod/],
    ["~/public", /is a public key/, /without \.pub/],
    ["~/locked", /is protected by a passphrase/, /ssh-keygen -t ed25519.*-N ''.*deploy key/],
    ["~/long", /is larger than 64 KiB/, /chmod/],
  ];
  for (const [path, message, hint] of cases) {
    const error = await failureOf(readStaticKeys([repo("widget", path)], envOf(home.root)));
    assert.match(error.message, message, path);
    assert.ok(
      error.message.startsWith(`The key "${path}" of the repository "widget" `),
      error.message,
    );
    assert.match(error.hint ?? "", hint, path);
  }
  const error = await failureOf(readStaticKeys([repo("widget", "~/open")], envOf(undefined)));
  assert.match(error.message, /can't be found: HOME is not set/);
});

Deno.test("readStaticKeys tells of all keys at once", async () => {
  const repos = [repo("widget", "/nowhere/a"), repo("gadget", "/nowhere/b")];
  const error = await failureOf(readStaticKeys(repos, envOf("/home/ann")));
  assert.match(error.message, /^2 keys of repositories can't be used$/);
  assert.equal(error.details.length, 2);
  assert.match(error.details[0] ?? "", /dev\.md:7:5: The key "\/nowhere\/a" of .* \(Make a key/);
});
