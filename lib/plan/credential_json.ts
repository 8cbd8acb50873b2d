/** A credential in the plan's JSON: where it comes from, never its value. */

import type { CredentialSource } from "../manifest/credential.ts";
import type { Json } from "./plan_json.ts";

/** Snake case. */
export function credentialToJson(source: CredentialSource): Json {
  switch (source.kind) {
    case "env":
      return { kind: source.kind, host_variable: source.name };
    case "command":
      return { kind: source.kind, argv: [...source.argv], type: source.type ?? null };
    case "file":
      return { kind: source.kind, path: source.path };
  }
  return source satisfies never;
}
