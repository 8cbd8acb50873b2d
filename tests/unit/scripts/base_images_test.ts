import assert from "node:assert/strict";
import { type Fakes, runShell } from "./shell.ts";

/** A docker whose images are the lines of a file. `pull` does what `$PULL` says. */
const MACHINE: Fakes = {
  uname: 'if [ "$1" = -m ]; then echo x86_64; else echo Linux; fi',
  id: "echo 0",
  docker: `
    [ "$1" = version ] && { echo amd64; exit 0; }
    if [ "$1 $2" = "image inspect" ]; then
      shift 2
      for image in "$@"; do grep -qx "$image" "$STATE/images" || exit 1; done
      exit 0
    fi
    echo "docker $*" >> "$STATE/log"
    case $1 in
      pull) shift 2; $PULL && echo "$1" >> "$STATE/images" ;;
      import) for image in "$@"; do :; done; cat > /dev/null; echo "$image" >> "$STATE/images" ;;
      build) cat > /dev/null; echo "$4" >> "$STATE/images" ;;
    esac`,
  debootstrap: `
    echo "debootstrap $*" >> "$STATE/log"
    mkdir -p "$STATE/debian/var/cache/apt/archives" "$STATE/debian/var/lib/apt/lists"`,
};

const SCRIPT = `
  touch "$STATE/images"
  . scripts/lib/base_images.sh
  DENO=$STATE/bin/sh
  # The packages are big, and their hashes are not what is tested here.
  npm_package() { mkdir -p "$SCRATCH/p/package/bin"; touch "$SCRATCH/p/package/bin/node"; tar -C "$SCRATCH/p" -czf "$3" package; }
  ensure_base_images
  mv "$STATE/log" "$STATE/log.1"
  ensure_base_images
  cat "$STATE/log" 2>/dev/null && echo "not idempotent"
  mv "$STATE/log.1" "$STATE/log"`;

function ensureImages(fakes: Fakes, pull: "true" | "false"): ReturnType<typeof runShell> {
  return runShell(SCRIPT, { ...MACHINE, ...fakes }, { PULL: pull });
}

Deno.test("ensure_base_images pulls what can be pulled, once", async () => {
  const { code, stdout, stderr, log } = await ensureImages({}, "true");
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  assert.deepEqual(log.trim().split("\n"), [
    "docker pull --quiet debian:trixie-slim",
    "docker pull --quiet node:22-slim",
    "docker pull --quiet denoland/deno:bin-2.9.6",
  ]);
});

Deno.test("ensure_base_images makes the images where they can't be pulled, once", async () => {
  const { code, stdout, stderr, log } = await ensureImages({}, "false");
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  const [pull, debootstrap, debian, node, deno, ...rest] = log.trim().split("\n");
  assert.equal(pull, "docker pull --quiet debian:trixie-slim", "tried once, not for each image");
  assert.match(debootstrap ?? "", /^debootstrap --variant=minbase --arch=amd64 trixie /);
  assert.match(debian ?? "", /^docker import .* - debian:trixie-slim$/);
  assert.match(node ?? "", /^docker build .*--tag node:22-slim -$/);
  assert.match(deno ?? "", /^docker import .*ENTRYPOINT.* - denoland\/deno:bin-2\.9\.6$/);
  assert.deepEqual(rest, []);
});

Deno.test("ensure_base_images says what to do without root", async () => {
  const { code, stderr, log } = await ensureImages({ id: "echo 1000" }, "false");
  assert.equal(code, 1);
  assert.match(stderr, /error: debootstrap needs root\n {2}Allow docker pull debian:trixie-slim/);
  assert.doesNotMatch(log, /debootstrap|import/);
});
