/** Reading git-gate's part of the `configure` document: strict, by hand, as the daemon has to start fast. */

import {
  readChoice,
  readCount,
  readFlag,
  readList,
  readShape,
  readText,
  type Shape,
  shapeError,
} from "../control/shape.ts";
import { parseAddress } from "../egress/host/address.ts";
import { parseHost, printHost } from "../egress/host/host.ts";
import { parseNoProxyEntry } from "../egress/host/no_proxy.ts";
import type { ListenAddress } from "../egress/config.ts";
import type {
  GateProxy,
  GateRepo,
  GateUpstream,
  GitGateConfig,
  HttpsUpstream,
  RepoRules,
  SshUpstream,
} from "./config.ts";
import { parseHostKey } from "./host_key.ts";
import { parseSecretPrints } from "./secret_prints_shape.ts";

/** As {@linkcode GateRepo.name} has it. */
export const REPO_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** What ssh and git take for a user, and neither for an option. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
// deno-lint-ignore no-control-regex -- a line end would begin another line of a configuration
const CONTROL = /[\x00-\x1f\x7f]/;
/** RFC 3986, 3.3, and nothing that begins a query or a fragment. */
const URL_PATH = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/;

const MAX_REPOS = 256;
const MAX_PEERS = 64;
const MAX_PATTERNS = 1_024;
const MAX_PEM = 1_048_576;
const MAX_KEY = 65_536;

/**
 * Parses it. An unknown key is an error, as it may be a rule that this version does not know; errors name fields, never
 * values: there are keys among them.
 *
 * @throws {BottleError} `shape-invalid`
 */
export function parseGitGateConfig(value: unknown): GitGateConfig {
  const shape = readShape(value, "git_gate");
  allowKeys(shape, "git_gate", [
    ...["listen", "peers", "repos", "known_secrets"],
    ...["extra_ca_pem", "upstream_proxy"],
  ]);
  const repos = readList(shape, "repos", MAX_REPOS).map(parseRepo);
  if (repos.length === 0) throw shapeError("repos", "a list of at least one");
  const names = new Set(repos.map(({ name }) => name));
  if (names.size !== repos.length) throw shapeError("repos", "a list in which each name is once");
  return {
    listen: parseListen(shape.listen),
    peers: readList(shape, "peers", MAX_PEERS).map((peer) => readAddress({ peer }, "peer")),
    repos,
    known_secrets: parseSecretPrints(shape.known_secrets),
    extra_ca_pem: orNull(shape, "extra_ca_pem", () => readPem(shape, "extra_ca_pem")),
    upstream_proxy: orNull(shape, "upstream_proxy", () => parseProxy(shape.upstream_proxy)),
  };
}

function parseListen(value: unknown): ListenAddress {
  const shape = readShape(value, "listen");
  allowKeys(shape, "listen", ["address", "port"]);
  return { address: readAddress(shape, "address"), port: readPort(shape, "port", 0) };
}

function parseRepo(value: unknown): GateRepo {
  const shape = readShape(value, "repo");
  allowKeys(shape, "repo", ["name", "upstream", "push", "rules"]);
  const name = readMatch(shape, "name", REPO_NAME, "a repository's name");
  // `/a` and `/a.git` are the same repository of the gate.
  if (name.endsWith(".git")) throw shapeError("name", "a name without .git at its end");
  return {
    name,
    upstream: parseUpstream(shape.upstream),
    push: readChoice(shape, "push", ["allow", "approve", "deny"] as const),
    rules: parseRules(shape.rules),
  };
}

function parseUpstream(value: unknown): GateUpstream {
  const shape = readShape(value, "upstream");
  const scheme = readChoice(shape, "scheme", ["ssh", "https"] as const);
  switch (scheme) {
    case "ssh":
      return parseSsh(shape);
    case "https":
      return parseHttps(shape);
    default:
      return scheme satisfies never;
  }
}

function parseSsh(shape: Shape): SshUpstream {
  const keys = ["scheme", "user", "host", "port", "path", "host_key", "private_key"];
  allowKeys(shape, "upstream", keys);
  const path = readLine(shape, "path", 1_024);
  if (path === "" || path.startsWith("-")) throw shapeError("path", "a repository's path");
  const hostKey = parseHostKey(readLine(shape, "host_key", 4_096));
  if (!hostKey.ok) throw shapeError("host_key", "a host's public key");
  const privateKey = readText(shape, "private_key", MAX_KEY);
  if (!/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n/.test(privateKey)) {
    throw shapeError("private_key", "a private key");
  }
  return {
    scheme: "ssh",
    user: readMatch(shape, "user", USER, "a user's name"),
    host: readHost(shape, "host"),
    port: readPort(shape, "port", 1),
    path,
    host_key: hostKey.key.text,
    private_key: privateKey,
  };
}

function parseHttps(shape: Shape): HttpsUpstream {
  allowKeys(shape, "upstream", ["scheme", "host", "port", "path", "username", "token"]);
  return {
    scheme: "https",
    host: readHost(shape, "host"),
    port: readPort(shape, "port", 1),
    path: readMatch(shape, "path", URL_PATH, "a path of a url"),
    username: readUsername(shape, "username"),
    token: orNull(shape, "token", () => readLine(shape, "token", MAX_KEY)),
  };
}

function parseRules(value: unknown): RepoRules {
  const shape = readShape(value, "rules");
  allowKeys(shape, "rules", [
    ...["refs", "protected", "force", "delete"],
    ...["approve_paths", "max_bytes", "max_objects"],
  ]);
  return {
    refs: readPatterns(shape, "refs"),
    protected: orNull(shape, "protected", () => readPatterns(shape, "protected")),
    force: readFlag(shape, "force"),
    delete: readFlag(shape, "delete"),
    approve_paths: readPatterns(shape, "approve_paths"),
    max_bytes: readCount(shape, "max_bytes"),
    max_objects: readCount(shape, "max_objects"),
  };
}

function parseProxy(value: unknown): GateProxy {
  const shape = readShape(value, "upstream_proxy");
  allowKeys(shape, "upstream_proxy", ["host", "port", "credentials", "no_proxy"]);
  return {
    host: readHost(shape, "host"),
    port: readPort(shape, "port", 1),
    credentials: orNull(shape, "credentials", () => {
      const credentials = readShape(shape.credentials, "credentials");
      allowKeys(credentials, "credentials", ["username", "password"]);
      return {
        username: readUsername(credentials, "username"),
        password: readLine(credentials, "password", 4_096),
      };
    }),
    no_proxy: readList(shape, "no_proxy", 256).map((entry) => {
      const parsed = parseNoProxyEntry(readText({ entry }, "entry", 1_024));
      if (!parsed.ok) throw shapeError("no_proxy", "a list of names, addresses and blocks");
      return parsed.text;
    }),
  };
}

function allowKeys(shape: Shape, what: string, known: readonly string[]): void {
  if (Object.keys(shape).some((key) => !known.includes(key))) {
    throw shapeError(what, `an object with no keys but ${known.join(", ")}`);
  }
}

/** Null has to be written: a key that is missing may be one that a sender calls otherwise. */
function orNull<T>(shape: Shape, key: string, read: () => T): T | null {
  return shape[key] === null ? null : read();
}

function readLine(shape: Shape, key: string, maxLength: number): string {
  const text = readText(shape, key, maxLength);
  if (CONTROL.test(text)) throw shapeError(key, "one line without control characters");
  return text;
}

function readMatch(shape: Shape, key: string, wanted: RegExp, what: string): string {
  const text = readLine(shape, key, 2_048);
  if (!wanted.test(text)) throw shapeError(key, what);
  return text;
}

/** RFC 7617, 2: what stands before the colon has none. */
function readUsername(shape: Shape, key: string): string {
  return readMatch(shape, key, /^[^:]*$/, "a user's name without a colon");
}

function readPatterns(shape: Shape, key: string): readonly string[] {
  return readList(shape, key, MAX_PATTERNS).map((pattern) =>
    readLine({ [key]: pattern }, key, 1_024)
  );
}

function readPort(shape: Shape, key: string, least: number): number {
  const port = readCount(shape, key);
  if (port < least || port > 65_535) throw shapeError(key, "a port");
  return port;
}

function readAddress(shape: Shape, key: string): string {
  const text = readText(shape, key, 64);
  if (parseAddress(text)?.text !== text) throw shapeError(key, "a canonical IP address");
  return text;
}

/** A name or an address; of IPv6 without brackets. */
function readHost(shape: Shape, key: string): string {
  const text = readText(shape, key, 256);
  if (parseAddress(text)?.text === text) return text;
  const host = parseHost(text);
  if (host.kind !== "name" || printHost(host) !== text) throw shapeError(key, "a canonical host");
  return text;
}

function readPem(shape: Shape, key: string): string {
  const text = readText(shape, key, MAX_PEM);
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw shapeError(key, "certificates in PEM");
  return text;
}
