/** DNS messages (RFC 1035): enough to answer a stub resolver, and no more. */

/** Record types that are told apart; any other is a number. */
export const DnsType = { A: 1, AAAA: 28, ANY: 255 } as const;

/** RFC 1035, 4.1.1. */
export const DnsCode = { noError: 0, formatError: 1, nameError: 3, notImplemented: 4 } as const;

/** One question that was understood. */
export interface DnsQuery {
  readonly kind: "query";
  readonly id: number;
  readonly isRecursionDesired: boolean;
  /**
   * Labels joined by dots, ASCII lower case, without the trailing dot; bytes are characters: escape before
   * showing.
   */
  readonly name: string;
  readonly type: number;
  /** 1: Internet. */
  readonly class: number;
  /**
   * The question as it came, to be repeated to the letter: resolvers mix upper and lower case to detect forgeries.
   */
  readonly question: Uint8Array;
}

/** `ignore`: no question at all; answering could make a loop. `refuse`: a question that gets only a code. */
export type DnsParsed =
  | DnsQuery
  | { readonly kind: "ignore" }
  | {
    readonly kind: "refuse";
    readonly id: number;
    readonly opcode: number;
    readonly code: number;
  };

/** What {@linkcode writeAnswer} puts into an answer. */
export interface DnsAnswer {
  readonly code: number;
  /** Four bytes each, as A records. */
  readonly addresses?: readonly Uint8Array[];
}

const HEADER = 12;
const MAX_NAME = 255;
const INTERNET = 1;
const TTL_S = 60;
const FLAG = {
  response: 0x8000,
  authoritative: 0x0400,
  desired: 0x0100,
  available: 0x0080,
} as const;

/**
 * Parses a message. Never throws.
 *
 * @example
 * ```ts
 * import { parseQuery } from "./dns_message.ts";
 * if (parseQuery(new Uint8Array(3)).kind !== "ignore") throw new Error("too short to answer");
 * ```
 */
export function parseQuery(message: Uint8Array): DnsParsed {
  if (message.length < HEADER) return { kind: "ignore" };
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const id = view.getUint16(0);
  const flags = view.getUint16(2);
  if (flags & FLAG.response) return { kind: "ignore" };
  const opcode = flags >> 11 & 0xf;
  const refuse = (code: number): DnsParsed => ({ kind: "refuse", id, opcode, code });
  if (opcode !== 0) return refuse(DnsCode.notImplemented);
  const isOneQuestion = view.getUint16(4) === 1 && view.getUint16(6) === 0 &&
    view.getUint16(8) === 0;
  const name = isOneQuestion ? readName(message, HEADER) : undefined;
  if (!name || name.end + 4 > message.length) return refuse(DnsCode.formatError);
  return {
    kind: "query",
    id,
    isRecursionDesired: (flags & FLAG.desired) !== 0,
    name: name.text,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
    question: message.slice(HEADER, name.end + 4),
  };
}

/**
 * Writes the answer to a query. Authoritative, so that a stub resolver takes an empty answer for final; the
 * authority section is empty, so that nobody keeps a refusal for long (RFC 2308, 5).
 */
export function writeAnswer(query: DnsQuery, { code, addresses = [] }: DnsAnswer): Uint8Array {
  const flags = FLAG.response | FLAG.authoritative | FLAG.available | code |
    (query.isRecursionDesired ? FLAG.desired : 0);
  const records = addresses.flatMap((address) => [
    ...[0xc0, HEADER], // the question's name, by pointer
    ...[0, DnsType.A, 0, INTERNET],
    ...[0, 0, 0, TTL_S],
    ...[0, address.length, ...address],
  ]);
  return Uint8Array.of(
    ...header(query.id, flags, 1, addresses.length),
    ...query.question,
    ...records,
  );
}

/** Writes the answer to what was no query: the code and nothing else. */
export function writeRefusal(
  { id, opcode, code }: Extract<DnsParsed, { kind: "refuse" }>,
): Uint8Array {
  return Uint8Array.of(...header(id, FLAG.response | opcode << 11 | code, 0, 0));
}

function header(id: number, flags: number, questions: number, answers: number): number[] {
  return [id, flags, questions, answers, 0, 0].flatMap((value) => [value >> 8, value & 0xff]);
}

/** A name without compression: a question has nothing to point back to. */
function readName(
  message: Uint8Array,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = start;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63) return undefined;
    const next = at + 1 + length;
    if (next - start > MAX_NAME) return undefined;
    if (length === 0) return { text: labels.join("."), end: next };
    labels.push(
      String.fromCharCode(...message.subarray(at + 1, next)).replace(
        /[A-Z]/g,
        (c) => c.toLowerCase(),
      ),
    );
    at = next;
  }
}
