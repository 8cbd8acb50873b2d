/** Runs pieces of scripts/lib/ on a machine made of fakes. */

import { createRun } from "../../../lib/process/create_run.ts";
import { writeProgram } from "../../support/program_file.ts";
import { ROOT } from "../../support/suites/files.ts";

/** Programs by name, each as the body of a shell script; `$STATE` is a folder that they may use, `$BIN` is theirs. */
export type Fakes = Readonly<Record<string, string>>;

/** What the real machine lends: what the scripts use besides the fakes. */
const REAL = [
  ..."bash sh cat head tail sed grep tr cut od base64 mktemp mkdir rm mv cp find sort tar gzip touch"
    .split(" "),
  ..."chmod sha256sum sha512sum shasum timeout perl sleep env dirname".split(" "),
];

/** How the piece ended. */
export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the fakes wrote to `$STATE/log`. */
  readonly log: string;
}

/** Runs a script in the repository's folder, after say.sh and download.sh, with nothing on PATH but the fakes and {@linkcode REAL}. */
export async function runShell(
  script: string,
  fakes: Fakes,
  env: Readonly<Record<string, string>> = {},
): Promise<ShellResult> {
  const state = await Deno.makeTempDir({ prefix: "bot-bottle-shell-" });
  const bin = `${state}/bin`;
  try {
    await Deno.mkdir(bin);
    for (const name of REAL) await linkProgram(name, bin);
    for (const [name, body] of Object.entries(fakes)) await writeFake(`${bin}/${name}`, body);
    const text = `
      set -euo pipefail
      cd "${ROOT}"
      ROOT=$PWD SCRATCH=$STATE
      for part in say pins download; do . "scripts/lib/$part.sh"; done
      ${script}`;
    const variables = Object.entries({ STATE: state, BIN: bin, PATH: bin, ...env });
    const argv = ["env", "-i", ...variables.map(([name, value]) => `${name}=${value}`)];
    const result = await createRun()([...argv, `${bin}/bash`, "-c", text], { timeoutMs: 30_000 });
    const decoder = new TextDecoder();
    return {
      code: result.code,
      stdout: decoder.decode(result.stdout),
      stderr: decoder.decode(result.stderr),
      log: await Deno.readTextFile(`${state}/log`).catch(() => ""),
    };
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

async function linkProgram(name: string, bin: string): Promise<void> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const { isFile } = await Deno.stat(`${folder}/${name}`).catch(() => ({ isFile: false }));
    if (isFile) return await Deno.symlink(`${folder}/${name}`, `${bin}/${name}`);
  }
}

async function writeFake(path: string, body: string): Promise<void> {
  // A fake takes the place of a real program, not of what its link points at.
  await Deno.remove(path).catch(() => {});
  await writeProgram(path, `#!/bin/sh\n${body}\n`);
}
