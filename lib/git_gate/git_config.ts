/** What every git of the gate is told: a configuration of its own in the place of the system's and the user's. */

import { compileNoProxy } from "../egress/host/no_proxy.ts";
import { parseAddress } from "../egress/host/address.ts";
import { parseHost, printHost } from "../egress/host/host.ts";
import type { GateProxy, GateUpstream, HttpsUpstream } from "./config.ts";
import { HOOKS_FOLDER } from "./config.ts";
import { SSH_ALIAS } from "./ssh_config.ts";

/** A section, its subsection or null, and its keys. */
type Section = readonly [string, string | null, Readonly<Record<string, string>>];

/** The id of a tree without entries: where git looks for attributes, so that no pushed `.gitattributes` has a say. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * What holds for all. Sizes keep a git's memory within what the bundle has (1 GiB for all that runs in it): the windows of
 * packs, the caches of deltas, and blobs above which git streams instead of holding them whole.
 */
const COMMON: readonly Section[] = [
  ["core", null, {
    hooksPath: HOOKS_FOLDER,
    attributesFile: "/dev/null",
    excludesFile: "/dev/null",
    fsmonitor: "false",
    askPass: "/bin/false",
    // A mirror can be had again: what a crash takes from it is found when it is read, and it is made anew.
    fsync: "none",
    bigFileThreshold: "32m",
    packedGitWindowSize: "32m",
    packedGitLimit: "256m",
    deltaBaseCacheLimit: "32m",
  }],
  ["attr", null, { tree: EMPTY_TREE }],
  ["init", null, { defaultBranch: "main", templateDir: "" }],
  ["credential", null, { helper: "", interactive: "false" }],
  ["protocol", null, { allow: "never" }],
  ["gc", null, { auto: "0" }],
  ["maintenance", null, { auto: "false" }],
  ["submodule", null, { recurse: "false" }],
  ["pack", null, { windowMemory: "32m", deltaCacheSize: "16m", writeReverseIndex: "true" }],
];

const SERVE: readonly Section[] = [
  ["pack", null, { threads: "1" }],
  ["http", null, { getanyfile: "false", receivepack: "true", uploadpack: "true" }],
  ["uploadpack", null, {
    allowFilter: "true",
    // What protocol 2 lets every client do, for clients of the older ones: partial clones fetch blobs by id.
    allowAnySHA1InWant: "true",
    keepAlive: "5",
  }],
  ["transfer", null, { advertiseSID: "false" }],
  ["receive", null, {
    fsckObjects: "true",
    unpackLimit: "1",
    autogc: "false",
    keepAlive: "5",
    procReceiveRefs: "refs",
    advertiseAtomic: "true",
    advertisePushOptions: "true",
    // The gate's rules and the upstream say what may be forced or deleted.
    denyNonFastForwards: "false",
    denyDeletes: "false",
    denyDeleteCurrent: "ignore",
    denyCurrentBranch: "ignore",
    updateServerInfo: "false",
  }],
];

/** For a git that serves a guest, or works in a mirror: it can connect to nothing. */
export function serveGitConfig(): string {
  return print([...COMMON, ...SERVE]);
}

/** Options of {@linkcode upstreamGitConfig}. */
export interface UpstreamGitConfigOptions {
  readonly upstream: GateUpstream;
  /** A file with more certificates to trust; undefined: the system's only. */
  readonly extraCaFile: string | undefined;
  readonly proxy: GateProxy | null;
}

/** For a git that talks to one upstream, by its scheme and no other. Secret where the upstream has a token. */
export function upstreamGitConfig(options: UpstreamGitConfigOptions): string {
  const { upstream } = options;
  return print([
    ...COMMON,
    ["protocol", upstream.scheme, { allow: "always" }],
    ["remote", "upstream", { url: upstreamUrl(upstream) }],
    ["pack", null, { threads: "2" }],
    ["fetch", null, { recurseSubmodules: "false", unpackLimit: "1", writeCommitGraph: "false" }],
    // An upstream that names other places to fetch from is not followed there either.
    ["transfer", null, { bundleURI: "false" }],
    ["promisor", null, { acceptFromServer: "none" }],
    ["push", null, { recurseSubmodules: "no", followTags: "false", gpgSign: "false" }],
    ...(upstream.scheme === "https" ? httpSections(upstream, options) : []),
  ]);
}

/** As git is given it. By ssh in the scp-like form: the path is then taken as it is, relative or not. */
export function upstreamUrl(upstream: GateUpstream): string {
  return upstream.scheme === "ssh"
    ? `${SSH_ALIAS}:${upstream.path}`
    : `${originOf(upstream)}${upstream.path}`;
}

function httpSections(
  upstream: HttpsUpstream,
  { extraCaFile, proxy }: UpstreamGitConfigOptions,
): readonly Section[] {
  const { username, token } = upstream;
  return [
    ["http", null, {
      followRedirects: "false",
      proxy: proxyUrl(upstream, proxy),
      proxyAuthMethod: "basic",
      sslVerify: "true",
      sslVersion: "tlsv1.2",
      // Less than a byte a second for so many seconds: it is gone.
      lowSpeedLimit: "1",
      lowSpeedTime: "15",
      // Both are read: the system's certificates, and the operator's.
      ...(extraCaFile === undefined ? {} : { sslCAPath: "/etc/ssl/certs", sslCAInfo: extraCaFile }),
    }],
    // Of one origin, and sent at once: no other host sees it, and none has to ask for it first.
    ...(token === null
      ? []
      : [["http", `${originOf(upstream)}/`, { extraHeader: basic(username, token) }] as const]),
  ];
}

function originOf({ host, port }: HttpsUpstream): string {
  return `https://${bracketed(host)}${port === 443 ? "" : `:${port}`}`;
}

function basic(username: string, token: string): string {
  return `Authorization: Basic ${new TextEncoder().encode(`${username}:${token}`).toBase64()}`;
}

/** Empty: none is used, whatever curl would find. */
function proxyUrl({ host }: HttpsUpstream, proxy: GateProxy | null): string {
  if (proxy === null) return "";
  const parsed = parseHost(bracketed(host));
  if (parsed.kind !== "bad" && compileNoProxy(proxy.no_proxy)(parsed)) return "";
  const { credentials } = proxy;
  const user = credentials === null
    ? ""
    : `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`;
  return `http://${user}${bracketed(proxy.host)}:${proxy.port}`;
}

function bracketed(host: string): string {
  const address = parseAddress(host);
  return address === undefined ? host : printHost({ kind: "ip", address });
}

function print(sections: readonly Section[]): string {
  return sections.map(([section, subsection, keys]) => {
    const head = subsection === null ? `[${section}]` : `[${section} ${quote(subsection)}]`;
    const lines = Object.entries(keys).map(([key, value]) => `\t${key} = ${quote(value)}\n`);
    return `${head}\n${lines.join("")}`;
  }).join("");
}

/** git-config(1), "Syntax". */
function quote(value: string): string {
  // deno-lint-ignore no-control-regex -- what would end the line; the configuration's parser lets none through
  if (/[\x00-\x1f\x7f]/.test(value)) throw new TypeError("Not a value for git's configuration");
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}
