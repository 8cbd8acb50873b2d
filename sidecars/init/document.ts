/** The `configure` document as init reads it: what it must know to hand each daemon its own part. */

import {
  readCount,
  readList,
  readShape,
  readText,
  type Shape,
  shapeError,
} from "../../lib/control/shape.ts";

/** The document, split. What is inside a daemon's part that daemon checks itself. */
export interface Parts {
  readonly slug: string;
  readonly egress: Shape;
  /** Null: the bottle has no repositories. */
  readonly gitGate: GatePart | null;
  readonly ledger: Shape;
  /** Values that no log may show. */
  readonly secrets: readonly string[];
}

/** git-gate's part. */
export interface GatePart {
  readonly config: Shape;
  /** The one place where it may listen, as Deno writes permissions: `10.1.2.3:9418`, `[fd00::1]:9418`. */
  readonly listen: string;
}

/** More repositories than any bottle has. */
const MAX_REPOS = 1_000;

/** @throws {BottleError} `shape-invalid` */
export function splitDocument(params: unknown): Parts {
  const document = readShape(params, "configure");
  if (document.version !== 1) throw shapeError("version", "1");
  const egress = readShape(document.egress, "egress");
  const gitGate = document.git_gate === null ? null : readShape(document.git_gate, "git_gate");
  return {
    slug: readText(document, "slug", 128),
    egress,
    gitGate: gitGate === null ? null : { config: gitGate, listen: listenOf(gitGate) },
    ledger: readShape(document.ledger, "ledger"),
    secrets: [...egressSecrets(egress), ...(gitGate === null ? [] : gateSecrets(gitGate))],
  };
}

/** The lines of a PEM block, each of which would tell a part of the key. */
export function pemLines(pem: string): readonly string[] {
  return pem.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("-----"));
}

/** It becomes part of a permission, in which a comma would begin another one. */
function listenOf(gate: Shape): string {
  const listen = readShape(gate.listen, "listen");
  const address = readText(listen, "address", 45);
  const port = readCount(listen, "port");
  if (!/^[0-9A-Fa-f.:]+$/.test(address)) throw shapeError("address", "an IP address");
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function egressSecrets(egress: Shape): readonly string[] {
  const tokens = Object.values(readShape(egress.tokens ?? {}, "tokens"));
  const selfTest = readShape(egress.self_test ?? {}, "self_test");
  const upstreamProxy = readShape(egress.upstream_proxy ?? {}, "upstream_proxy");
  return texts([...tokens, selfTest.value, upstreamProxy.authorization]);
}

/** What git-gate gets open is on a wire in other forms: those of Basic authentication are told too. */
function gateSecrets(gate: Shape): readonly string[] {
  const proxy = readShape(gate.upstream_proxy ?? {}, "upstream_proxy");
  const credentials = readShape(proxy.credentials ?? {}, "credentials");
  const repos = readList(gate, "repos", MAX_REPOS).map((repo) =>
    readShape(readShape(repo, "repos").upstream, "upstream")
  );
  return [
    ...withBasic(credentials.username, credentials.password),
    ...repos.flatMap(({ username, token }) => withBasic(username, token)),
    ...texts(repos.map(({ private_key: key }) => key)).flatMap(pemLines),
  ];
}

function withBasic(username: unknown, password: unknown): readonly string[] {
  if (typeof password !== "string") return [];
  return typeof username === "string" ? [password, `${username}:${password}`] : [password];
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}
