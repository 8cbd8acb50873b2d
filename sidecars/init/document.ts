/** The `configure` document as init reads it: what it must know to hand each daemon its own part. */

import { readShape, readText, type Shape, shapeError } from "../../lib/control/shape.ts";

/** The document, split. What is inside a daemon's part that daemon checks itself. */
export interface Parts {
  readonly slug: string;
  readonly egress: Shape;
  readonly ledger: Shape;
  /** Values that no log may show. */
  readonly secrets: readonly string[];
}

/** @throws {BottleError} `shape-invalid` */
export function splitDocument(params: unknown): Parts {
  const document = readShape(params, "configure");
  if (document.version !== 1) throw shapeError("version", "1");
  const egress = readShape(document.egress, "egress");
  return {
    slug: readText(document, "slug", 128),
    egress,
    ledger: readShape(document.ledger, "ledger"),
    secrets: secretsOf(egress),
  };
}

/** The lines of a PEM block, each of which would tell a part of the key. */
export function pemLines(pem: string): readonly string[] {
  return pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
}

function secretsOf(egress: Shape): readonly string[] {
  const tokens = Object.values(readShape(egress.tokens ?? {}, "tokens"));
  const selfTest = readShape(egress.self_test ?? {}, "self_test");
  const upstreamProxy = readShape(egress.upstream_proxy ?? {}, "upstream_proxy");
  return [...tokens, selfTest.value, upstreamProxy.authorization].filter((value) =>
    typeof value === "string"
  );
}
