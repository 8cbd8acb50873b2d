/** The lines of a private key that only its owner knows. */

const BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----([^-]+)-----END/g;
const OPENSSH_MAGIC = "openssh-key-v1\0";
/** A shorter line is not looked for: it could stand anywhere. */
const MIN_LINE = 16;
/** Of other formats the first part is heads and public numbers: an RSA key's modulus is a good fifth. */
const PUBLIC_SHARE = 0.25;

/**
 * Lines of base64 out of all private keys in a text, without those that every key of the kind has and those of the
 * public part, which may be pushed.
 *
 * @param text PEM, or anything that quotes it, also with `\n` for its line ends
 */
export function secretPemLines(text: string): readonly string[] {
  const blocks = text.replaceAll("\\n", "\n").matchAll(BLOCK);
  return [...blocks].flatMap(([, body = ""]) => {
    const lines = body.split(/\r?\n/).map((line) => line.trim())
      .filter((line) => /^[A-Za-z0-9+/=]+$/.test(line));
    const whole = lines.join("");
    const secretAt = opensshSecretAt(whole) ?? Math.floor(whole.length * PUBLIC_SHARE);
    return linesBehind(lines, secretAt).filter((line) => line.length >= MIN_LINE);
  });
}

/** Lines that end behind a place, which is one in all of them together. */
function linesBehind(lines: readonly string[], place: number): readonly string[] {
  let end = 0;
  return lines.filter((line) => (end += line.length) > place);
}

/**
 * Where the private numbers begin, in characters of base64. PROTOCOL.key of OpenSSH: magic, cipher, kdf, its options, how
 * many keys, the public key, the private part, each text with its length before it; the private part has two check
 * numbers and the public key's texts before what is secret. Undefined: another format.
 */
function opensshSecretAt(base64: string): number | undefined {
  const bytes = decode(base64);
  if (!new TextDecoder("latin1").decode(bytes).startsWith(OPENSSH_MAGIC)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const past = (at: number): number => at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : at;
  const publicKey = past(past(past(OPENSSH_MAGIC.length))) + 4;
  const privatePart = past(publicKey);
  const publicSize = privatePart - publicKey - 4;
  return Math.ceil((privatePart + 4 + 8 + publicSize) * 4 / 3);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return new Uint8Array();
  }
}
