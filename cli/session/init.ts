/** `init`: a first bottle and agent. */

import { join } from "node:path";
import { BottleError } from "../../lib/errors.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";

/** What the files are made from. */
export interface FirstBottle {
  readonly provider: "claude" | "scripted";
  /** Name of the host variable with the credential; scripted agents have none. */
  readonly authToken: string | null;
  readonly agent: string;
  readonly bottle: string;
  /** A host that the agent may read from; null: only what the provider needs. */
  readonly host: string | null;
}

/** Where they were written. */
export interface WrittenFiles {
  readonly bottleFile: string;
  readonly agentFile: string;
}

/**
 * Writes `bottles/<bottle>.md` and `agents/<agent>.md`, and reads them back as a start would.
 *
 * @throws {BottleError} `file-exists`: nothing is ever overwritten; or what is wrong with the answers, and then nothing is left
 */
export async function writeFirstBottle(home: string, first: FirstBottle): Promise<WrittenFiles> {
  const bottleFile = join(home, "bottles", `${first.bottle}.md`);
  const agentFile = join(home, "agents", `${first.agent}.md`);
  await refuseExisting(bottleFile);
  await refuseExisting(agentFile);
  for (const folder of ["bottles", "agents"]) {
    await Deno.mkdir(join(home, folder), { recursive: true, mode: 0o700 });
  }
  await using undo = new AsyncDisposableStack();
  await writeNew(bottleFile, bottleText(first), undo);
  await writeNew(agentFile, agentText(first), undo);
  const index = await ManifestIndex.load({ home });
  await index.loadForAgent(first.agent);
  undo.move();
  return { bottleFile, agentFile };
}

async function refuseExisting(file: string): Promise<void> {
  try {
    await Deno.lstat(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw exists(file);
}

async function writeNew(file: string, text: string, undo: AsyncDisposableStack): Promise<void> {
  try {
    await Deno.writeTextFile(file, text, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw exists(file);
    throw error;
  }
  undo.defer(() => Deno.remove(file));
}

function exists(file: string): BottleError {
  return new BottleError(`"${file}" exists already`, {
    code: "file-exists",
    hint: "Give other names with --agent and --bottle, or edit it; init never overwrites",
    place: { file },
  });
}

function bottleText({ provider, authToken, host }: FirstBottle): string {
  const token = authToken === null
    ? ""
    : `\n  auth_token: ${authToken} # the name of a variable on your machine, never the token`;
  const routes = host === null ? "routes: []" : `routes:
    - host: ${JSON.stringify(host)}
      matches:
        - methods: [GET, HEAD]`;
  return `---
agent_provider:
  template: ${provider}${token}
egress:
  ${routes}
resources: { cpus: 2, memory: 4g, pids: 512 }
---
What this bottle is for. Besides what the provider needs, the agent reaches the hosts under egress.routes
and nothing else. All keys: \`bot-bottle schema bottle\`.
`;
}

function agentText({ provider, bottle }: FirstBottle): string {
  const body = provider === "scripted"
    ? "# The script that runs in the guest, read by bash.\nexec bash"
    : "You work in a bottle: a container without credentials. What is refused by the proxy is refused on purpose; say so and go on.";
  return `---\nbottle: ${bottle}\n---\n${body}\n`;
}
