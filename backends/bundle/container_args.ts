/** The bundle's container, as arguments of `docker create`. Pure. */

import { LEDGER_FOLDER } from "../../lib/control/protocol.ts";
import { GATE_FOLDER, MIRRORS_FOLDER } from "../../lib/git_gate/config.ts";
import { type HomeId, resourceName, type Slug } from "../../lib/names.ts";
import { labelsOf } from "../engine/labels.ts";

/** What {@linkcode bundleArgs} makes a container from. */
export interface BundleSpec {
  readonly slug: Slug;
  readonly homeId: HomeId;
  /** The image's tag. */
  readonly image: string;
  /** The network that it shares with the agent, and its own address there. */
  readonly inner: { readonly network: string; readonly address: string };
  /** The network that leads out. */
  readonly outer: string;
  /** Networks of `--bundle-network`. */
  readonly extraNetworks: readonly string[];
  /** Ports to publish on the host's loopback, each on a free port there: `docker port` tells which. */
  readonly publish?: readonly number[];
  /** Whether git-gate runs in it: then it has a volume for its mirrors, and a tmpfs of its own for keys. Default no. */
  readonly mirrors?: boolean;
  /** More labels, for the container and for the volumes that are made with it. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** `key=value` of what one bottle's container and volumes are found by. */
function labelTexts(
  { homeId: home, slug, labels }: BundleSpec,
  role: "bundle" | "ledger" | "mirrors",
): readonly string[] {
  return Object.entries({ ...labelsOf({ home, slug, role }), ...labels })
    .map(([key, value]) => `${key}=${value}`);
}

/** The argv after `docker`. It holds nothing that is secret: the configuration comes later, by the control channel. */
export function bundleArgs(spec: BundleSpec): readonly string[] {
  return [
    "create",
    "--pull=never",
    ...["--name", resourceName(spec.slug, "bundle")],
    ...["--hostname", "bundle"],
    ...labelTexts(spec, "bundle").flatMap((label) => ["--label", label]),
    ...processArgs,
    ...fileArgs(spec),
    ...networkArgs(spec),
    spec.image,
  ];
}

/** `--init`: docker's own process 1 reaps what a daemon leaves behind and ends with ours. No core holds a token. */
const processArgs = [
  "--init",
  ...["--user", "0:0"],
  ...["--cap-drop", "ALL"],
  ...["SETUID", "SETGID", "KILL"].flatMap((capability) => ["--cap-add", capability]),
  ...["--security-opt", "no-new-privileges"],
  ...["--memory", "1g", "--memory-swap", "1g"],
  ...["--pids-limit", "256"],
  ...["--ulimit", "core=0"],
  ...["--restart", "no"],
  ...["--log-driver", "json-file", "--log-opt", "max-size=1m", "--log-opt", "max-file=1"],
] as const;

function fileArgs(spec: BundleSpec): readonly string[] {
  return [
    "--read-only",
    ...["--tmpfs", "/run:rw,nosuid,nodev,noexec,size=1m,mode=0755"],
    ...["--tmpfs", "/tmp:rw,nosuid,nodev,noexec,size=16m,mode=1777"],
    ...volumeArgs(spec, "ledger", LEDGER_FOLDER),
    ...(spec.mirrors === true ? gateFileArgs(spec) : []),
  ];
}

/** Keys, configurations of git and ssh, sockets: small, gone with the container, and nobody's but git-gate's. */
function gateFileArgs(spec: BundleSpec): readonly string[] {
  const options = "rw,nosuid,nodev,noexec,size=32m,mode=0700,uid=1002,gid=1002";
  return [
    ...["--tmpfs", `${GATE_FOLDER}:${options}`],
    ...volumeArgs(spec, "mirrors", MIRRORS_FOLDER),
  ];
}

/** A volume that is there stays as it is; a new one takes the owner of the image's folder. */
function volumeArgs(
  spec: BundleSpec,
  role: "ledger" | "mirrors",
  folder: string,
): readonly string[] {
  const labels = labelTexts(spec, role).map((label) => `,volume-label=${label}`).join("");
  const volume = resourceName(spec.slug, role);
  return ["--mount", `type=volume,source=${volume},target=${folder}${labels}`];
}

/** The bundle has a leg in two networks: it must not be a router between them. */
function networkArgs(spec: BundleSpec): readonly string[] {
  return [
    ...["--network", spec.inner.network, "--ip", spec.inner.address],
    ...["--sysctl", "net.ipv4.ip_forward=0"],
    ...["--sysctl", "net.ipv4.ip_unprivileged_port_start=53"],
    ...["--sysctl", "net.ipv6.conf.all.disable_ipv6=1"],
    ...["--sysctl", "net.ipv6.conf.default.disable_ipv6=1"],
    ...(spec.publish ?? []).flatMap((port) => ["--publish", `127.0.0.1::${port}`]),
  ];
}
