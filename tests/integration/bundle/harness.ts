/** A bundle of a test's own, on networks of its own, that is gone when the test ends. */

import type { ConfigureDocument, DaemonName } from "../../../lib/control/protocol.ts";
import type { Context } from "../../../lib/context.ts";
import { type HomeId, homeId, makeSlug, resourceName, type Slug } from "../../../lib/names.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { systemClock } from "../../../lib/clock.ts";
import {
  configureBundle,
  type ConfiguredBundle,
  createBundle,
  startBundle,
} from "../../../backends/bundle/bundle.ts";
import { ensureBundleImage } from "../../../backends/bundle/image.ts";
import { createEngine, type Engine } from "../../../backends/engine/engine.ts";
import { testDocument } from "../../support/configure_document.ts";
import { fakeContext } from "../../support/context.ts";

/** The real engine. */
export const engine: Engine = createEngine({ run: createRun() });

/** Options of {@linkcode startTestBundle}. */
export interface TestBundleOptions {
  /** As of a bottle that has repositories. Default no. */
  readonly mirrors?: boolean;
}

/** A started bundle; nothing is configured. */
export interface TestBundle extends AsyncDisposable {
  readonly slug: Slug;
  readonly name: string;
  readonly image: string;
  readonly document: ConfigureDocument;
  readonly volume: string;
  readonly inner: string;
  readonly outer: string;
  /** On the inner network: its own, and the agent's, which nobody has. */
  readonly addresses: { readonly bundle: string; readonly agent: string };
  /** With `document` unless told. */
  configure(document?: ConfigureDocument): Promise<ConfiguredBundle>;
  /** Runs a program in the bundle as root; stdout. */
  exec(...argv: readonly string[]): Promise<string>;
}

/** Makes and starts one. */
export async function startTestBundle(options: TestBundleOptions = {}): Promise<TestBundle> {
  const slug = makeSlug("bundle", randomBytes);
  const home: HomeId = homeId(`/test/${slug}`);
  const name = resourceName(slug, "bundle");
  await using undo = new AsyncDisposableStack();
  const image = await testImage();
  const addresses = { bundle: innerAddress(slug, 2), agent: innerAddress(slug, 3) };
  const [inner, outer] = [`bot-bottle-${slug}-inner`, `bot-bottle-${slug}-outer`];
  for (const [network, flags] of [[inner, ["--internal"]], [outer, []]] as const) {
    undo.defer(() => ignore(["network", "rm", network]));
    const labels = ["--label", `bot-bottle.home=${home}`, "--label", `bot-bottle.slug=${slug}`];
    const subnet = network === inner ? ["--subnet", `${innerAddress(slug, 0)}/29`] : [];
    await engine.docker(["network", "create", ...flags, ...subnet, ...labels, network]);
  }
  for (const role of ["ledger", "mirrors"] as const) {
    undo.defer(() => ignore(["volume", "rm", resourceName(slug, role)]));
  }
  undo.defer(() => ignore(["rm", "--force", name]));
  await createBundle(engine, {
    slug,
    homeId: home,
    image,
    inner: { network: inner, address: addresses.bundle },
    outer,
    extraNetworks: [],
    mirrors: options.mirrors ?? false,
  });
  await startBundle(engine, slug);
  const kept = undo.move();
  const document = testDocument(slug);
  return {
    slug,
    name,
    image,
    document,
    volume: resourceName(slug, "ledger"),
    inner,
    outer,
    addresses,
    configure: (other = document) => configureBundle(engine, slug, other),
    exec: (...argv) => engine.docker(["exec", "--user", "0:0", name, ...argv]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A plain request through egress for a host that no route names; the whole response. */
export async function request(bundle: TestBundle, path: string): Promise<string> {
  const head = ["Host: example.com", "Connection: close", "", ""].join("\r\n");
  const message = `GET http://example.com${path} HTTP/1.1\r\n${head}`;
  const script = "exec 3<>/dev/tcp/127.0.0.1/9099; cat >&3; exec timeout 20 cat <&3";
  const argv = ["exec", "--interactive", bundle.name, "bash", "-c", script];
  const { stdout } = await engine.raw(argv, { stdin: message });
  return new TextDecoder().decode(stdout);
}

/** The process of a daemon, as the bundle numbers it. @throws {Error} if there is not exactly one */
export async function daemonPid(
  bundle: TestBundle,
  name: "init" | DaemonName,
): Promise<string> {
  const script = `for p in /proc/[0-9]*; do
    tr '\\0' ' ' < $p/cmdline | grep -q '^/usr/local/bin/deno ' || continue
    tr '\\0' ' ' < $p/cmdline | grep -q 'sidecars.js ${name} $' && echo "\${p#/proc/}"; done; true`;
  const found = (await bundle.exec("sh", "-c", script)).split("\n");
  const [pid] = found;
  if (found.length !== 1 || pid === undefined || pid === "") {
    throw new Error(`${found.length} processes of ${name}`);
  }
  return pid;
}

/** The product's own image, in the person's own cache: it is built once for all tests. */
export async function testImage(): Promise<string> {
  return await ensureBundleImage(hostContext(), engine);
}

/** What the bundle's image needs of a context. */
export function hostContext(): Context {
  return fakeContext({
    run: createRun(),
    env: (name) => Deno.env.get(name),
    clock: systemClock,
    home: "/tmp/bot-bottle-test-home",
  });
}

/** Asks until it is so. @throws {Error} after `timeoutMs` */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await systemClock.sleep(50);
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`);
}

async function ignore(args: readonly string[]): Promise<void> {
  await engine.raw(args);
}

/** In a /29 that hardly another test has: from the slug's random part. */
function innerAddress(slug: Slug, at: number): string {
  const seed = Number.parseInt(slug.slice(-5), 36);
  return `10.${200 + seed % 50}.${Math.floor(seed / 50) % 250}.${at}`;
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
