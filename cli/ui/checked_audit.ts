/** What `audit --verify` found, for people and for programs. */

import { type CheckedChain, describeFault } from "../../lib/audit/chain_check.ts";

/** Lines, the first of which says it all. */
export function checkedLines({ rows, faults, faultCount }: CheckedChain): readonly string[] {
  const [first, ...others] = faults;
  if (first === undefined) return [`The chain of ${rows} rows holds`];
  const more = faultCount - faults.length;
  return [
    `The chain does not hold: ${describeFault(first)}`,
    ...others.map((fault) => `  ${describeFault(fault)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** Stable: `problem` is the first of `faults` in words, or null. */
export function checkedJson({ rows, last, faults, faultCount }: CheckedChain): unknown {
  const [first] = faults;
  return {
    rows,
    holds: first === undefined,
    problem: first === undefined ? null : describeFault(first),
    last,
    faults,
    fault_count: faultCount,
  };
}
