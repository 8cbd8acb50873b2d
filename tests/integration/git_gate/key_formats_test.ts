/** Keys as the real ssh-keygen writes them: what we say of each is what ssh would. */

import assert from "node:assert/strict";
import { createEngine } from "../../../backends/engine/engine.ts";
import { parseHostKey } from "../../../lib/git_gate/host_key.ts";
import { readPrivateKey } from "../../../lib/git_gate/private_key_text.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { startContainer } from "../../support/git/container.ts";
import { ensureGitImage } from "../../support/git/image.ts";

/** Arguments of `ssh-keygen` for each kind, and whether the file shows its public key. */
const KINDS: readonly (readonly [args: readonly string[], showsPublic: boolean])[] = [
  [["-t", "ed25519"], true],
  [["-t", "ecdsa", "-b", "256"], true],
  [["-t", "ecdsa", "-b", "384"], true],
  [["-t", "ecdsa", "-b", "521"], true],
  [["-t", "rsa", "-b", "2048"], true],
  [["-t", "rsa", "-b", "2048", "-m", "PEM"], false],
  [["-t", "ecdsa", "-b", "256", "-m", "PEM"], false],
  [["-t", "rsa", "-b", "2048", "-m", "PKCS8"], false],
  [["-t", "ecdsa", "-b", "256", "-m", "PKCS8"], false],
];

/** Makes a key with a passphrase, which may be empty; prints fingerprint, public key, private key. */
const MAKE = `cd "$(mktemp -d)"; passphrase=$1; shift
ssh-keygen -q -C 'a comment' -f key -N "$passphrase" "$@" >&2
ssh-keygen -lf key.pub | cut -d ' ' -f 2; cat key.pub key`;

Deno.test("readPrivateKey and parseHostKey read every format of the real ssh-keygen", async () => {
  const engine = createEngine({ run: createRun() });
  await using container = await startContainer({
    engine,
    name: `bot-bottle-test-keys-${crypto.randomUUID().slice(0, 8)}`,
    image: await ensureGitImage(createRun()),
    flags: ["--network", "none"],
    command: ["sleep", "infinity"],
  });
  for (const [args, showsPublic] of KINDS) {
    const make = async (passphrase: string): Promise<readonly [string, string, Uint8Array]> => {
      const text = await container.read(["sh", "-ec", MAKE, "sh", passphrase, ...args]);
      const [fingerprint = "", publicKey = "", ...rest] = text.split("\n");
      return [fingerprint, publicKey, new TextEncoder().encode(`${rest.join("\n")}\n`)];
    };
    const what = args.join(" ");
    const [fingerprint, publicKey, open] = await make("");
    const key = readPrivateKey(open);
    assert.ok(key.ok, what);
    assert.equal(key.fingerprint, showsPublic ? fingerprint : null, what);
    assert.deepEqual(new TextEncoder().encode(key.text), open, what);
    const host = parseHostKey(publicKey);
    assert.ok(host.ok, what);
    assert.equal(host.key.fingerprint, fingerprint, what);
    assert.equal(`${host.key.text} a comment`, publicKey, what);
    const [, , closed] = await make("a passphrase");
    const locked = readPrivateKey(closed);
    assert.match(locked.ok ? "" : locked.why, /passphrase/, what);
  }
});
