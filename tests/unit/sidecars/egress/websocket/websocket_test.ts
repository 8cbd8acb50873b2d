import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { BottleError } from "../../../../../lib/errors.ts";
import { FrameDecoder } from "../../../../../lib/egress/websocket/frame_decoder.ts";
import { writeFrame } from "../../../../../lib/egress/websocket/frame_writer.ts";
import type { ByteFilter } from "../../../../../lib/egress/scan/byte_filter.ts";
import { redactingFilter } from "../../../../../lib/egress/scan/secret_finder.ts";
import type { ByteDuplex } from "../../../../../sidecars/egress/body/body.ts";
import { defaultLimits } from "../../../../../sidecars/egress/limits.ts";
import { ExchangeRecord } from "../../../../../sidecars/egress/exchange/record.ts";
import { Watchdog } from "../../../../../sidecars/egress/watchdog.ts";
import {
  relayWebSocket,
  type WebSocketJob,
} from "../../../../../sidecars/egress/websocket/websocket.ts";
import { memoryDuplex } from "../../../../support/egress/memory_duplex.ts";

const SECRET = "sk-marker-0123456789abcdef";
const STARS = "*".repeat(SECRET.length);
const KEY = new Uint8Array([1, 2, 3, 4]);
const TEXT = 0x1;
const CONTINUATION = 0x0;
const PING = 0x9;
const CLOSE = 0x8;

interface Sent {
  readonly opcode: number;
  readonly isFinal?: boolean;
  readonly isCompressed?: boolean;
}

/** One side's peer. */
class Peer {
  readonly #duplex: ByteDuplex;
  readonly #isClient: boolean;
  readonly #decoder: FrameDecoder;
  #rest: Uint8Array = new Uint8Array();

  constructor(duplex: ByteDuplex, isClient: boolean) {
    this.#duplex = duplex;
    this.#isClient = isClient;
    this.#decoder = new FrameDecoder({ isMasked: !isClient, isDeflateAgreed: true });
  }

  async send(
    { opcode, isFinal = true, isCompressed = false }: Sent,
    payload: string | Uint8Array = "",
  ): Promise<void> {
    const frame = { opcode: opcodeOf(opcode), isFinal, isCompressed };
    const bytes = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
    await this.#duplex.write(writeFrame(frame, [bytes], this.#isClient ? KEY : undefined));
  }

  /** The next frame: its opcode, with `+` where it goes on and `z` where it is compressed, and its payload. */
  async take(): Promise<string> {
    const parts: Uint8Array[] = [];
    for (;;) {
      if (this.#rest.length === 0) this.#rest = await this.#duplex.read() ?? new Uint8Array();
      if (this.#rest.length === 0) return "end";
      const { used, frame, data, isEnd } = this.#decoder.step(this.#rest);
      this.#rest = this.#rest.subarray(used);
      parts.push(data.slice());
      if (frame === undefined || !isEnd) continue;
      const flags = `${frame.opcode}${frame.isFinal ? "" : "+"}${frame.isCompressed ? "z" : ""}`;
      return `${flags}:${Buffer.concat(parts).toString("latin1")}`;
    }
  }

  end(): void {
    this.#duplex.end();
  }
}

interface Setting {
  readonly client: Peer;
  readonly upstream: Peer;
  readonly record: ExchangeRecord;
  /** What the relay ended with. */
  readonly outcome: Promise<unknown>;
}

async function withRelay(
  options: Partial<WebSocketJob>,
  test: (setting: Setting) => Promise<void>,
): Promise<void> {
  using watchdog = new Watchdog();
  const [client, proxyToClient] = memoryDuplex();
  const [upstream, proxyToUpstream] = memoryDuplex();
  const record = new ExchangeRecord();
  const outcome = relayWebSocket({
    client: proxyToClient,
    upstream: proxyToUpstream,
    isDeflateAgreed: true,
    outbound: undefined,
    inbound: undefined,
    watch: watchdog.watch(),
    limits: { ...defaultLimits, lingerMs: 50 },
    record,
    closing: new AbortController().signal,
    ...options,
  }).then(() => undefined, (error: unknown) => error);
  try {
    await test({
      client: new Peer(client, true),
      upstream: new Peer(upstream, false),
      record,
      outcome,
    });
  } finally {
    client.destroy();
    upstream.destroy();
    await outcome;
  }
}

const redacting = { inbound: () => redactingFilter([SECRET]) };

/** Refuses the secret. */
function blocking(): ByteFilter {
  const filter = redactingFilter([SECRET]);
  const check = (part: Uint8Array): void => {
    if (part.includes(0x2a)) throw new BottleError("A secret", { code: "no-match" });
  };
  return {
    push: (piece, emit) =>
      filter.push(piece, (part) => {
        check(part);
        emit(part);
      }),
    end: (emit) => filter.end(emit),
  };
}

function deflated(text: string): Uint8Array {
  return deflateRawSync(Buffer.from(text, "latin1"), { finishFlush: 2 }).subarray(0, -4);
}

Deno.test("relayWebSocket finds a secret in one frame, in fragments and around a ping", async () => {
  await withRelay(redacting, async ({ client, upstream }) => {
    const sending = (async () => {
      await upstream.send({ opcode: TEXT }, `a ${SECRET} b`);
      await upstream.send({ opcode: TEXT, isFinal: false }, `a ${SECRET.slice(0, 9)}`);
      await upstream.send({ opcode: PING }, "?");
      await upstream.send({ opcode: CONTINUATION }, `${SECRET.slice(9)} b`);
    })();
    sending.catch(() => {});
    assert.equal(await client.take(), `1:a ${STARS} b`);
    assert.equal(await client.take(), "1+:a ");
    assert.equal(await client.take(), "9:?");
    assert.equal(await client.take(), `0:${STARS} b`);
    await sending;
  });
});

Deno.test("relayWebSocket finds a secret across messages, as far as it has not gone out", async () => {
  await withRelay(redacting, async ({ client, upstream, record }) => {
    const sending = (async () => {
      await upstream.send({ opcode: TEXT }, `a ${SECRET.slice(0, 6)}`);
      await upstream.send({ opcode: PING }, "?");
      await upstream.send({ opcode: TEXT }, `${SECRET.slice(6)} b`);
      await upstream.send({ opcode: TEXT }, SECRET.slice(0, 20));
      await upstream.send({ opcode: TEXT }, SECRET.slice(20));
      await upstream.send({ opcode: CLOSE });
    })();
    sending.catch(() => {});
    assert.equal(await client.take(), `1:a ${SECRET.slice(0, 6)}`);
    assert.equal(await client.take(), "9:?");
    assert.equal(await client.take(), `1:${"*".repeat(SECRET.length - 6)} b`);
    assert.equal(await client.take(), `1:**-******-${"*".repeat(10)}`);
    assert.equal(await client.take(), `1:${"*".repeat(SECRET.length - 20)}`);
    assert.equal(await client.take(), "8:");
    await sending;
    await Promise.all([client.send({ opcode: CLOSE }), upstream.take()]);
    await until(() => record.marks.length > 0);
    assert.deepEqual(record.marks, ["cut-match"]);
  });
});

Deno.test("relayWebSocket finds a secret in pings, pongs and the reason of a close", async () => {
  await withRelay(redacting, async ({ client, upstream }) => {
    const sending = (async () => {
      await upstream.send({ opcode: PING }, SECRET);
      await upstream.send({ opcode: PING }, SECRET.slice(0, 5));
      await upstream.send({ opcode: 0xa }, SECRET.slice(5));
      await upstream.send({ opcode: CLOSE }, `\x03\xe8${SECRET}`);
    })();
    sending.catch(() => {});
    assert.equal(await client.take(), `9:${STARS}`);
    assert.equal(await client.take(), `9:${SECRET.slice(0, 5)}`);
    assert.equal(await client.take(), `10:${"*".repeat(SECRET.length - 5)}`);
    assert.equal(await client.take(), `8:\x03\xe8${STARS}`);
    await sending;
  });
});

Deno.test("relayWebSocket inflates what is looked at, and sends it on as it is then", async () => {
  await withRelay(redacting, async ({ client, upstream }) => {
    const compressed = deflated(`a ${SECRET} b`);
    const sending = (async () => {
      const first = { opcode: TEXT, isCompressed: true };
      await upstream.send(first, compressed);
      await upstream.send({ ...first, isFinal: false }, compressed.subarray(0, 14));
      await upstream.send({ opcode: PING }, "?");
      await upstream.send({ opcode: CONTINUATION }, compressed.subarray(14));
      await upstream.send({ opcode: TEXT }, "not compressed");
    })();
    sending.catch(() => {});
    assert.equal(await client.take(), `1:a ${STARS} b`);
    assert.equal(await client.take(), "1+:a ");
    assert.equal(await client.take(), "9:?");
    assert.equal(await client.take(), `0:${STARS} b`);
    assert.equal(await client.take(), "1:not compressed");
    await sending;
  });
});

Deno.test("relayWebSocket leaves compressed messages as they are where nothing looks at them", async () => {
  await withRelay({}, async ({ client, upstream }) => {
    const compressed = deflated("hello");
    const text = Buffer.from(compressed).toString("latin1");
    const sending = upstream.send({ opcode: TEXT, isCompressed: true }, compressed);
    sending.catch(() => {});
    assert.equal(await client.take(), `1z:${text}`);
    await sending;
  });
});

Deno.test("relayWebSocket closes on what a filter refuses, and the rest of it never goes out", async () => {
  for (const messages of [[SECRET], [SECRET.slice(0, 6), SECRET.slice(6)]]) {
    await withRelay({ outbound: blocking }, async ({ client, upstream, outcome }) => {
      const sending = (async () => {
        for (const message of messages) await client.send({ opcode: TEXT }, message);
      })();
      sending.catch(() => {});
      for (const message of messages.slice(0, -1)) {
        assert.equal(await upstream.take(), `1:${message}`);
      }
      assert.equal(await upstream.take(), "8:\x03\xe9");
      assert.equal(await client.take(), "8:\x03\xf0Blocked: no-match");
      await sending;
      client.end();
      upstream.end();
      const error = await outcome;
      assert.ok(error instanceof BottleError && error.code === "no-match");
    });
  }
});

Deno.test("relayWebSocket tells both sides of a budget that is used up", async () => {
  const [client, proxy] = memoryDuplex();
  const metered: ByteDuplex = {
    ...proxy,
    read: async () => {
      await proxy.read();
      throw new BottleError("Used up", { code: "budget" });
    },
  };
  await withRelay({ client: metered }, async ({ upstream, outcome }) => {
    const agent = new Peer(client, true);
    const sending = agent.send({ opcode: TEXT }, "marker");
    assert.equal(await upstream.take(), "8:\x03\xe9");
    assert.equal(await agent.take(), "8:\x03\xf0Blocked: budget");
    await sending;
    upstream.end();
    const error = await outcome;
    assert.ok(error instanceof BottleError && error.code === "budget");
  });
});

Deno.test("relayWebSocket ends on compressed data that is none", async () => {
  await withRelay(redacting, async ({ client, upstream, outcome }) => {
    const sending = upstream.send({ opcode: TEXT, isCompressed: true }, "\x07junk");
    sending.catch(() => {});
    assert.equal(await client.take(), "8:\x03\xf3");
    assert.equal(await upstream.take(), "8:\x03\xef");
    await sending;
    const error = await outcome;
    assert.ok(error instanceof BottleError && error.code === "upstream-protocol");
  });
});

Deno.test("relayWebSocket passes a frame on whole that came in many reads", async () => {
  for (const options of [{}, redacting]) {
    const [far, near] = memoryDuplex();
    await withRelay({ ...options, upstream: near }, async ({ client }) => {
      const payload = "0123456789".repeat(30);
      const frame = { opcode: opcodeOf(TEXT), isFinal: true, isCompressed: false };
      const bytes = writeFrame(frame, [Buffer.from(payload)], undefined);
      const sending = (async () => {
        for (let at = 0; at < bytes.length; at += 7) await far.write(bytes.subarray(at, at + 7));
      })();
      sending.catch(() => {});
      assert.equal(await client.take(), `1:${payload}`);
      await sending;
      far.destroy();
    });
  }
});

Deno.test("relayWebSocket passes a long frame on in parts, and reads no more than is taken", async () => {
  await withRelay({}, async ({ client, upstream }) => {
    let sent = 0;
    const piece = new Uint8Array(64 * 1024);
    const sending = (async () => {
      for (let count = 0; count < 64; count++) {
        await upstream.send({ opcode: count === 0 ? TEXT : CONTINUATION, isFinal: false }, piece);
        sent += piece.length;
      }
    })();
    sending.catch(() => {});
    assert.match(await client.take(), /^1\+:/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(sent <= 4 * piece.length, String(sent));
    for (let count = 1; count < 64; count++) assert.match(await client.take(), /^0\+:/);
    await sending;
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

function opcodeOf(opcode: number): 0 | 1 | 8 | 9 | 10 {
  if (opcode === 0 || opcode === 1 || opcode === 8 || opcode === 9 || opcode === 10) return opcode;
  throw new Error(String(opcode));
}
