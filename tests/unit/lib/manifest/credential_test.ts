import assert from "node:assert/strict";
import {
  credentialKey,
  type CredentialSource,
  describeCredential,
  nameCredential,
  readCredential,
} from "../../../../lib/manifest/credential.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { parseEnvName } from "../../../../lib/names.ts";
import { envSource } from "../../../support/plan.ts";

const command: CredentialSource = { kind: "command", argv: ["pass", "show", "my item"] };
const file: CredentialSource = { kind: "file", path: "~/.config/token" };

Deno.test("describeCredential tells each kind from the others", () => {
  assert.equal(describeCredential(envSource("GITHUB_TOKEN")), "GITHUB_TOKEN");
  assert.equal(describeCredential(command), `"pass show 'my item'"`);
  assert.equal(describeCredential(file), '"~/.config/token"');
  assert.equal(nameCredential(envSource("A")), 'The host variable "A"');
  assert.equal(nameCredential(command), `The command "pass show 'my item'"`);
  assert.equal(nameCredential(file), 'The file "~/.config/token"');
});

Deno.test("describeCredential shows where each argument of a command ends", () => {
  const shown = (...argv: string[]): string => describeCredential({ kind: "command", argv });
  assert.equal(shown("pass", "a' 'b"), `"pass 'a'\\'' '\\''b'"`);
  assert.equal(shown("pass", "x;rm", "$HOME", "~/x", ""), `"pass 'x;rm' '$HOME' '~/x' ''"`);
  assert.equal(shown("op", "read", "op://v/i-1/f@x"), '"op read op://v/i-1/f@x"');
});

Deno.test("readCredential reads the three forms", () => {
  assert.deepEqual(readCredential("A"), envSource("A"));
  assert.equal(readCredential("not a name"), undefined);
  assert.deepEqual(readCredential({ file: "/x" }), { kind: "file", path: "/x" });
  assert.deepEqual(readCredential({ command: ["a"] }), { kind: "command", argv: ["a"] });
  assert.deepEqual(readCredential({ command: ["a"], kind: "api_key" }), {
    kind: "command",
    argv: ["a"],
    type: "api_key",
  });
});

Deno.test("credentialKey is a variable's name, or what no variable is called", () => {
  assert.equal(credentialKey(envSource("A")), "A");
  for (const source of [command, file]) {
    assert.equal(parseEnvName(credentialKey(source)), undefined);
  }
  const known = credentialKey({ kind: "command", argv: ["a"] });
  assert.equal(credentialKey({ kind: "command", argv: ["a"], type: "api_key" }), known);
});

Deno.test("credentialKey keeps commands apart that read alike", () => {
  const argv = fc.array(fc.string(), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(argv, argv, (one, other) => {
    const [a, b] = [one, other].map((argv) => credentialKey({ kind: "command", argv }));
    assert.equal(a === b, JSON.stringify(one) === JSON.stringify(other));
  }));
});
