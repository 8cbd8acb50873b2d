/** The operator's own certificate authority: readable, well formed, and not about to expire. */

import { X509Certificate } from "node:crypto";
import { EXTRA_CA_VARIABLE, readExtraCa } from "../../../lib/plan/extra_ca.ts";
import { BottleError } from "../../../lib/errors.ts";
import { type Finding, note, ok, problem, warning } from "../finding.ts";
import type { Check } from "../scene.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** The check. */
export const extraCa: Check = {
  name: "extra-ca",
  run: async ({ services: { context } }) => {
    try {
      const found = await readExtraCa(context.env);
      if (found === null) {
        return [ok("No extra certificate authority is set", { file: null })];
      }
      return judgeCertificates(found.file, found.pem, context.clock.now());
    } catch (error) {
      if (!(error instanceof BottleError)) throw error;
      return [problem(error.message, error.hint ?? `Unset ${EXTRA_CA_VARIABLE}`)];
    }
  },
};

/** Each certificate of the file; one finding if all are well. */
export function judgeCertificates(file: string, pem: string, now: Date): readonly Finding[] {
  const blocks = pem.match(BLOCK) ?? [];
  const findings = blocks.map((block, at) => judgeOne(file, block, at, now));
  const worse = findings.filter(({ level }) => level !== "ok");
  if (blocks.length > 0 && worse.length === 0) {
    const first = findings[0];
    const count = blocks.length === 1 ? "a certificate" : `${blocks.length} certificates`;
    return [ok(`The extra CA "${file}" has ${count}, valid`, first?.facts ?? {})];
  }
  if (blocks.length > 0) return worse;
  return [problem(`The extra CA "${file}" has no whole certificate`, FIX, { file })];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const FIX = `Put the present certificate there, or change ${EXTRA_CA_VARIABLE}`;

function judgeOne(file: string, block: string, at: number, now: Date): Finding {
  const which = `Certificate ${at + 1} of the extra CA "${file}"`;
  const certificate = parse(block);
  if (certificate === undefined) return problem(`${which} can't be parsed`, FIX, { file });
  const { subject, ca } = certificate;
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  const facts = { file, subject, valid_to: to.toISOString() };
  if (to <= now) return problem(`${which} expired on ${day(to)}`, FIX, facts);
  if (from > now) {
    return warning(`${which} is valid from ${day(from)} only`, "Check the machine's clock", facts);
  }
  if (to.getTime() - now.getTime() < SOON_DAYS * DAY_MS) {
    return warning(`${which} expires on ${day(to)}`, FIX, facts);
  }
  return ca
    ? ok(`${which} is valid until ${day(to)}`, facts)
    : note(`${which} is no authority: only the server that has it is trusted`, null, facts);
}

function parse(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
