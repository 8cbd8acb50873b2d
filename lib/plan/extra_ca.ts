/** The operator's certificate authority: trusted by image builds and, for upstreams, by egress. */

import { isAbsolute } from "node:path";
import { BottleError } from "../errors.ts";

/** The variable that names the file. */
export const EXTRA_CA_VARIABLE = "BOT_BOTTLE_EXTRA_CA";

/** A CA bundle: 1 MiB holds hundreds of certificates. */
const MAX_BYTES = 1_048_576;

/** The file and what is in it. */
export interface ExtraCa {
  /** Absolute path on the host. */
  readonly file: string;
  /** Its text: certificates, no key. */
  readonly pem: string;
}

/**
 * Reads the operator's CA, if one is named.
 *
 * @throws {BottleError} `extra-ca` if the file can't be read or holds no certificate, or holds a private key
 */
export async function readExtraCa(
  env: (name: string) => string | undefined,
): Promise<ExtraCa | null> {
  const file = env(EXTRA_CA_VARIABLE) ?? "";
  if (file === "") return null;
  if (!isAbsolute(file)) throw problem(file, "is no absolute path");
  const pem = await readText(file);
  if (pem.includes("PRIVATE KEY-----")) throw problem(file, "holds a private key");
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw problem(file, "holds no certificate in PEM");
  }
  return { file, pem };
}

async function readText(file: string): Promise<string> {
  try {
    const { isFile, size } = await Deno.stat(file);
    if (!isFile || size > MAX_BYTES) throw problem(file, "is no file of at most 1 MiB");
    return await Deno.readTextFile(file);
  } catch (error) {
    throw error instanceof BottleError ? error : problem(file, "can't be read", error);
  }
}

function problem(file: string, why: string, cause?: unknown): BottleError {
  return new BottleError(`The extra CA "${file}" ${why}`, {
    code: "extra-ca",
    hint:
      `Make ${EXTRA_CA_VARIABLE} the absolute path of a PEM file with certificates, or unset it`,
    cause,
  });
}
