/** A ClientHello by hand: with a server name that no TLS library would send. */

/** What else it says, or says wrongly. */
export interface ClientHelloOptions {
  /** The type of the name: 0 is `host_name`, the only one there is (RFC 6066, 3). */
  readonly nameType?: number;
  /** Further extensions: their type and data. */
  readonly extensions?: readonly (readonly [type: number, data: readonly number[]])[];
  /** Cuts the record in two after so many bytes of the handshake message. */
  readonly cutAt?: number;
}

/**
 * One TLS record, or two, with a ClientHello of TLS 1.2 and 1.3 (RFC 8446, 4.1.2).
 *
 * @param serverName one character is one byte; undefined: the extension is not there; several: names in one list
 */
export function clientHello(
  serverName: string | readonly string[] | undefined,
  { nameType = 0, extensions = [], cutAt }: ClientHelloOptions = {},
): Uint8Array<ArrayBuffer> {
  const names = typeof serverName === "string" ? [serverName] : serverName ?? [];
  const list = names.flatMap((name) => [nameType, ...sized(2, [...name].map(codeOf))]);
  const all = [
    ...(serverName === undefined ? [] : [[0x0000, sized(2, list)] as const]),
    [0x000a, sized(2, [0x00, 0x1d, 0x00, 0x17])] as const, // supported_groups: x25519, secp256r1
    [0x000d, sized(2, [0x04, 0x03, 0x08, 0x04, 0x04, 0x01])] as const, // signature_algorithms
    [0x002b, sized(1, [0x03, 0x04, 0x03, 0x03])] as const, // supported_versions
    [0x0033, sized(2, [0x00, 0x1d, ...sized(2, new Array<number>(32).fill(9))])] as const, // key_share
    ...extensions,
  ].flatMap(([type, data]) => [type >> 8, type & 0xff, ...sized(2, data)]);
  const body = [
    ...[0x03, 0x03],
    ...new Array<number>(32).fill(7),
    ...sized(1, []),
    ...sized(2, [0x13, 0x01, 0x13, 0x02, 0xc0, 0x2b, 0xc0, 0x2f]),
    ...sized(1, [0]),
    ...sized(2, all),
  ];
  const handshake = [0x01, ...sized(3, body)];
  const pieces = cutAt === undefined
    ? [handshake]
    : [handshake.slice(0, cutAt), handshake.slice(cutAt)];
  return Uint8Array.from(pieces.flatMap((piece) => [0x16, 0x03, 0x01, ...sized(2, piece)]));
}

function sized(bytes: number, data: readonly number[]): number[] {
  const length = Array.from(
    { length: bytes },
    (_, at) => data.length >> 8 * (bytes - 1 - at) & 255,
  );
  return [...length, ...data];
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
