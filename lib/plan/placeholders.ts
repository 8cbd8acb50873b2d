/** The placeholders of a bottle, and which credential each stands for. */

import { endsWithPlaceholder, type Placeholder } from "../egress/credential/placeholder.ts";
import type { Route } from "../egress/route/route.ts";
import type { EnvValue } from "../manifest/types.ts";

/** What {@linkcode planPlaceholders} takes. */
export interface PlaceholderSources {
  /** What the provider asked for. */
  readonly drawn: readonly string[];
  /** The manifest's variables: one that a person has written there is known as well. */
  readonly env: Iterable<EnvValue>;
  /** As they are written. */
  readonly routes: readonly Route[];
}

/** The provider's stand for its own credential; the manifest's for that of whatever route they are sent to. */
export function planPlaceholders(
  { drawn, env, routes }: PlaceholderSources,
): readonly Placeholder[] {
  const auths = routes.flatMap(({ provider, auth }) => provider === true && auth ? [auth] : []);
  const own = auths.find((auth) => auth.scheme !== "agent");
  const written = [...env].flatMap((value) =>
    value.kind === "literal" && endsWithPlaceholder(value.value) ? [value.value] : []
  );
  return [
    ...drawn.map((value) => ({ value, token: own?.token ?? null })),
    ...new Set(written).difference(new Set(drawn)).values()
      .map((value) => ({ value, token: null })),
  ];
}
