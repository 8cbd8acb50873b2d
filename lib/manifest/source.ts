/** Where an index takes its manifests from: files, texts that come with the program, or a program's objects. */

import type { AgentManifest } from "./types.ts";
import type { ManifestDocument } from "./document.ts";
import { readSource } from "./source_file.ts";

/** One manifest that can be read when it is wanted. */
export interface ManifestSource {
  readonly name: string;
  /** The path; for a preset its name; for an object, a name in angle brackets. */
  readonly file: string;
  readonly origin: AgentManifest["origin"];
  readonly read: () => Promise<ManifestDocument>;
}

/** A file that is read at the first `read`. */
export function fileSource(
  name: string,
  file: string,
  origin: "home" | "repository",
): ManifestSource {
  return {
    name,
    file,
    origin,
    read: async () => {
      const text = await readSource(file, origin === "home");
      const { parseDocumentText } = await import("./document.ts");
      return typeof text === "string"
        ? parseDocumentText(text, file)
        : { file, tree: null, body: "", problems: [text] };
    },
  };
}

/** A text that comes with the program. */
export function textSource(name: string, text: string): ManifestSource {
  return {
    name,
    file: name,
    origin: "object",
    read: async () => {
      const { parseDocumentText } = await import("./document.ts");
      return parseDocumentText(text, name);
    },
  };
}

/** A program's object. */
export function objectSource(
  kind: "agent" | "bottle",
  name: string,
  value: unknown,
  body: string,
): ManifestSource {
  const file = `<${kind} ${name}>`;
  return {
    name,
    file,
    origin: "object",
    read: async () => {
      const { documentFromObject } = await import("./document.ts");
      return documentFromObject(value, body, file);
    },
  };
}
