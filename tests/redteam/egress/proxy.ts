/** The proxy under attack: the program itself with the permissions that the bundle gives it, or its engine where a test has to say what a name resolves to. */

import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { EgressConfig } from "../../../lib/egress/config.ts";
import { parseEgressConfig } from "../../../lib/egress/config_schema.ts";
import { startEngine } from "../../../sidecars/egress/engine.ts";
import type { EngineLimits } from "../../../sidecars/egress/limits.ts";
import { address } from "../../support/egress/proxy.ts";
import { startEgress } from "../../support/egress/program.ts";
import { patiently } from "../../support/egress/wire.ts";

/** A running proxy. */
export interface AttackedProxy extends AsyncDisposable {
  readonly port: number;
  readonly caPem: string;
  /** Rows of the audit so far. */
  readonly rows: readonly AuditRow[];
  /** What it wrote to its log. */
  readonly log: () => string;
  /** Process id; undefined where it runs in this process. */
  readonly pid: number | undefined;
  /** Ends it in order: refusals that it has only counted become rows. */
  end(): Promise<void>;
}

/** Starts the program: `sidecars/main.ts egress --config -`. */
export async function openProgram(config: EgressConfig): Promise<AttackedProxy> {
  const program = startEgress(["--config", "-"]);
  try {
    await program.write(`${JSON.stringify(config)}\n`);
    const ready: { readonly proxy: string; readonly ca_pem: string } = JSON.parse(
      await patiently(program.line()),
    );
    const rows: AuditRow[] = [];
    let log = "";
    void program.stderr.then((text) => log = text);
    const reading = (async (): Promise<void> => {
      for (;;) rows.push(JSON.parse(await program.line()));
    })().catch(() => {});
    return {
      port: Number(new URL(ready.proxy).port),
      caPem: ready.ca_pem,
      rows,
      log: () => log,
      pid: program.process.pid,
      end: async () => {
        program.process.kill("SIGTERM");
        await patiently(program.process.status);
        await reading;
      },
      async [Symbol.asyncDispose](): Promise<void> {
        await program[Symbol.asyncDispose]();
        await reading;
      },
    };
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts the engine in this process. */
export async function openEngine(
  config: EgressConfig,
  options: {
    readonly resolve?: (name: string) => readonly string[];
    readonly limits?: Partial<EngineLimits>;
  },
): Promise<AttackedProxy> {
  const rows: AuditRow[] = [];
  const log: string[] = [];
  const { resolve, limits } = options;
  const engine = await startEngine({
    config: parseEgressConfig(config),
    append: (batch) => Promise.resolve(void rows.push(...batch)),
    onLog: (line) => log.push(line),
    ...(limits === undefined ? {} : { limits }),
    ...(resolve === undefined ? {} : {
      resolve: (name) => Promise.resolve({ addresses: resolve(name).map(address), ttlMs: 0 }),
    }),
  });
  return {
    port: engine.port,
    caPem: engine.ca.cert_pem,
    rows,
    log: () => log.join("\n"),
    pid: undefined,
    end: () => engine.close(),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}
