/** The scan of texts with the real gitleaks, in a container of the bundle's image. */

import { fileURLToPath } from "node:url";
import { runBundler } from "../../../backends/bundle/bundle_script.ts";
import type { Engine } from "../../../backends/engine/engine.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { type Container, startContainer } from "./container.ts";
import { gateImage } from "./gate.ts";
import type { DrivenScan } from "./scan_driver.ts";

/** A container that scans. Disposal removes it. */
export interface ScanContainer extends AsyncDisposable {
  readonly container: Container;
  /** Each is a scan of its own. */
  scan(scans: readonly (readonly Uint8Array[])[]): Promise<readonly DrivenScan[]>;
}

const ROOT = new URL("../../../", import.meta.url);
const DRIVER = "/run/git-gate/driver.js";

/** Starts it, as git-gate has it: its user, its tmpfs, its bound of memory, no network. */
export async function startScanContainer(engine: Engine): Promise<ScanContainer> {
  await using undo = new AsyncDisposableStack();
  const container = undo.use(
    await startContainer({
      engine,
      name: `bot-bottle-test-scan-${crypto.randomUUID().slice(0, 8)}`,
      image: await gateImage(engine),
      flags: [
        ...["--network", "none", "--read-only", "--memory", "1g", "--memory-swap", "1g"],
        ...["--tmpfs", "/run/git-gate:rw,nosuid,nodev,noexec,size=32m,mode=0700,uid=1002,gid=1002"],
        ...["--user", "1002:1002", "--entrypoint", "/usr/bin/sleep"],
      ],
      command: ["infinity"],
    }),
  );
  const into = await Deno.makeTempFile({ suffix: ".js" });
  undo.defer(() => Deno.remove(into));
  const run = createRun();
  const entry = fileURLToPath(new URL("scan_driver.ts", import.meta.url))
    .slice(fileURLToPath(ROOT).length);
  await runBundler({ run }, ROOT, { entry, into });
  const script = await Deno.readFile(into);
  await container.read(["sh", "-c", `cat >${DRIVER}`], { stdin: script });
  const owned = undo.move();
  return {
    container,
    scan: async (scans) => {
      const stdin = JSON.stringify(scans.map((texts) => texts.map((text) => text.toBase64())));
      const argv = ["/usr/local/bin/deno", "run", "--quiet", "--no-config", "-A", DRIVER];
      const env = { HOME: "/nonexistent", DENO_DIR: "/run/git-gate/deno" };
      return JSON.parse(await container.read(argv, { stdin, env, timeoutMs: 600_000 }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
