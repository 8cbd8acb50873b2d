import assert from "node:assert/strict";
import { type Fakes, runShell } from "./shell.ts";

/** Stands for Deno's program; its hash is what the pin of the test says. */
const PROGRAM = "#!/bin/sh\necho deno 2.9.6\n";
const PIN = await sha256(PROGRAM);

const SCRIPT = `
  ROOT=$STATE
  . scripts/lib/deno.sh
  DENO_VERSION=2.9.6 DENO_SHA256_Linux_x86_64=${PIN}
  ensure_deno
  "$DENO"`;

const MAKE_PROGRAM = `printf '#!/bin/sh\\necho deno 2.9.6\\n'`;
const MACHINE: Fakes = {
  uname: 'if [ "$1" = -m ]; then echo x86_64; else echo Linux; fi',
  id: "echo 1000",
  curl: 'echo "curl $*" >> "$STATE/log"; exit 6',
  npm: `
    echo "npm $*" >> "$STATE/log"
    mkdir -p "$STATE/made/package"
    ${MAKE_PROGRAM} > "$STATE/made/package/deno"
    tar -C "$STATE/made" -czf "$4/deno.tgz" package`,
};

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex();
}

function ensureDeno(fakes: Fakes, script = SCRIPT): ReturnType<typeof runShell> {
  return runShell(script, { ...MACHINE, ...fakes });
}

/** Deno's own download, with a checksum beside it of what `summed` says. */
function official(summed: string): Fakes {
  return {
    curl: `
      while [ "$1" != --output ]; do shift; done
      echo "curl $3" >> "$STATE/log"
      case "$3" in
        *.sha256sum) printf '${summed}' | sha256sum > "$2" ;;
        *) printf 'a zip' > "$2" ;;
      esac`,
    unzip: MAKE_PROGRAM,
  };
}

Deno.test("ensure_deno takes the official download where it can", async () => {
  const { code, stdout, stderr, log } = await ensureDeno(official("a zip"));
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "deno 2.9.6\n");
  const url = "https://dl.deno.land/release/v2.9.6/deno-x86_64-unknown-linux-gnu.zip";
  assert.equal(log, `curl ${url}.sha256sum\ncurl ${url}\n`);
});

Deno.test("ensure_deno does not unpack a download that misses its publisher's checksum", async () => {
  const { code, stderr, log } = await ensureDeno(official("another zip"));
  assert.equal(code, 0, stderr);
  assert.match(log, /npm pack .* @deno\/linux-x64-glibc@2\.9\.6\n$/);
});

Deno.test("ensure_deno takes the npm package else", async () => {
  const { code, stdout, stderr, log } = await ensureDeno({});
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "deno 2.9.6\n");
  assert.match(log, /npm pack .* @deno\/linux-x64-glibc@2\.9\.6\n$/);
});

Deno.test("ensure_deno keeps the one that is there", async () => {
  const there = SCRIPT.replace(
    "ensure_deno",
    `mkdir -p "$STATE/.tools/bin"; ${MAKE_PROGRAM} > "$DENO"; chmod +x "$DENO"; ensure_deno`,
  );
  const { code, stderr, log } = await ensureDeno({}, there);
  assert.deepEqual({ code, stderr, log }, { code: 0, stderr: "", log: "" });
});

Deno.test("ensure_deno uses nothing that hashes to something else", async () => {
  const { code, stdout, stderr } = await ensureDeno({}, SCRIPT.replace(PIN, "0".repeat(64)));
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /does not have the expected SHA-256[^]*Cannot fetch Deno 2\.9\.6 for Linux/);
});

Deno.test("ensure_deno says so on a system that it has no Deno for", async () => {
  const { code, stderr } = await ensureDeno({ uname: "echo Plan9" });
  assert.equal(code, 1);
  assert.match(stderr, /Cannot fetch Deno 2\.9\.6 for Plan9 Plan9/);
});

Deno.test("npm_package asks the registry for the hash when npm is not there", async () => {
  const registry = (integrity: string): Fakes => ({
    npm: "exit 1",
    curl: `
      while [ "$1" != --output ]; do shift; done
      echo "curl $3" >> "$STATE/log"
      case "$3" in
        *.tgz) printf 'a tarball' > "$2" ;;
        *) printf '{"dist": {"integrity": "${integrity}"}}' > "$2" ;;
      esac`,
  });
  const script = `NPM_CONFIG_REGISTRY=http://npm.test/ npm_package @a/b 1.2.3 "$STATE/b.tgz"`;
  const hash = await crypto.subtle.digest("SHA-512", new TextEncoder().encode("a tarball"));
  const right = await ensureDeno(registry(`sha512-${new Uint8Array(hash).toBase64()}`), script);
  assert.equal(right.code, 0, right.stderr);
  assert.equal(
    right.log,
    "curl http://npm.test/@a/b/-/b-1.2.3.tgz\ncurl http://npm.test/@a/b/1.2.3\n",
  );
  const wrong = await ensureDeno(registry("sha512-AAAA"), script);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /does not have the expected SHA-512/);
});
