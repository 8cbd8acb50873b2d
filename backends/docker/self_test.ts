/** The self-test of a bottle, from inside the agent's container, before the agent runs. */

import { createHash } from "node:crypto";
import type { Bottle } from "../../lib/bottle.ts";
import { SELF_TEST_DENIED_HOST } from "../../lib/egress/audit/self_test_row.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { RuntimeChoice } from "../../lib/plan/spec.ts";
import type { BottleSubnet } from "./subnets.ts";
import script from "./self_test.sh" with { type: "text" };

/** A throw-away credential: egress swaps the one for the other on its way to itself. */
export interface SelfTestSecret {
  readonly placeholder: string;
  readonly value: string;
}

/** Where egress is, seen from the agent. */
export interface SelfTestTarget {
  readonly subnet: BottleSubnet;
  readonly proxyPort: number;
  /** The agent's; null: the engine's own. */
  readonly runtime: RuntimeChoice | null;
}

/**
 * An address outside of the bottle, of those kept for documentation (RFC 5737): nobody's, should a packet get out.
 * Whether it answers says nothing, so what counts is that the guest's own kernel refuses at once.
 */
const OUTSIDE = { address: "203.0.113.1", port: 443 } as const;

/** All of it together takes a fraction of a second; a proxy that hangs must not hang the launch. */
const TIMEOUT_MS = 30_000;

const HINT = "Nothing was started in the bottle; report this with the output of `docker version`";

/** Its own stack writes frames to the device, where no rule of the namespace's sees them (docs/adr/0012-gvisor-choice.md). */
const GVISOR_HINT =
  "Nothing was started in the bottle. The seal binds gVisor only where runsc is registered with --network=host; or pass --runtime runc";

/** Runs the self-test. @throws {BottleError} `self-test-failed`, naming the check */
export async function runSelfTest(
  bottle: Pick<Bottle, "exec">,
  target: SelfTestTarget,
  secret: SelfTestSecret,
  signal: AbortSignal,
): Promise<void> {
  const { subnet, proxyPort } = target;
  const argv = [
    "bash",
    "-c",
    script,
    "self-test",
    subnet.bundle,
    String(proxyPort),
    subnet.gateway,
    OUTSIDE.address,
    String(OUTSIDE.port),
    secret.placeholder,
    SELF_TEST_DENIED_HOST,
  ];
  const result = await bottle.exec(argv, { bare: true, signal, timeoutMs: TIMEOUT_MS });
  const findings = parseFindings(result.stdout);
  const failure = judgeFindings(findings, subnet, secret.value);
  if (failure === null) return;
  throw new BottleError(`The bottle's self-test failed: ${failure}`, {
    code: "self-test-failed",
    exitCode: ExitCode.cannotStart,
    hint: target.runtime === "runsc" ? GVISOR_HINT : HINT,
    details: [...result.stdout.split("\n"), ...result.stderr.split("\n")].filter(Boolean).slice(
      -20,
    ),
  });
}

/** What the script found: name → values, in order. */
export function parseFindings(stdout: string): ReadonlyMap<string, readonly string[]> {
  const findings = new Map<string, string[]>();
  for (const line of stdout.split("\n")) {
    const at = line.indexOf("=");
    if (at < 0) continue;
    const name = line.slice(0, at);
    findings.set(name, [...findings.get(name) ?? [], line.slice(at + 1)]);
  }
  return findings;
}

/** The first check that failed, in words; null if all passed. What was not found out counts as failed. */
export function judgeFindings(
  findings: ReadonlyMap<string, readonly string[]>,
  subnet: BottleSubnet,
  value: string,
): string | null {
  const one = (name: string): string => findings.get(name)?.join(" ") ?? "";
  if (one("end") !== "1") return "the test did not run to its end";
  if (!one("sealed").endsWith("Operation not permitted")) {
    return "the agent's network is not sealed: a datagram for another address than the bundle's went out";
  }
  // The seal's rules are for IPv4: the other family must not be there at all.
  if (
    !/Network is unreachable$|Cannot assign requested address$|Address family not supported by protocol$/
      .test(one("ipv6"))
  ) {
    return "IPv6 is not off in the agent's network";
  }
  const denied = one("denied-status");
  if (denied === "unreachable" || one("swap-status") === "unreachable") {
    return "the agent cannot reach egress";
  }
  if (!/^HTTP\/1\.1 403\b/.test(denied) || one("denied-block") === "") {
    return `a host that no route names was answered "${denied}" instead of being refused`;
  }
  const expected = createHash("sha256").update(value).digest("hex");
  if (!/^HTTP\/1\.1 200\b/.test(one("swap-status")) || !one("swap-body").includes(expected)) {
    return `egress did not swap a placeholder for its value: "${one("swap-status")}"`;
  }
  const neighbour = findings.get("neighbour")?.find((address) => address !== subnet.bundle);
  if (neighbour === subnet.gateway || !isRefused(one("gateway"))) {
    return `the network's gateway ${subnet.gateway} is not out of reach: so may the host be`;
  }
  if (neighbour !== undefined) return `${neighbour} answers on the bottle's network`;
  if (!isRefused(one("outside"))) {
    return "a direct connection out of the bottle was not refused at once";
  }
  return null;
}

/**
 * Refused by the guest's own kernel; bash's words in the C locale. "Connection refused" is the seal's own: it is in
 * force when this is asked. An attempt that is still under way may have left the bottle, as may one that timed out.
 */
function isRefused(told: string): boolean {
  return /Connection refused$|Network is unreachable$|Operation not permitted$/.test(told);
}
