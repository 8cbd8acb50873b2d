/** The life of a keeper: takes the bottle's lock, listens, watches, and ends with its bottle or when it is asked to. */

import { join } from "node:path";
import type { Backend } from "../../backends/backend.ts";
import type { Clock } from "../../lib/context.ts";
import { BottleError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/names.ts";
import { lockBottle } from "../../lib/state/lock.ts";
import { bottleFolder } from "./client.ts";
import type { Door } from "./door.ts";
import { openKeeperLog } from "./log.ts";
import type { KeeperSeed, KeeperStatus } from "./protocol.ts";
import { serveKeeper } from "./server.ts";
import { watchBottle } from "./watch.ts";

/** What {@linkcode keep} takes. */
export interface KeepOptions {
  readonly seed: KeeperSeed;
  readonly backend: Pick<Backend, "isUp" | "control">;
  readonly door: Door;
  readonly clock: Clock;
  readonly pid: number;
  /** Ends it: SIGTERM. */
  readonly signal: AbortSignal;
  /** Called once it has the lock and listens. */
  readonly onReady: () => void;
}

/** How long it waits for the lock, in milliseconds: whoever starts a keeper lets go of it just then. */
const LOCK_MS = 5_000;
const POLL_MS = 50;

/**
 * Keeps a bottle. Changes nothing of it: no container, no configuration.
 *
 * @throws {BottleError} `bottle-busy`: another command or another keeper has the bottle; `bottle-unknown`, `door-unusable`
 */
export async function keep(options: KeepOptions): Promise<void> {
  const { seed, backend, door, clock, signal, onReady } = options;
  const folder = bottleFolder(seed.home, seed.slug);
  using lock = new DisposableStack();
  lock.use(await lockWhenFree(options, join(folder, "lock")));
  using log = await openKeeperLog(folder, clock);
  const since = clock.now().toISOString();
  const released = new AbortController();
  const release = async (): Promise<void> => {
    // A disk that takes no change must not keep the bottle from who asks for it: a socket that nobody listens at is none.
    await server.hide().catch((error: unknown) => log.line(`The socket stays: ${String(error)}`));
    lock.dispose();
    released.abort();
  };
  let releasing: Promise<void> | undefined;
  let stream: KeeperStatus["stream"] = "down";
  await using server = await serveKeeper({
    folder,
    door,
    answers: {
      status: (): Promise<KeeperStatus> =>
        Promise.resolve({ pid: options.pid, since, slug: seed.slug, version: VERSION, stream }),
      environment: () => Promise.resolve(Object.entries(seed.environment)),
      // Once: a later one would remove the socket of whoever has the bottle by then.
      release: () => releasing ??= release(),
    },
  });
  onReady();
  log.line("Keeps the bottle");
  try {
    await watchBottle({
      backend,
      slug: seed.slug,
      clock,
      signal: AbortSignal.any([signal, released.signal]),
      onStream: (now) => void (stream = now),
      onLog: (line) => log.line(line),
      isRemembered: () => isThere(folder),
    });
    log.line("The bottle does not run any more");
  } catch (error) {
    if (!signal.aborted && !released.signal.aborted) throw error;
    log.line(released.signal.aborted ? "Released" : "Told to end");
  } finally {
    await (releasing ??= release());
  }
}

async function lockWhenFree(
  { seed: { slug }, clock, signal }: KeepOptions,
  file: string,
): Promise<Disposable> {
  for (let waited = 0;; waited += POLL_MS) {
    try {
      return await lockBottle(slug, file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new BottleError(`No bottle "${slug}" is remembered in this home`, {
          code: "bottle-unknown",
        });
      }
      if (!(error instanceof BottleError) || waited >= LOCK_MS) throw error;
      await clock.sleep(POLL_MS, signal);
    }
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await Deno.stat(folder)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
