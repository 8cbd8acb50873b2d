import assert from "node:assert/strict";
import { readPrivateKey } from "../../../../lib/git_gate/private_key_text.ts";
import { openSshKeyText, pemText, publicKeyText } from "../../../support/ssh_key_text.ts";

const der = new Uint8Array([0x30, 3, 2, 1, 0]);

function read(text: string): ReturnType<typeof readPrivateKey> {
  return readPrivateKey(new TextEncoder().encode(text));
}

Deno.test("readPrivateKey takes a key without a passphrase and says whose it is", () => {
  const text = openSshKeyText();
  assert.deepEqual(read(text), {
    ok: true,
    text,
    fingerprint: "SHA256:kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk",
  });
  for (const label of ["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"]) {
    const pem = pemText(label, der);
    assert.deepEqual(read(pem), { ok: true, text: pem, fingerprint: null }, label);
  }
});

Deno.test("readPrivateKey gives ssh the line ends that it wants", () => {
  const text = openSshKeyText();
  for (const given of [text.replaceAll("\n", "\r\n"), text.trimEnd(), `${text}\n\n`]) {
    const key = read(given);
    assert.ok(key.ok);
    assert.equal(key.text, text);
  }
});

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /is empty/],
  ["blanks", " \n", /is empty/],
  ["a note", "my key is in the other drawer\n", /no private key/],
  ["a public key", publicKeyText("ssh-ed25519", new Uint8Array(32)), /a public key/],
  ["a public key on hardware", publicKeyText("sk-ssh-ed25519@openssh.com", "x"), /a public key/],
  ["a certificate", publicKeyText("ssh-rsa-cert-v01@openssh.com", "x"), /a public key/],
  ["SSH2's public key", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", /a public key/],
  ["PEM's public key", pemText("PUBLIC KEY", der), /a public key/],
  ["PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", /PuTTY/],
  ["a certificate of TLS", pemText("CERTIFICATE", der), /no private key that ssh takes/],
  ["DSA in PEM", pemText("DSA PRIVATE KEY", der), /DSA/],
  ["DSA in OpenSSH's format", openSshKeyText({ type: "ssh-dss" }), /DSA/],
  ["hardware", openSshKeyText({ type: "sk-ssh-ed25519@openssh.com" }), /hardware/],
  ["a cipher", openSshKeyText({ cipher: "aes256-ctr", kdf: "bcrypt" }), /passphrase/],
  ["a kdf alone", openSshKeyText({ kdf: "bcrypt" }), /passphrase/],
  ["a cipher alone", openSshKeyText({ cipher: "aes256-ctr" }), /passphrase/],
  ["PKCS #8, encrypted", pemText("ENCRYPTED PRIVATE KEY", der), /passphrase/],
  [
    "PEM, encrypted",
    pemText("RSA PRIVATE KEY", der, ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00"]),
    /passphrase/,
  ],
  ["EC, encrypted", pemText("EC PRIVATE KEY", der, ["DEK-Info: AES-128-CBC,00"]), /passphrase/],
  ["no end", openSshKeyText().replace(/-----END.*\n/, ""), /not a whole one/],
  ["another end", openSshKeyText().replace("END OPENSSH", "END RSA"), /not a whole one/],
  ["another magic", openSshKeyText({ magic: "openssh-key-v2\0" }), /no whole private key/],
  ["no key", openSshKeyText({ count: 0 }), /no whole private key/],
  ["two keys", openSshKeyText({ count: 2 }), /no whole private key/],
  ["more behind it", openSshKeyText({ rest: new Uint8Array(4) }), /no whole private key/],
  ["no base64", "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n", /no whole/],
  ["no DER", pemText("RSA PRIVATE KEY", new Uint8Array([1, 2])), /no whole/],
  ["half of it", pemText("OPENSSH PRIVATE KEY", halfKey()), /no whole/],
  [
    "only magic",
    pemText("OPENSSH PRIVATE KEY", new TextEncoder().encode("openssh-key-v1\0")),
    /no/,
  ],
];

function halfKey(): Uint8Array {
  const base64 = openSshKeyText().split("\n").slice(1, -2).join("");
  return Uint8Array.fromBase64(base64).subarray(0, 120);
}

Deno.test("readPrivateKey refuses what ssh could not use alone, and never quotes it", () => {
  for (const [what, text, why] of BAD) {
    const key = read(text);
    assert.ok(!key.ok, what);
    assert.match(key.why, why, what);
    assert.notEqual(key.hint, "", what);
    const line = text.split("\n")[1] ?? "";
    if (line.length > 8) assert.ok(!`${key.why}${key.hint}`.includes(line), what);
  }
});
