/** What cases of the section "Credentials" stand in tests of their own. */

import type { Covered } from "../case.ts";

/** Places that `at_rest_test.ts` looks at, of the program itself. */
export const AT_REST = ["argv", "environment"] as const;
/** Texts that it looks at. */
export const IN_LOGS = ["audit", "log", "crash output", "answers that the agent gets"] as const;

/** All of them. */
export const credentialTests: readonly Covered[] = [
  ...AT_REST.map((place) => ({
    line: "at-rest" as const,
    technique: "the bottle's credentials, in every spelling",
    place,
  })),
  ...IN_LOGS.map((place) => ({
    line: "in-logs" as const,
    technique: "the bottle's credentials, in every spelling",
    place,
  })),
];
