/** `bot-bottle run` as a person starts it: the program itself, in a home of the test's own. */

import type { Run } from "../../../lib/process/run.ts";
import { systemClock } from "../../../lib/clock.ts";
import { homeId, parseSlug, type Slug } from "../../../lib/names.ts";
import { claude } from "../../../providers/claude/provider.ts";
import { ensureAgentImage } from "../../../backends/docker/agent_image.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { docker } from "../../support/deno_container.ts";
import { providerImage } from "../../support/provider_image.ts";
import { type Hit, scanBytes } from "../../support/marker_search/byte_scanner.ts";
import type { Needle } from "../../support/marker_search/needle.ts";
import { ROOT } from "../../support/suites/files.ts";
import { startTerminal, type Terminal } from "./terminal.ts";
import { API_HOST } from "./upstream/check.ts";

const AGENT = "hasher";
const PROMPT = "You look at files and answer in one sentence.";
const SKILL = "Tells how the files of this house are hashed";

/** What every request of the agent must hold: its prompt, and that it knows of its skill. */
export const agentMentions: readonly string[] = [PROMPT, SKILL];

/** A home with one bottle and one agent. Disposal removes its bottles and itself. */
export interface TestHome extends AsyncDisposable {
  readonly folder: string;
  readonly id: string;
  /** The extra CA's file. */
  readonly extraCaFile: string;
  /** Searches every file of it. */
  search(needles: readonly Needle[]): Promise<readonly Hit[]>;
}

/**
 * Makes a home in which builds trust what this machine's own builds do, and egress the test's authority besides.
 *
 * @param authToken as the bottle's manifest writes it; the credential is in the variable CLAUDE_CREDENTIAL
 */
export async function makeHome(
  run: Run,
  caPem: string,
  authToken = "CLAUDE_CREDENTIAL",
): Promise<TestHome> {
  await using undo = new AsyncDisposableStack();
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-e2e-" }));
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const machineCaFile = Deno.env.get("BOT_BOTTLE_EXTRA_CA") ?? "";
  const machineCaPem = machineCaFile === "" ? null : await Deno.readTextFile(machineCaFile);
  const extraCaPem = `${machineCaPem ?? ""}\n${caPem}`;
  const extraCaFile = `${folder}/extra-ca.pem`;
  await Deno.writeTextFile(extraCaFile, extraCaPem);
  await Deno.mkdir(`${folder}/bottles`);
  await Deno.mkdir(`${folder}/agents`);
  await Deno.writeTextFile(
    `${folder}/bottles/dev.md`,
    `---\nagent_provider: { template: claude, auth_token: ${authToken} }\n---\n`,
  );
  await Deno.writeTextFile(
    `${folder}/agents/${AGENT}.md`,
    `---\nbottle: dev\nskills: [house-hash]\n---\n${PROMPT}\n`,
  );
  await Deno.mkdir(`${folder}/skills/house-hash`, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/skills/house-hash/SKILL.md`,
    `---\nname: house-hash\ndescription: ${SKILL}\n---\nWith sha256sum.\n`,
  );
  undo.use(await shareImage(run, folder, machineCaPem, extraCaPem));
  undo.defer(async () => {
    await botBottle(run, ["cleanup", "--all", "--yes"], { BOT_BOTTLE_HOME: folder });
  });
  const owned = undo.move();
  return {
    folder,
    extraCaFile,
    id: homeId(folder),
    search: (needles) => searchFolder(folder, needles),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Name of the home's one bottle. */
export async function findSlug(run: Run, home: TestHome): Promise<Slug> {
  const ofHome = ["--filter", `label=bot-bottle.home=${home.id}`];
  const agents = [...ofHome, "--filter", "label=bot-bottle.role=agent"];
  const format = ["--format", '{{.Label "bot-bottle.slug"}}'];
  return parseSlug(await docker(run, ["ps", ...agents, ...format]));
}

/** What a run left. */
export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that is going on. Disposal ends it. */
export interface BottleRun extends AsyncDisposable {
  readonly ended: Promise<RunOutcome>;
  /** Waits for a point of the session; fails if the run ends before it. */
  reaches(point: Promise<void>): Promise<void>;
}

/** What a bottle is started with. */
export interface BottleStart {
  readonly home: TestHome;
  readonly credential: string;
  /** The engine network on which the upstream is. */
  readonly network: string;
}

/** Starts `bot-bottle start` on a terminal of its own. */
export function startOnTerminal(run: Run, start: BottleStart): Terminal {
  const program = '"$DENO" run --quiet --allow-all "$MAIN"';
  return startTerminal(run, `${program} start ${AGENT} --yes --bundle-network "$NETWORK"`, {
    ...environmentOf(start),
    DENO: Deno.execPath(),
    MAIN: `${ROOT}cli/main.ts`,
    NETWORK: networkOf(start),
  });
}

/** Starts `bot-bottle run`. */
export function startRun(run: Run, start: BottleStart): BottleRun {
  const abort = new AbortController();
  const ended = botBottle(
    run,
    ["run", AGENT, "--prompt", "-", "--json", "--bundle-network", networkOf(start)],
    environmentOf(start),
    { stdin: "What is the SHA-256 of the file?\n", signal: abort.signal },
  );
  ended.catch(() => {});
  return {
    ended,
    reaches: (point) =>
      Promise.race([
        point,
        ended.then(({ code, stdout, stderr }) => {
          throw new Error(`the run ended with ${code}: ${stdout}${stderr}`);
        }),
      ]),
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await ended.catch(() => {});
    },
  };
}

function environmentOf({ home, credential }: BottleStart): Readonly<Record<string, string>> {
  return {
    BOT_BOTTLE_HOME: home.folder,
    BOT_BOTTLE_EXTRA_CA: home.extraCaFile,
    CLAUDE_CREDENTIAL: credential,
  };
}

function networkOf({ network }: BottleStart): string {
  return `${network}=${API_HOST}`;
}

async function botBottle(
  run: Run,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: { readonly stdin?: string; readonly signal?: AbortSignal } = {},
): Promise<RunOutcome> {
  const program = [Deno.execPath(), "run", "--quiet", "--allow-all", `${ROOT}cli/main.ts`];
  const { code, stdout, stderr } = await run([...program, ...args], {
    ...options,
    env: { ...env, NO_COLOR: "1" },
  });
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/**
 * The image's name depends on the extra CA, and this test has a new one each time: the image that the machine's own CA
 * makes gets a second name, which is taken away again.
 */
async function shareImage(
  run: Run,
  home: string,
  machineCaPem: string | null,
  extraCaPem: string,
): Promise<AsyncDisposable> {
  const image = providerImage(claude, machineCaPem);
  const { tag: alias } = providerImage(claude, extraCaPem);
  const env = (name: string): string | undefined => Deno.env.get(name);
  await ensureAgentImage(createEngine({ run }), { home, env, clock: systemClock }, image, {
    home: homeId(home),
    guestHome: claude.guestHome,
    extraCaPem: machineCaPem,
    onLine: () => {},
    signal: AbortSignal.timeout(10 * 60_000),
  });
  await docker(run, ["tag", image.tag, alias]);
  return {
    [Symbol.asyncDispose]: async () => {
      await run(["docker", "image", "rm", alias]);
    },
  };
}

async function searchFolder(folder: string, needles: readonly Needle[]): Promise<readonly Hit[]> {
  const hits: Hit[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) hits.push(...await searchFolder(path, needles));
    if (entry.isFile) hits.push(...scanBytes(needles, await Deno.readFile(path)));
  }
  return hits;
}
