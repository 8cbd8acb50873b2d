/** What a bundle costs in memory. */

import type { Run } from "../../../lib/process/run.ts";

/** One process of a bundle. */
export interface ProcessMemory {
  readonly command: string;
  /** Proportional set size, MiB. */
  readonly pssMb: number;
}

/**
 * The processes of a container with their proportional set size (`smaps_rollup`, proc(5)), read from a helper in its
 * process namespace: the container's own root may not read other users' maps.
 */
export async function readMemory(
  run: Run,
  container: string,
  image: string,
): Promise<readonly ProcessMemory[]> {
  const script = `for p in /proc/[0-9]*; do
    pid=\${p#/proc/}; [ "$pid" = "$$" ] && continue
    pss=$(awk '/^Pss:/{print $2}' $p/smaps_rollup 2>/dev/null) && [ -n "$pss" ] &&
      echo "$pss $(tr '\\0' ' ' < $p/cmdline)"
  done`;
  const { code, stdout, stderr } = await run([
    "docker",
    "run",
    "--rm",
    "--pid",
    `container:${container}`,
    "--cap-add",
    "SYS_PTRACE",
    "--network",
    "none",
    "--user",
    "0",
    "--entrypoint",
    "bash",
    image,
    "-c",
    script,
  ]);
  const text = new TextDecoder().decode(stdout);
  if (code !== 0 || text === "") throw new Error(new TextDecoder().decode(stderr));
  return text.trim().split("\n").map((line) => {
    const [pss = "", ...command] = line.split(" ");
    return { command: command.join(" ").trim(), pssMb: Number(pss) / 1024 };
  }).filter(({ command }) => !command.startsWith("bash -c") && command !== "");
}
