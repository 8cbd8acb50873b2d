import assert from "node:assert/strict";
import {
  agreedDeflate,
  deflateExtension,
  parseDeflate,
} from "../../../../../lib/egress/websocket/deflate_offer.ts";
import { parseExtensions, printExtension } from "../../../../../lib/egress/websocket/extensions.ts";

/** The offers of a field, as they are offered anew. */
function offered(value: string): string {
  return parseExtensions([value]).map(parseDeflate).filter((offer) => offer !== undefined)
    .map((offer) => printExtension(deflateExtension(offer))).join(", ");
}

const offers: readonly (readonly [value: string, anew: string])[] = [
  ["permessage-deflate", "permessage-deflate"],
  ["permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits"],
  [
    "permessage-deflate;client_max_window_bits=10;server_no_context_takeover",
    "permessage-deflate; server_no_context_takeover; client_max_window_bits=10",
  ],
  [
    'permessage-deflate; server_max_window_bits="9"',
    "permessage-deflate; server_max_window_bits=9",
  ],
  [
    "permessage-deflate; client_no_context_takeover, permessage-deflate",
    "permessage-deflate; client_no_context_takeover, permessage-deflate",
  ],
  ["x-webkit-deflate-frame, permessage-deflate", "permessage-deflate"],
  ["permessage-bzip2", ""],
  ["Permessage-Deflate", ""],
  ["permessage-deflate; server_max_window_bits", ""],
  ["permessage-deflate; server_max_window_bits=7", ""],
  ["permessage-deflate; server_max_window_bits=16", ""],
  ["permessage-deflate; server_max_window_bits=09", ""],
  ["permessage-deflate; client_max_window_bits=8; client_max_window_bits=8", ""],
  ["permessage-deflate; client_no_context_takeover=1", ""],
  ["permessage-deflate; unknown", ""],
];

for (const [value, anew] of offers) {
  Deno.test(`parseDeflate makes of the offer ${JSON.stringify(value)} ${JSON.stringify(anew)}`, () => {
    assert.equal(offered(value), anew);
  });
}

for (
  const value of [
    "",
    "a,,b",
    "a;",
    "a; b=",
    "a; =b",
    'a; b="c d"',
    'a; b="c',
    "a b",
    "a; b c",
    Array(17).fill("a").join(),
    `a${"; b".repeat(17)}`,
  ]
) {
  Deno.test(`parseExtensions refuses ${JSON.stringify(value.slice(0, 20))}`, () => {
    assert.throws(() => parseExtensions([value]), { code: "http-malformed" });
  });
}

const answers: readonly (readonly [offer: string, answer: string, isFit: boolean])[] = [
  ["permessage-deflate", "permessage-deflate", true],
  ["permessage-deflate", "permessage-deflate; server_no_context_takeover", true],
  ["permessage-deflate", "permessage-deflate; client_no_context_takeover", true],
  ["permessage-deflate", "permessage-deflate; server_max_window_bits=10", true],
  ["permessage-deflate", "permessage-deflate; client_max_window_bits=10", false],
  [
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_max_window_bits=10",
    true,
  ],
  [
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_max_window_bits",
    false,
  ],
  [
    "permessage-deflate; client_max_window_bits=9",
    "permessage-deflate; client_max_window_bits=10",
    false,
  ],
  ["permessage-deflate; server_no_context_takeover", "permessage-deflate", false],
  ["permessage-deflate; server_max_window_bits=9", "permessage-deflate", false],
  [
    "permessage-deflate; server_max_window_bits=9",
    "permessage-deflate; server_max_window_bits=8",
    true,
  ],
  [
    "permessage-deflate; server_max_window_bits=9, permessage-deflate",
    "permessage-deflate",
    true,
  ],
  ["permessage-deflate", "permessage-deflate, permessage-deflate", false],
  ["permessage-deflate", "permessage-deflate; unknown", false],
  ["permessage-deflate", "permessage-bzip2", false],
  ["", "permessage-deflate", false],
];

for (const [offer, answer, isFit] of answers) {
  const title = `${JSON.stringify(answer)} as the answer to ${JSON.stringify(offer)}`;
  Deno.test(`agreedDeflate ${isFit ? "takes" : "refuses"} ${title}`, () => {
    const offers = offer === "" ? [] : parseExtensions([offer]).map(parseDeflate)
      .filter((one) => one !== undefined);
    const agree = (): unknown => agreedDeflate(parseExtensions([answer]), offers);
    if (isFit) assert.ok(agree());
    else assert.throws(agree, { code: "http-malformed" });
  });
}

Deno.test("agreedDeflate is none where the server agreed to none", () => {
  assert.equal(
    agreedDeflate(
      [],
      parseExtensions(["permessage-deflate"]).map(parseDeflate)
        .filter((one) => one !== undefined),
    ),
    undefined,
  );
});
