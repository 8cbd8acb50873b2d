/** What the person asked for. */

import type { CredentialType } from "../manifest/credential.ts";
import type { RouteChange } from "../egress/route/route_change.ts";
import type { ManifestIndex } from "../manifest/index.ts";
import type { Slug } from "../names.ts";
import type { WorkspaceSource } from "../workspace/types.ts";

/** `--bundle-network NAME[=host,…]`. */
export interface BundleNetwork {
  /** The network's name in the engine. */
  readonly name: string;
  /** Hosts whose addresses inside the network's subnets pass the private-address rule. */
  readonly hosts: readonly string[];
}

/** `--runtime`: gVisor's, or the engine's own. */
export type RuntimeChoice = "runc" | "runsc";

/** What is remembered of a bottle that runs, for planning that asks for no credential. */
export interface Entering {
  /** What the provider's credential was at the launch; null: the provider doesn't tell kinds apart. */
  readonly credentialType: CredentialType | null;
}

/** Input of `prepare()`. */
export interface BottleSpec {
  /** Where the agent and its bottle are looked up. */
  readonly manifest: ManifestIndex;
  /** The agent's name. */
  readonly agent: string;
  /** Overrides the agent's bottle. */
  readonly bottle?: string;
  /** Shown by `list`; never part of a name. */
  readonly label?: string;
  /** Engine networks that the bundle joins. */
  readonly bundleNetworks?: readonly BundleNetwork[];
  /** Keep the guest's file system at exit. */
  readonly keep?: boolean;
  /** The repository to bring in; absent: none. */
  readonly workspace?: WorkspaceSource;
  /** `--image`: a ready-made image, before any Dockerfile. */
  readonly image?: string;
  /** What the container of a bottle that exists was made from: what an image would be built from by now is not looked at. */
  readonly imageInUse?: string;
  /** `--rebuild`: the image is built anew, whatever the engine has. */
  readonly rebuild?: boolean;
  /** `--runtime`; absent: what the engine has of the stronger kind. */
  readonly runtime?: RuntimeChoice;
  /** What the person changed of the bottle's routes while it ran, oldest first. */
  readonly routeChanges?: readonly RouteChange[];
  /** Given by `resume`; otherwise made. */
  readonly slug?: Slug;
  /** The bottle runs, and is only gone into: its credentials and variables are not asked for again. */
  readonly entering?: Entering;
  /** Variables of the person's terminal that the guest should have: TERM, LANG, TZ. */
  readonly terminal?: Readonly<Record<string, string>>;
}
