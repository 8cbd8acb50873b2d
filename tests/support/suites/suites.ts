/** The suites of a whole run, and which may run at once. */

/** Tests that `deno test` runs in one go. */
export interface Suite {
  readonly name: string;
  /** Where its test files are, from the root. */
  readonly folders: readonly string[];
  /** Further files and folders whose documentation examples it runs. */
  readonly examples: readonly string[];
  /** Flags of `deno test` besides those that every suite has. */
  readonly flags: readonly string[];
  /** After this it is ended, and counts as failed. */
  readonly timeoutMs: number;
}

const MINUTE = 60_000;

/** Needs no engine. */
export const UNIT: Suite = {
  name: "unit",
  folders: ["tests/unit"],
  examples: ["mod.ts", "lib", "backends", "providers", "cli", "sidecars"],
  flags: ["--parallel", "--doc"],
  timeoutMs: 10 * MINUTE,
};

/**
 * Need an engine, but for the soak. The suites of a lane run one after the other, the lanes side by side: one for each core
 * there is, and one for the soak, which leaves most of its time to them.
 */
export const LANES: readonly (readonly Suite[])[] = [
  [engineSuite("integration", 30)],
  [engineSuite("e2e", 30), engineSuite("redteam", 30)],
  [engineSuite("soak", 20)],
];

function engineSuite(name: string, minutes: number): Suite {
  return {
    name,
    folders: [`tests/${name}`],
    examples: [],
    flags: [],
    timeoutMs: minutes * MINUTE,
  };
}
