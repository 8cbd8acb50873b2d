/** Bringing a bundle up: made, started, configured, ready. */

import type { Clock } from "../../lib/context.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import { openControl } from "../../lib/control/client_stream.ts";
import {
  type ConfigureDocument,
  type ConfigureResult,
  CONTROL_SOCKET,
  type ReadyResult,
} from "../../lib/control/protocol.ts";
import { BottleError } from "../../lib/errors.ts";
import { resourceName, type Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { bundleFailure } from "./bundle_failure.ts";
import { bundleArgs, type BundleSpec } from "./container_args.ts";

/** How long a bundle may take from its start to ready, in milliseconds. */
const CONFIGURE_MS = 30_000;
const READY_POLL_MS = 100;

/**
 * Waits for init's socket, at most 10 s, then becomes the stream to it. `-N` ends the stream when ours does. The
 * script is constant: no value reaches this shell.
 */
const CONNECT = `n=0
until [ -S ${CONTROL_SOCKET} ]; do
  n=$((n + 1)); [ $n -gt 500 ] && { echo "init does not listen" >&2; exit 69; }
  sleep 0.02
done
exec nc -N -U ${CONTROL_SOCKET}`;

/**
 * Makes the container and joins it to its networks; nothing runs yet. The ledger's volume is made with it, or found.
 *
 * @throws {BottleError} what the engine says
 */
export async function createBundle(
  engine: Engine,
  spec: BundleSpec,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await engine.docker(bundleArgs(spec), options);
  // One after the other: an engine that joins two networks at once may lose one of them.
  for (const network of [spec.outer, ...spec.extraNetworks]) {
    const name = resourceName(spec.slug, "bundle");
    await engine.docker(["network", "connect", network, name], options);
  }
}

/** Starts the container: init listens, nothing else happens until `configure`. */
export async function startBundle(
  engine: Engine,
  slug: Slug,
  signal?: AbortSignal,
): Promise<void> {
  const args = ["start", resourceName(slug, "bundle")];
  await engine.docker(args, signal === undefined ? {} : { signal });
}

/** A new stream to a bundle that runs. The signal ends it. */
export function openBundle(engine: Engine, slug: Slug, signal?: AbortSignal): ControlClient {
  const name = resourceName(slug, "bundle");
  const args = ["exec", "--interactive", "--user", "0:0", name, "/bin/sh", "-c", CONNECT];
  return openControl(engine.duplex(args, signal === undefined ? {} : { signal }));
}

/** A bundle that is ready. */
export interface ConfiguredBundle {
  /** The caller's to dispose. */
  readonly control: ControlClient;
  readonly result: ConfigureResult;
}

/**
 * Hands a started bundle its configuration, over stdin, and waits until its daemons are ready.
 *
 * @throws {BottleError} `bundle-not-ready`, with what the daemons wrote
 */
export async function configureBundle(
  engine: Engine,
  slug: Slug,
  document: ConfigureDocument,
  signal?: AbortSignal,
): Promise<ConfiguredBundle> {
  await using undo = new AsyncDisposableStack();
  const control = undo.use(openBundle(engine, slug));
  try {
    const options = { timeoutMs: CONFIGURE_MS, ...(signal === undefined ? {} : { signal }) };
    const result = await control.call("configure", document, options);
    undo.move();
    return { control, result };
  } catch (error) {
    signal?.throwIfAborted();
    throw await bundleFailure(engine, slug, control, error);
  }
}

/**
 * Waits for a configured bundle whose daemons may be starting again.
 *
 * @throws {BottleError} `bundle-shut` if it was never configured; `bundle-not-ready` after `timeoutMs`
 */
export async function waitReady(
  control: ControlClient,
  clock: Clock,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ReadyResult> {
  const until = clock.now().getTime() + timeoutMs;
  while (true) {
    const state = await control.call("ready", null, signal === undefined ? {} : { signal });
    if (state.ready) return state;
    if (!state.configured) {
      throw new BottleError("The bundle was restarted and has no configuration", {
        code: "bundle-shut",
        hint: "`bot-bottle resume` configures it anew",
      });
    }
    if (clock.now().getTime() >= until) {
      throw new BottleError("The bundle is not ready", {
        code: "bundle-not-ready",
        details: state.daemons.flatMap(({ name, log }) => log.map((line) => `${name}: ${line}`)),
      });
    }
    await clock.sleep(READY_POLL_MS, signal);
  }
}
