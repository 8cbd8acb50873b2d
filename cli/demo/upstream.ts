/** The network and the container of the demo's upstream. */

import type { Engine } from "../../backends/engine/engine.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { type HomeId, Label, type Slug, VERSION } from "../../lib/names.ts";
import { createAuthority } from "../../lib/pki/authority.ts";
import { type Leaf, LeafIssuer } from "../../lib/pki/leaf.ts";
import { LineSplitter } from "../../lib/process/line_splitter.ts";
import program from "./upstream_program.ts" with { type: "text" };

/** What the demo calls it. */
export const UPSTREAM_HOST = "api.demo.test";
/** The same container, where it has a repository. */
export const GIT_HOST = "git.demo.test";
/** What the repository is cloned by. */
export const GIT_URL = `https://${GIT_HOST}:8443/widget.git`;
/** Another name of the same server: a route names it, and nobody said that it may be private. */
export const INSIDE_HOST = "inside.demo.test";

const READY_MS = 20_000;

/** An authority and a certificate for each of the upstream's names, made for one demo. */
export interface UpstreamIdentity {
  readonly caPem: string;
  readonly api: Leaf;
  readonly git: Leaf;
}

/** Makes them, on the host and in memory: they open nothing. */
export async function makeIdentity(now: Date): Promise<UpstreamIdentity> {
  const authority = await createAuthority(now);
  const issuer = await LeafIssuer.open(authority, { now: () => now });
  const leafOf = (value: string): Promise<Leaf> => issuer.leafFor({ kind: "name", value });
  return {
    caPem: authority.cert_pem,
    api: await leafOf(UPSTREAM_HOST),
    git: await leafOf(GIT_HOST),
  };
}

/** A running upstream; disposing removes container and network. */
export interface Upstream extends AsyncDisposable {
  readonly network: string;
  readonly address: string;
}

/** What it is made from. */
export interface UpstreamOptions {
  readonly engine: Engine;
  readonly image: string;
  readonly slug: Slug;
  readonly homeId: HomeId;
  readonly identity: UpstreamIdentity;
  /** What opens the repository. */
  readonly gitToken: string;
  readonly signal: AbortSignal;
}

/** Starts it. @throws {BottleError} `demo-upstream` if it does not get ready */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { engine, image, slug, homeId, identity, gitToken, signal } = options;
  const network = `bot-bottle-${slug}-demo`;
  const container = `${network}-upstream`;
  // With the bottle's labels, so that its removal and `cleanup` find them too.
  const labels = [[Label.home, homeId], [Label.slug, slug], [Label.role, "demo"], [
    Label.version,
    VERSION,
  ]].flatMap(([key, value]) => ["--label", `${key}=${value}`]);

  await using undo = new AsyncDisposableStack();
  undo.defer(async () => void await engine.raw(["network", "rm", network]));
  await engine.docker(["network", "create", ...labels, network], { signal });
  undo.defer(async () => void await engine.raw(["rm", "--force", "--volumes", container]));
  const server = undo.use(engine.duplex([
    "run",
    "--rm",
    "--interactive",
    "--name",
    container,
    ...labels,
    "--network",
    network,
    "--network-alias",
    UPSTREAM_HOST,
    "--network-alias",
    GIT_HOST,
    "--network-alias",
    INSIDE_HOST,
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--sysctl=net.ipv4.ip_unprivileged_port_start=443",
    "--entrypoint=deno",
    image,
    "eval",
    "--ext=ts",
    program,
  ], { signal }));
  const writer = server.writable.getWriter();
  const { api, git } = identity;
  const document = JSON.stringify({ api, git, git_token: gitToken });
  await writer.write(new TextEncoder().encode(document));
  await writer.close();
  await firstLine(server.readable, AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]));
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const address = await engine.docker(["inspect", "--format", format, container], { signal });
  const owned = undo.move();
  return { network, address, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function firstLine(readable: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
  const ready = Promise.withResolvers<void>();
  const splitter = new LineSplitter((line) => line === "ready" && ready.resolve());
  const fail = (): void =>
    ready.reject(
      new BottleError("The demo's upstream did not get ready", {
        code: "demo-upstream",
        exitCode: ExitCode.cannotStart,
      }),
    );
  signal.addEventListener("abort", fail, { once: true });
  void readable.pipeTo(new WritableStream({ write: (chunk) => splitter.push(chunk), close: fail }))
    .catch(fail);
  try {
    await ready.promise;
  } finally {
    signal.removeEventListener("abort", fail);
  }
}
