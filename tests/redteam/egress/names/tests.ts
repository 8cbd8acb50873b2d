/** What cases of the section "Names and addresses" stand in tests of their own. */

import type { Covered } from "../case.ts";

/** Tries of `rebinding_test.ts`. */
export const REBINDING_TRIES = 1_000;

/** Wildcards of `public_suffix_test.ts`, which a manifest may not have. */
export const PUBLIC_SUFFIXES = [
  ...["com", "co.uk", "github.io", "s3.amazonaws.com", "herokuapp.com", "pages.dev", "xn--p1ai"],
  ...["vercel.app", "cloudfront.net", "blogspot.com", "gov.uk", "ck", "kawasaki.jp"],
] as const;

/** Types of look-ups of `dns_test.ts`. */
export const DNS_TYPES = { A: 1, NS: 2, CNAME: 5, NULL: 10, MX: 15, TXT: 16, AAAA: 28, ANY: 255 };

/** All of them. */
export const nameTests: readonly Covered[] = [
  { line: "rebinding", technique: "a second answer that is private", place: "plain request" },
  { line: "rebinding", technique: "a second answer that is private", place: "tunnel" },
  ...PUBLIC_SUFFIXES.map((suffix) => ({
    line: "public-suffix" as const,
    technique: `*.${suffix}`,
    place: "manifest",
  })),
  ...Object.keys(DNS_TYPES).flatMap((type) =>
    ["UDP", "TCP"].map((place) => ({
      line: type === "TXT" ? "dns-txt" as const : "dns-any" as const,
      technique: `${type} of a name that somebody would have to be asked for`,
      place,
    }))
  ),
];
