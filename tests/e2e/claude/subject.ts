/** A file that only the guest has. */

import { createHash, randomBytes } from "node:crypto";
import type { Run } from "../../../lib/process/run.ts";
import { docker } from "../../support/deno_container.ts";
import type { Subject } from "./upstream/turns.ts";

/** Random content, and what is known of it. */
export interface SubjectFile {
  readonly subject: Subject;
  /** Writes it into the guest, as node. @param agent name of the agent's container */
  put(run: Run, agent: string): Promise<void>;
}

/** Makes one. */
export function makeSubject(): SubjectFile {
  const content = randomBytes(10_000 + randomBytes(1).readUInt8());
  const sha256 = createHash("sha256").update(content).digest("hex");
  const file = "/home/node/subject.bin";
  return {
    subject: { file, sha256, bytes: content.length },
    put: async (run, agent) => {
      const intoFile = ["sh", "-c", `cat > ${file}`];
      await docker(run, ["exec", "--interactive", "--user", "node", agent, ...intoFile], content);
    },
  };
}
