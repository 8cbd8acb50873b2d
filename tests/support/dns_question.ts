/** DNS questions for tests. */

/** What else a question may have. */
export interface QuestionOptions {
  readonly id?: number;
  /** Default: recursion desired. */
  readonly flags?: number;
  /** Default 1: Internet. */
  readonly class?: number;
}

/** One question, as a stub resolver sends it; a name's characters are its bytes. */
export function dnsQuestion(
  name: string,
  type: number,
  options: QuestionOptions = {},
): Uint8Array<ArrayBuffer> {
  const { id = 1, flags = 0x0100, class: dnsClass = 1 } = options;
  const labels = name === "" ? [] : name.split(".");
  return Uint8Array.of(
    ...[id, flags, 1, 0, 0, 0].flatMap((value) => [value >> 8, value & 0xff]),
    ...labels.flatMap((label) => [label.length, ...[...label].map((c) => c.charCodeAt(0))]),
    ...[0, type >> 8, type & 0xff, dnsClass >> 8, dnsClass & 0xff],
  );
}
