/** Kinds of frames (RFC 6455, 5.2). */

/** The kinds, by name. */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** One of {@linkcode Opcode}. */
export type OpcodeNumber = typeof Opcode[keyof typeof Opcode];

const known: ReadonlyMap<number, OpcodeNumber> = new Map(
  Object.values(Opcode).map((code) => [code, code]),
);

/** The kind that a number stands for; undefined: a reserved one. */
export function opcodeOf(value: number): OpcodeNumber | undefined {
  return known.get(value);
}

/** Whether it stands between the frames of messages: close, ping and pong. */
export function isControl(opcode: OpcodeNumber): boolean {
  return opcode >= Opcode.close;
}
