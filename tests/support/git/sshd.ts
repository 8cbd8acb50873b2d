/** A real OpenSSH server with real bare repositories, in a container on a network of the test's. */

import type { Engine } from "../../../backends/engine/engine.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { type Container, startContainer } from "./container.ts";
import { ensureGitImage } from "./image.ts";
import { REPOSITORIES, type UpstreamRepo, upstreamRepo } from "./upstream_repo.ts";

/** Options of {@linkcode startSshd}. */
export interface SshdOptions {
  readonly engine: Engine;
  /** Of the container; unique on this machine. */
  readonly name: string;
  /** The engine network on which it answers. */
  readonly network: string;
  /** Its name there; default `git.example.com`. */
  readonly host?: string;
  /** More arguments of `docker run`: limits. */
  readonly flags?: readonly string[];
}

/** A key pair: texts as `ssh-keygen` writes them. */
export interface KeyPair {
  /** OpenSSH's format, without a passphrase unless told. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
}

/** A running server. Disposal removes it. */
export interface Sshd extends AsyncDisposable {
  readonly container: Container;
  readonly network: string;
  readonly host: string;
  /** Its IPv4 address there. */
  readonly address: string;
  readonly user: "git";
  readonly port: 22;
  /** As `known_hosts` has it, without the host: `ssh-ed25519 AAAA…`. */
  hostKey(): Promise<string>;
  /** Gives the server another one, and ends the connections that there are. */
  replaceHostKey(): Promise<string>;
  /** Makes a key pair that opens nothing yet. */
  makeKey(passphrase?: string): Promise<KeyPair>;
  /** From now on these open it, and no others: whole lines of `authorized_keys`. */
  authorize(...publicKeys: readonly string[]): Promise<void>;
  /** The one of that name, which need not exist. */
  repo(name: string): UpstreamRepo;
  /** Makes it, empty, with this HEAD branch (default `main`). */
  createRepo(name: string, head?: string): Promise<UpstreamRepo>;
  /** What was run over ssh so far: `git-upload-pack '/srv/git/a.git'`. */
  commands(): Promise<readonly string[]>;
  /** Each later command waits so long before it says anything; 0: no longer. */
  delay(seconds: number): Promise<void>;
  /** Freezes it: connections are accepted by the kernel, and nobody ever says a word. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Ends it: its address answers nothing. Repositories and keys stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const SERVE = ["/usr/sbin/sshd", "-D", "-e"] as const;
/** Without its key the server does not start; the process that waits for it is the container's own. */
const BOOT = `[ -e /srv/ssh/host_key ] || ssh-keygen -q -t ed25519 -N '' -C '' -f /srv/ssh/host_key
touch /srv/ssh/authorized_keys; exec ${SERVE.join(" ")}`;
/** Until port 22 is listened on. */
const AWAIT = `until grep -q ': 00000000:0016 .* 0A ' /proc/net/tcp; do sleep 0.05; done`;
const MAKE_KEY = `folder=$(mktemp -d); trap 'rm -r "$folder"' EXIT
ssh-keygen -q -t ed25519 -C '' -N "$1" -f "$folder/key" >&2; cat "$folder/key.pub" "$folder/key"`;

/** Starts it and waits until it listens. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const { engine, name, network, host = "git.example.com", flags = [] } = options;
  await using undo = new AsyncDisposableStack();
  const container = undo.use(
    await startContainer({
      engine,
      name,
      image: await ensureGitImage(createRun()),
      flags: ["--network", network, "--network-alias", host, ...flags],
      command: ["sh", "-c", BOOT],
    }),
  );
  const wait = async (): Promise<void> => void await container.read(["sh", "-c", AWAIT]);
  await wait();
  const address = await engine.docker([
    ...["container", "inspect", name, "--format"],
    `{{(index .NetworkSettings.Networks ${JSON.stringify(network)}).IPAddress}}`,
  ]);
  const hostKey = async (): Promise<string> => {
    const [type = "", key = ""] = (await container.read(["cat", "/srv/ssh/host_key.pub"])).split(
      " ",
    );
    return `${type} ${key}`;
  };
  const repo = (name: string): UpstreamRepo => upstreamRepo(container, host, name);
  const owned = undo.move();
  return {
    container,
    network,
    host,
    address,
    user: "git",
    port: 22,
    hostKey,
    replaceHostKey: async () => {
      const replace =
        `rm /srv/ssh/host_key* && ssh-keygen -q -t ed25519 -N '' -C '' -f /srv/ssh/host_key`;
      await container.read(["sh", "-c", replace]);
      // Connections that are open were made with the old key, and could go on.
      await engine.docker(["restart", "--time", "1", name]);
      await wait();
      return await hostKey();
    },
    makeKey: async (passphrase = "") => {
      const text = await container.read(["sh", "-c", MAKE_KEY, "sh", passphrase]);
      const at = text.indexOf("\n");
      return { publicKey: text.slice(0, at).trim(), privateKey: `${text.slice(at + 1)}\n` };
    },
    authorize: async (...publicKeys) => {
      const stdin = publicKeys.map((key) => `${key}\n`).join("");
      await container.read(["sh", "-c", "cat >/srv/ssh/authorized_keys"], { stdin });
    },
    repo,
    createRepo: async (name, head = "main") => {
      const path = `${REPOSITORIES}/${name}.git`;
      const git = ["git", "init", "--quiet", "--bare", `--initial-branch=${head}`, path];
      await container.read(git, { user: "git" });
      return repo(name);
    },
    commands: async () => {
      const text = await container.read(["sh", "-c", "cat /srv/log/commands 2>/dev/null || true"]);
      return text.split("\n").filter((line) => line !== "");
    },
    delay: async (seconds) => {
      const script =
        `if [ "$1" = 0 ]; then rm -f /srv/ssh/delay; else echo "$1" >/srv/ssh/delay; fi`;
      await container.read(["sh", "-c", script, "sh", String(seconds)]);
    },
    pause: async () => void await engine.docker(["pause", name]),
    unpause: async () => void await engine.docker(["unpause", name]),
    stop: async () => void await engine.docker(["stop", "--time", "1", name]),
    start: async () => {
      await engine.docker(["start", name]);
      await wait();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
