import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, createServer } from "node:net";
import { connect as connectTls } from "node:tls";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import type { ClientHello } from "../../../../../lib/egress/tls/client_hello.ts";
import { ClientHelloReader } from "../../../../../lib/egress/tls/client_hello_reader.ts";
import {
  type HelloParts,
  inRecords,
  makeHello,
  serverName,
  versions,
} from "../../../../support/egress/client_hello.ts";

function read(...pieces: Uint8Array[]): ClientHello | undefined {
  const reader = new ClientHelloReader();
  let hello: ClientHello | undefined;
  for (const piece of pieces) hello ??= reader.push(piece);
  return hello;
}

const refused = { code: "protocol" };

Deno.test("ClientHelloReader reads the name, in canonical form", () => {
  const hello = makeHello({ extensions: [serverName("API.Example.COM")] });
  assert.equal(read(inRecords(hello))?.serverName, "api.example.com");
});

const bad: readonly (readonly [name: string, parts: HelloParts])[] = [
  ["TLS 1.1", { version: 0x0302 }],
  ["TLS 1.0", { version: 0x0301 }],
  ["versions without 1.2 and 1.3", { extensions: [serverName("a.test"), versions(0x0302)] }],
  ["no versions at all", { extensions: [serverName("a.test"), versions()] }],
  ["a long session id", { sessionId: new Uint8Array(33) }],
  ["no cipher suites", { ciphers: new Uint8Array() }],
  ["half a cipher suite", { ciphers: new Uint8Array(3) }],
  ["no compression methods", { compressions: new Uint8Array() }],
  ["compression without none", { compressions: new Uint8Array([1]) }],
  ["no server name", { extensions: [versions(0x0304)] }],
  ["an empty server name", { extensions: [serverName("")] }],
  ["two server names", { extensions: [serverName("a.test", "b.test")] }],
  ["an empty list of server names", { extensions: [serverName()] }],
  ["server names twice", { extensions: [serverName("a.test"), serverName("a.test")] }],
  ["an unknown extension twice", {
    extensions: [serverName("a.test"), [0x1234, new Uint8Array()], [0x1234, new Uint8Array()]],
  }],
  ["a name of another kind", {
    extensions: [[0, Buffer.from("0009010006612e74657374", "hex")]],
  }],
  ["bytes behind the server name", {
    extensions: [[0, Buffer.concat([serverName("a.test")[1], new Uint8Array(1)])]],
  }],
  ["an address as server name", { extensions: [serverName("127.0.0.1")] }],
  ["an odd address as server name", { extensions: [serverName("0x7f.1")] }],
  ["a NUL in the server name", { extensions: [serverName("a.test\0.b.test")] }],
  ["a dot behind the server name", { extensions: [serverName("a.test.")] }],
  ["an underscore in the server name", { extensions: [serverName("_egress.local")] }],
  ["encrypted_client_hello", { extensions: [serverName("a.test"), [0xfe0d, new Uint8Array(9)]] }],
  ["an encrypted server name", { extensions: [serverName("a.test"), [0xffce, new Uint8Array(9)]] }],
  ["bytes behind the extensions", { rest: new Uint8Array(1) }],
];

for (const [name, parts] of bad) {
  Deno.test(`ClientHelloReader refuses ${name}`, () => {
    assert.throws(() => read(inRecords(makeHello(parts))), refused);
  });
}

const notTls: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["an ssh banner", Buffer.from("SSH-2.0-OpenSSH_9.2\r\n")],
  ["a request of HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["one byte that is no TLS", Buffer.from("S")],
  [
    "an SSL 2 hello",
    Buffer.from("802e0100020015000000100100800200800300800400800500800600", "hex"),
  ],
  ["an SSL 3 record", Buffer.from("160300", "hex")],
  ["a record of application data", Buffer.from("170303000100", "hex")],
  ["an alert", Buffer.from("15030300020100", "hex")],
  ["an empty record", Buffer.from("1603010000", "hex")],
  ["a record of 16 KiB and a byte", Buffer.from("1603014001", "hex")],
  ["another message", Buffer.from("160301000102", "hex")],
  ["a hello of 16 KiB and a byte", Buffer.from("1603010004" + "01004001", "hex")],
  ["a second message in the hello's record", inRecords(Buffer.concat([makeHello(), makeHello()]))],
  ["a hello in seventeen records", inRecords(makeHello(), Array(16).fill(1))],
  [
    "another record between two of the hello",
    Buffer.concat([
      inRecords(makeHello(), [20]).subarray(0, 25),
      Buffer.from("170303000100", "hex"),
    ]),
  ],
];

for (const [name, bytes] of notTls) {
  Deno.test(`ClientHelloReader refuses ${name} as soon as it is there`, () => {
    assert.throws(() => read(bytes), refused);
    assert.throws(() => read(...Array.from(bytes, (byte) => new Uint8Array([byte]))), refused);
  });
}

Deno.test("ClientHelloReader takes a hello in sixteen records, cut anywhere, and keeps its bytes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 15 }),
      fc.array(fc.nat(60), { maxLength: 10 }),
      fc.uint8Array({ maxLength: 20 }),
      (records, cuts, rest) => {
        const bytes = Buffer.concat([inRecords(makeHello(), records), rest]);
        const reader = new ClientHelloReader();
        let hello: ClientHello | undefined;
        let pushed = 0;
        for (const cut of [...cuts.filter((one) => one > 0), bytes.length]) {
          const piece = bytes.subarray(pushed, pushed + cut);
          if (hello !== undefined || piece.length === 0) break;
          pushed += piece.length;
          hello = reader.push(piece);
        }
        assert.equal(hello?.serverName, "origin.test");
        assert.deepEqual(Buffer.from(reader.raw), bytes.subarray(0, pushed));
      },
    ),
  );
});

Deno.test("ClientHelloReader takes any mutation without another error than its own", () => {
  const good = inRecords(makeHello(), [50]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(good.length),
      (changes, cut) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const hello = read(bytes.subarray(0, cut), bytes.subarray(cut));
          // The name is what the bytes say, or there is none.
          const name = hello?.serverName ?? "";
          assert.ok(Buffer.from(bytes).toString("latin1").toLowerCase().includes(name));
        } catch (error) {
          assert.equal(Reflect.get(Object(error), "code"), "protocol", String(error));
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

Deno.test("ClientHelloReader reads what this runtime's clients send", async () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    assert.equal(read(await helloOf({ maxVersion }))?.serverName, "a.example.com");
  }
});

async function helloOf(
  options: { readonly maxVersion: "TLSv1.2" | "TLSv1.3" },
): Promise<Uint8Array> {
  const first = Promise.withResolvers<Uint8Array>();
  const listening = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes: Uint8Array) => {
      first.resolve(bytes);
      socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const socket = connect(port, "127.0.0.1");
  const client = connectTls({ socket, servername: "a.example.com", ...options });
  client.on("error", () => {});
  const hello = await first.promise;
  const closed = Promise.withResolvers<void>();
  socket.once("close", () => closed.resolve());
  client.destroy();
  socket.destroy();
  await closed.promise;
  server.close();
  return hello;
}
