/** git-gate's part of the `configure` document. It is secret: keys and tokens stand in it. */

import type { SecretPrints } from "../dlp/secret_print.ts";
import type { ListenAddress } from "../egress/config.ts";

/** What git-gate is configured with. */
export interface GitGateConfig {
  /** Where it serves git over HTTP. */
  readonly listen: ListenAddress;
  /** The only addresses that it serves. */
  readonly peers: readonly string[];
  /** The upstreams, each name once. */
  readonly repos: readonly GateRepo[];
  /** What no push may hold: the bottle's credentials, not as values. */
  readonly known_secrets: SecretPrints;
  /** Certificates that https upstreams may chain to besides the system's, PEM; null: none. */
  readonly extra_ca_pem: string | null;
  /** The company's proxy for https upstreams; null: they are reached directly. */
  readonly upstream_proxy: GateProxy | null;
}

/** The company's proxy, as git takes it. */
export interface GateProxy {
  /** Name or address. */
  readonly host: string;
  /** TCP. */
  readonly port: number;
  /** User name and password, percent-decoded; null: none. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** Hosts that are reached without it, as curl's `no_proxy` has them. */
  readonly no_proxy: readonly string[];
}

/** One upstream, under the name that the gate serves it by. */
export interface GateRepo {
  /** `^[a-z0-9][a-z0-9._-]{0,63}$`, without `.git` at its end. */
  readonly name: string;
  /** Where it really is. */
  readonly upstream: GateUpstream;
  /** Whether pushes go through, wait for a person, or are refused. */
  readonly push: PushMode;
  /** What may be pushed. */
  readonly rules: RepoRules;
}

/** `git-gate.repos.<name>.push`. */
export type PushMode = "allow" | "approve" | "deny";

/** Where a repository really is, and what opens it. */
export type GateUpstream = SshUpstream | HttpsUpstream;

/** By ssh. */
export interface SshUpstream {
  /** Tells it from the other. */
  readonly scheme: "ssh";
  /** Who logs in. */
  readonly user: string;
  /** Canonical; an IPv6 address without brackets. */
  readonly host: string;
  /** TCP. */
  readonly port: number;
  /** As ssh hands it to git on the other side: absolute, `~user/…`, or relative to the user's home. */
  readonly path: string;
  /** Key type and base64, as in `known_hosts` without the host: the only key that is trusted. */
  readonly host_key: string;
  /** The private key in OpenSSH's or PEM's text, without a passphrase. Secret. */
  readonly private_key: string;
}

/** By https. */
export interface HttpsUpstream {
  /** Tells it from the other. */
  readonly scheme: "https";
  /** Canonical; an IPv6 address without brackets. */
  readonly host: string;
  /** TCP. */
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
  /** For Basic authentication. */
  readonly username: string;
  /** Secret. Null: the upstream is public, and nothing is pushed to it. */
  readonly token: string | null;
}

/** What a push may do. */
export interface RepoRules {
  /**
   * Full names of refs that may be pushed, `*` for any characters. Default: `refs/heads/*` and `refs/tags/*`; others
   * outside of those two folders are refused whatever is written here.
   */
  readonly refs: readonly string[];
  /**
   * Branches that are never forced nor deleted: full names, `*` for any characters. Null: the upstream's HEAD branch; all of
   * them, where HEAD is on none.
   */
  readonly protected: readonly string[] | null;
  /** Whether other refs may be forced. */
  readonly force: boolean;
  /** Whether other refs may be deleted. */
  readonly delete: boolean;
  /** Globs over paths: a push that changes one of them waits for a person. `**` crosses folders. */
  readonly approve_paths: readonly string[];
  /** Bytes of a pushed pack. */
  readonly max_bytes: number;
  /** Objects of a push. */
  readonly max_objects: number;
}

/** What holds where a manifest says nothing. Sizes: git-gate.md ("pushes over 100 MiB"). */
export const DEFAULT_RULES: RepoRules = {
  refs: ["refs/heads/*", "refs/tags/*"],
  protected: null,
  force: true,
  delete: true,
  approve_paths: [],
  max_bytes: 100 * 1024 ** 2,
  max_objects: 50_000,
};

/** The gate's name in the guest, where names resolve. */
export const GIT_GATE_HOST = "git-gate";
/** Port of the gate in the bundle. */
export const GIT_GATE_PORT = 9418;
/** In the bundle: where the mirrors' volume is mounted. Its owner is git-gate's user, mode 0700. */
export const MIRRORS_FOLDER = "/var/lib/bot-bottle/mirrors";
/** In the bundle: git-gate's own tmpfs, mode 0700: keys, configurations of git and ssh, the hooks' socket. */
export const GATE_FOLDER = "/run/git-gate";
/** In the bundle: where hooks ask the daemon. The one unix socket that it may listen on. */
export const HOOKS_SOCKET = `${GATE_FOLDER}/hooks.sock`;
/** In the bundle's image: the hooks of every mirror, which nothing in a running bundle can change. */
export const HOOKS_FOLDER = "/usr/local/lib/bot-bottle/git-hooks";
