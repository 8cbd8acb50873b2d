/** Containers and networks of a git test: named by the test, labelled, removed with it. */

import type { Engine } from "../../../backends/engine/engine.ts";
import type { RunOptions } from "../../../lib/process/run.ts";

/** What is left of a test is told by this label. */
export const TEST_LABEL: readonly string[] = ["--label", "bot-bottle.role=test"];

/** How a program in a container ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode Container.exec}. */
export interface ExecOptions {
  /** `user`, or `uid:gid`; default the container's. */
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: NonNullable<RunOptions["stdin"]>;
  readonly signal?: AbortSignal;
  /** Default two minutes. */
  readonly timeoutMs?: number;
}

/** A running container. Disposal removes it. */
export interface Container extends AsyncDisposable {
  readonly name: string;
  /** Runs a program in it to its end. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<Ended>;
  /** The same; stdout without its last line end. @throws {Error} with its stderr if its exit code is not 0 */
  read(argv: readonly string[], options?: ExecOptions): Promise<string>;
}

/** Options of {@linkcode startContainer}. */
export interface ContainerOptions {
  readonly engine: Engine;
  readonly name: string;
  readonly image: string;
  /** Arguments of `docker run`. */
  readonly flags: readonly string[];
  /** Default: the image's. */
  readonly command?: readonly string[];
}

const EXEC_MS = 120_000;

/** Starts it in the background. */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  const { engine, name, image, flags, command = [] } = options;
  await using undo = new AsyncDisposableStack();
  undo.defer(() => removeContainer(engine, name));
  await engine.docker([
    ...["run", "--detach", "--init", "--name", name],
    ...TEST_LABEL,
    ...flags,
    image,
    ...command,
  ]);
  const owned = undo.move();
  return {
    ...containerNamed(engine, name),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One that somebody else has started, to run programs in. */
export function containerNamed(
  engine: Engine,
  name: string,
): Pick<Container, "name" | "exec" | "read"> {
  const exec: Container["exec"] = async (argv, options = {}) => {
    const { user, cwd, env = {}, stdin, signal, timeoutMs = EXEC_MS } = options;
    const { code, stdout, stderr } = await engine.raw([
      ...["exec", "--interactive"],
      ...(user === undefined ? [] : ["--user", user]),
      ...(cwd === undefined ? [] : ["--workdir", cwd]),
      ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      name,
      ...argv,
    ], { stdin: stdin ?? "", timeoutMs, ...(signal === undefined ? {} : { signal }) });
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
  return {
    name,
    exec,
    read: async (argv, options) => {
      const { code, stdout, stderr } = await exec(argv, options);
      if (code !== 0) throw new Error(`${argv.join(" ")} in ${name}: ${code}, ${stderr}`);
      return stdout.replace(/\n$/, "");
    },
  };
}

/** Removes it and what it wrote; one that is not there is no error. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  await engine.raw(["rm", "--force", "--volumes", name]);
}

/** A network; disposal removes it. */
export interface Network extends AsyncDisposable {
  readonly name: string;
  /** The address that comes so many after the network's own: 1 is the gateway's, 2 the first container's. */
  address(at: number): string;
}

/** Makes it. @param flags more arguments of `docker network create` */
export async function makeNetwork(
  engine: Engine,
  name: string,
  ...flags: readonly string[]
): Promise<Network> {
  for (let tries = 0;; tries++) {
    const base = randomBase();
    const args = ["network", "create", "--subnet", `${base}.0/28`, ...TEST_LABEL, ...flags, name];
    const { code, stderr } = await engine.raw(args);
    if (code === 0) {
      return {
        name,
        address: (at) => `${base}.${at}`,
        [Symbol.asyncDispose]: async () => void await engine.raw(["network", "rm", name]),
      };
    }
    const reason = new TextDecoder().decode(stderr);
    // Somebody else on this machine has taken it.
    if (!reason.includes("overlaps") || tries === 20) throw new Error(`docker network: ${reason}`);
  }
}

/** The first three numbers of a /28 outside of what bottles take. */
function randomBase(): string {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  return `10.${100 + a % 90}.${b}`;
}
