/** Where an agent's image comes from, and why from there. */

/** Who may name an image or a Dockerfile, the first that does wins: `choose.ts` has the order. */
export type ImageSource = "option" | "bottle" | "manifest" | "provider";

/** One that was looked at, in the order of the cascade. */
export interface ImageCandidate {
  /** Who could have named it. */
  readonly source: ImageSource;
  /** `chosen`: it won. `passed-over`: it names one, and another won. `absent`: it names none. */
  readonly state: "chosen" | "passed-over" | "absent";
  /** What it names, with its place: a file or a reference; null if it names none. */
  readonly names: string | null;
}

/** A file, folder or link of a build's context. */
export type ContextEntry =
  | {
    readonly kind: "file";
    /** Relative, `/` between the parts. */
    readonly name: string;
    /** Permission bits. */
    readonly mode: number;
    readonly content: Uint8Array;
  }
  | { readonly kind: "folder"; readonly name: string; readonly mode: number }
  /** Sent as the link that it is: nothing on the host follows it. */
  | { readonly kind: "link"; readonly name: string; readonly to: string };

/** The folder that a Dockerfile lies in, as it was when the plan was made. */
export interface BuildContext {
  /** Absolute. */
  readonly folder: string;
  /** By name, what `.dockerignore` excludes left out. */
  readonly entries: readonly ContextEntry[];
  /** Bytes of the files' contents. */
  readonly bytes: number;
}

/** What every image's plan has. */
export interface ImageChoice {
  /** What the engine knows the image by: a content-addressed tag, or the reference as it was written. */
  readonly tag: string;
  /** Why this one: `provider claude`, `--image`, or the place in a manifest. */
  readonly origin: string;
  /** All that were looked at, the chosen one among them. */
  readonly candidates: readonly ImageCandidate[];
  /** `--rebuild`: built or fetched anew, whatever the engine has. */
  readonly rebuild: boolean;
  /** Programs that the agent needs of its image, besides those that every guest does. */
  readonly programs: readonly string[];
}

/** An image that is built from a Dockerfile: `bot-bottle-agent-claude:<12 hex>`. The same inputs never build twice. */
export interface BuiltImage extends ImageChoice {
  /** It has a Dockerfile. */
  readonly kind: "build";
  /** The Dockerfile's text. */
  readonly dockerfile: string;
  /** Its path on the host; null: a provider's. */
  readonly file: string | null;
  /** `--build-arg`s, without secrets: they stay in the image's history. */
  readonly args: Readonly<Record<string, string>>;
  /** Null: it is built alone. */
  readonly context: BuildContext | null;
}

/** An image that is taken as it is. */
export interface ReadyImage extends ImageChoice {
  /** It has none that is known. */
  readonly kind: "ready";
}

/** Where an agent's image comes from. */
export type ImagePlan = BuiltImage | ReadyImage;
