/** What an attack is: one object for the tests, which it must not get through, and for the controls, without which it must. */

import type { Sink } from "../sinks.ts";
import type { Stage, Target } from "../stage.ts";

/** One way out of a bottle, or into what isn't its own. */
export interface Attack {
  /** A line, or part of one, of the threat list. */
  readonly threat: string;
  /** What is tried. */
  readonly name: string;
  /** What stands in the way. */
  readonly control: string;
  /** What must see nothing. */
  open(stage: Stage): Promise<Sink>;
  /** Tries. Whatever the guest's programs say is no matter: the sink decides. */
  run(stage: Stage, sink: Sink): Promise<void>;
  /** Takes the control away from outside, on a stage that is thrown away after it. */
  switchOff(stage: Stage): Promise<void>;
}

/** Runs a program of `guest/` in the agent's container as uid 0, by its text. */
export async function runGuest(
  target: Target,
  program: string,
  args: readonly string[],
): Promise<string> {
  const argv = ["node", "--no-warnings", "--input-type=module-typescript", "-", ...args];
  return succeeded(await target.asRoot(argv, program));
}

/** The stdout of an attack that was really carried out. @throws {Error} if its program broke */
export function succeeded(ended: Awaited<ReturnType<Target["asRoot"]>>): string {
  if (ended.code !== 0) throw new Error(`the attack itself failed: ${ended.stderr}`);
  return ended.stdout;
}

/** The rules of the agent's namespace, gone. */
export async function unseal(stage: Stage, target: Target = stage.target): Promise<void> {
  const namespace = `container:${target.agent}`;
  await stage.iptables(namespace, "--policy", "OUTPUT", "ACCEPT");
  await stage.iptables(namespace, "--policy", "INPUT", "ACCEPT");
  await stage.iptables(namespace, "--flush");
}

/** The device of the host that is a network's bridge. */
export async function bridgeOf(stage: Stage, network: string): Promise<string> {
  const id = await stage.docker("network", "inspect", "--format", "{{.Id}}", network);
  return `br-${id.slice(0, 12)}`;
}
