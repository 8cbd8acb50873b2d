/** A bottle that extends presets and nothing else, started by the program itself. */

import type { LedgerRow } from "../../../lib/egress/audit/audit_row.ts";
import { type Ended, makeHome } from "../cli/program.ts";

/** What the bottle is made of. */
export interface PresetBottleOptions {
  readonly presets: readonly string[];
  /** The engine network on which the registries answer. */
  readonly network: string;
  /** Their names there. */
  readonly hosts: readonly string[];
  /** A ready-made image; default: the scripted provider's. */
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running bottle. Disposal removes it and its home. */
export interface PresetBottle extends AsyncDisposable {
  /** Runs a script in the guest, as its user. */
  guest(script: string): Promise<Ended>;
  /** What egress let pass and refused of the guest's so far, oldest first: `allowed GET host/path`. */
  exchanges(): Promise<readonly string[]>;
}

/** Starts it. */
export async function startPresetBottle(options: PresetBottleOptions): Promise<PresetBottle> {
  const { presets, network, hosts, image, env = {} } = options;
  await using undo = new AsyncDisposableStack();
  const home = undo.use(await makeHome());
  const provider = `template: scripted${image === undefined ? "" : `, image: "${image}"`}`;
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    `---\nextends: [${presets.join(", ")}]\nagent_provider: { ${provider} }\n---\n`,
  );
  const bundleNetwork = ["--bundle-network", `${network}=${hosts.join(",")}`];
  const started = await home.start(
    ["start", "demo", "--yes", "--detach", ...bundleNetwork],
    { env },
  );
  if (started.code !== 0) throw new Error(`start ended with ${started.code}: ${started.stderr}`);
  const slug = started.stdout.trim();
  const owned = undo.move();
  return {
    guest: (script) => home.start(["exec", slug, "--", "bash", "-s"], { env, stdin: script }),
    exchanges: async () => {
      const { code, stdout, stderr } = await home.run("audit", slug, "--json");
      if (code !== 0) throw new Error(`audit ended with ${code}: ${stderr}`);
      const lines = stdout.trimEnd().split("\n").map((line): LedgerRow => JSON.parse(line));
      return lines.map(({ row }) => `${row.verdict} ${row.method} ${row.host}${row.path}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
