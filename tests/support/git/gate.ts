/** The git-gate daemon alone, in the bundle's real image and container, with the test as its init. */

import { ensureBundleImage } from "../../../backends/bundle/image.ts";
import { bundleArgs, type BundleSpec } from "../../../backends/bundle/container_args.ts";
import type { Engine } from "../../../backends/engine/engine.ts";
import { systemClock } from "../../../lib/clock.ts";
import { RpcErrorCode } from "../../../lib/control/protocol.ts";
import { RpcError, RpcPeer } from "../../../lib/control/rpc.ts";
import { readList, readShape } from "../../../lib/control/shape.ts";
import { parseAuditRow } from "../../../lib/audit/row.ts";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import { GIT_GATE_PORT, type GitGateConfig } from "../../../lib/git_gate/config.ts";
import { homeId, makeSlug, resourceName } from "../../../lib/names.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { daemonArgv } from "../../../sidecars/init/daemons.ts";
import { fakeContext } from "../context.ts";
import {
  type Container,
  containerNamed,
  type Network,
  removeContainer,
  TEST_LABEL,
} from "./container.ts";

/** Options of {@linkcode startGate}. */
export interface GateOptions {
  readonly engine: Engine;
  /** The network that it shares with its clients. */
  readonly inner: Network;
  /** Networks with upstreams. */
  readonly outer: readonly string[];
  /** Everything but where it listens. */
  readonly config: Omit<GitGateConfig, "listen">;
  /** Its name on the inner network; default {@linkcode GATE_HOST}. */
  readonly host?: string;
  /** Its place there, {@linkcode Network.address}'s number; default {@linkcode GATE_AT}. */
  readonly at?: number;
  /** A file of this machine with other sidecars, mounted over the image's. */
  readonly script?: string;
  /** How much the mirrors' volume holds, as `mount` takes it: `8m`. Default: as much as the engine's disk. */
  readonly mirrorsSize?: string;
}

/** A running gate. Disposal removes container and volumes. */
export interface Gate extends AsyncDisposable {
  /** To run programs in: in the place of what the daemon starts, as the same user. */
  readonly container: Pick<Container, "name" | "exec" | "read">;
  /** Where the guest finds it. */
  url(repo: string): string;
  /** What it has handed to the ledger, oldest first. */
  readonly rows: readonly AuditRow[];
  /** What it wrote on stderr so far. */
  log(): Promise<string>;
  /** From now on the ledger takes no rows, or takes them again. */
  refuseRows(isRefused: boolean): void;
  /** Ends the daemon as init does, and starts it anew with the same mirrors. */
  restart(config?: GateOptions["config"]): Promise<void>;
}

/** The gate's name on the inner network, as in a bottle. */
export const GATE_HOST = "git-gate";
/** Its place there. */
export const GATE_AT = 2;

const SCRIPT = "/usr/local/lib/bot-bottle/sidecars.js";
const USER = "1002:1002";
const CALL_MS = 30_000;

/** Starts it and hands it its configuration. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const { engine, inner, outer, host = GATE_HOST, at = GATE_AT } = options;
  const slug = makeSlug("gate", (length) => crypto.getRandomValues(new Uint8Array(length)));
  const spec: BundleSpec = {
    slug,
    homeId: homeId(`/test/${slug}`),
    image: await gateImage(engine),
    inner: { network: inner.name, address: inner.address(at) },
    outer: outer[0] ?? inner.name,
    extraNetworks: outer.slice(1),
    mirrors: true,
  };
  const name = resourceName(slug, "bundle");
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await removeContainer(engine, name);
    for (const role of ["ledger", "mirrors"] as const) {
      await engine.raw(["volume", "rm", resourceName(slug, role)]);
    }
  });
  if (options.mirrorsSize !== undefined) {
    const mount = `o=size=${options.mirrorsSize},uid=1002,gid=1002,mode=0700`;
    await engine.docker([
      ...["volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", mount],
      ...[...TEST_LABEL, resourceName(slug, "mirrors")],
    ]);
  }
  await engine.docker(createArgs(spec, host, options.script));
  for (const network of outer) await engine.docker(["network", "connect", network, name]);
  const rows: AuditRow[] = [];
  let isRefused = false;
  const start = (config: GateOptions["config"]): Promise<Daemon> => {
    const listen = { address: spec.inner.address, port: GIT_GATE_PORT };
    return startDaemon(engine, name, { listen, ...config }, rows, () => isRefused);
  };
  let daemon = await start(options.config);
  undo.defer(() => daemon.end());
  const owned = undo.move();
  return {
    container: containerNamed(engine, name),
    url: (repo) => `http://${host}:${GIT_GATE_PORT}/${repo}`,
    rows,
    log: async () => {
      const { stderr } = await engine.raw(["logs", name]);
      return new TextDecoder().decode(stderr);
    },
    refuseRows: (now) => {
      isRefused = now;
    },
    restart: async (config = options.config) => {
      await daemon.end();
      daemon = await start(config);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The bundle's image, with the sidecars as they are now in it. */
export async function gateImage(engine: Engine): Promise<string> {
  const context = fakeContext({
    run: createRun(),
    env: (name) => Deno.env.get(name),
    clock: systemClock,
    home: "/tmp/bot-bottle-test-home",
  });
  return await ensureBundleImage(context, engine);
}

/** The bundle's own container, but for who runs in it: of arguments that are there twice the last counts. */
function createArgs(spec: BundleSpec, host: string, script: string | undefined): readonly string[] {
  const listen = `${spec.inner.address}:${GIT_GATE_PORT}`;
  const [program = "", ...args] = daemonArgv("git-gate", SCRIPT, listen);
  return [
    ...bundleArgs(spec).slice(0, -1),
    ...["--interactive", "--user", USER, "--network-alias", host, "--entrypoint", program],
    ...(script === undefined ? [] : ["--volume", `${script}:${SCRIPT}:ro`]),
    ...["--env", "HOME=/nonexistent", "--env", "PATH=/usr/local/bin:/usr/bin:/bin"],
    spec.image,
    ...args,
  ];
}

interface Daemon {
  end(): Promise<void>;
}

async function startDaemon(
  engine: Engine,
  name: string,
  config: GitGateConfig,
  rows: AuditRow[],
  isRefused: () => boolean,
): Promise<Daemon> {
  await using undo = new AsyncDisposableStack();
  const duplex = undo.use(engine.duplex(["start", "--attach", "--interactive", name]));
  const append = (params: unknown): Promise<unknown> => {
    if (isRefused()) return Promise.reject(new RpcError(RpcErrorCode.internal, "No rows now"));
    rows.push(...readList(readShape(params, "audit.append"), "rows", 1000).map(parseAuditRow));
    return Promise.resolve({ last: rows.length });
  };
  const { readable, writable } = duplex;
  const peer = undo.use(new RpcPeer({ readable, writable, handlers: { "audit.append": append } }));
  try {
    await peer.call("configure", config, { timeoutMs: CALL_MS });
  } catch (error) {
    const { stderr } = await engine.raw(["logs", name]);
    throw new Error(`The gate: ${new TextDecoder().decode(stderr)}`, { cause: error });
  }
  const owned = undo.move();
  return {
    end: async () => {
      await peer.call("shutdown", null, { timeoutMs: CALL_MS }).catch(() => undefined);
      await owned.disposeAsync();
      await engine.raw(["stop", "--time", "2", name]);
    },
  };
}
