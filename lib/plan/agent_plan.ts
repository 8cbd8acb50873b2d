/** The provider's part of a plan. */

import type { ImagePlan } from "../image/types.ts";
import type { AuthScheme, RouteMatch } from "../egress/route/route.ts";
import type { CredentialSource, CredentialType } from "../manifest/credential.ts";

/** A file that the provider wants in the guest. */
export interface GuestFile {
  /** Absolute. */
  readonly path: string;
  /** Holds no secret: plans are printed. */
  readonly content: string;
  /** Permission bits: 0o600. */
  readonly mode: number;
  /** Who unpacks it, and owns it then. */
  readonly owner: "node" | "root";
  /**
   * What becomes of it when a kept bottle is resumed: written anew (the default), or, for a JSON object that the
   * agent program writes to as well, laid over what is there.
   */
  readonly again?: "replace" | "merge-json";
}

/** A command that the provider wants run in the guest while it is provisioned, as node. */
export interface GuestCommand {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** What it is for, shown as progress and in errors. */
  readonly purpose: string;
}

/** What a credential's value must be like, for it to be what a provider planned for. */
export interface CredentialShape {
  /** How the value begins: what tells kinds of tokens apart. */
  readonly prefix: string;
  /** What to do about one that begins otherwise. */
  readonly hint: string;
}

/** A route that the provider needs; its credential is named, not held. */
export interface ProviderRoute {
  /** Canonical; the provider owns it. */
  readonly host: string;
  /** Absent: 443 for https, 80 for http. */
  readonly ports?: readonly number[];
  /** OR over entries; absent: every request to the host. */
  readonly matches?: readonly RouteMatch[];
  /** How the credential is put on, where it comes from, and what it must be like. */
  readonly auth?: AuthScheme & {
    readonly token_ref: CredentialSource;
    readonly expects?: CredentialShape;
  };
}

/** How the agent program is started. */
export interface AgentCommand {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** What the program reads: the person's terminal, the prompt of `run`, or nothing. */
  readonly stdin: "terminal" | "prompt" | "none";
}

/** All that a provider decides about one bottle. Printable. */
export interface AgentProvisionPlan {
  /** The provider's name. */
  readonly provider: string;
  /** Absolute: `/home/node`. */
  readonly guestHome: string;
  /** Where the agent program is started, absolute: the workspace, or the guest's home. */
  readonly workFolder: string;
  /** The container's (docker) or machine's name. */
  readonly instanceName: string;
  /** Guest path of the prompt file. */
  readonly promptFile: string;
  /** What the guest is made from. */
  readonly image: ImagePlan;
  /** Literal variables, placeholders included, never a credential. */
  readonly env: Readonly<Record<string, string>>;
  /** Written when the guest is provisioned. */
  readonly files: readonly GuestFile[];
  /** Run in order when the files are there. */
  readonly commands: readonly GuestCommand[];
  /** What the provider's credential was planned as; absent: it has none, or they are all alike. */
  readonly credentialType?: CredentialType;
  /** Hosts that the agent program needs. */
  readonly routes: readonly ProviderRoute[];
  /** Guest folder for skills; null: this program has none. */
  readonly skillsFolder: string | null;
  /** `promptPath` is null when the prompt is empty. */
  readonly launch: (promptPath: string | null) => AgentCommand;
  /** Goes on with the last session, at the person's terminal. */
  readonly resume: (promptPath: string | null) => AgentCommand;
  /** One prompt, no terminal: `run`. */
  readonly headless: (promptPath: string | null) => AgentCommand;
  /** Guest paths. */
  readonly transcriptPaths: readonly string[];
}
