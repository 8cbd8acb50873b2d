/** All that was measured, by measurement, contestant and round. */

import { median } from "../start/stats.ts";
import type { ContestantName } from "./contestant.ts";
import type { Figures } from "./job.ts";

/** A figure of several rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** One measurement of one contestant: a round each, or why there is none. */
export interface Outcome {
  readonly rounds: Figures[];
  readonly failures: string[];
}

/** Results by the measurement's key, then by contestant. */
export class Results {
  readonly #outcomes = new Map<string, Map<ContestantName, Outcome>>();

  /** Keeps one round's figures. */
  add(key: string, name: ContestantName, figures: Figures): void {
    this.#of(key, name).rounds.push(figures);
  }

  /** Keeps why there are none. */
  fail(key: string, name: ContestantName, why: string): void {
    this.#of(key, name).failures.push(why);
  }

  /** What there is of it. */
  get(key: string, name: ContestantName): Outcome {
    return this.#outcomes.get(key)?.get(name) ?? { rounds: [], failures: [] };
  }

  /** A figure in each round that has it. */
  values(key: string, name: ContestantName, figure: string): readonly number[] {
    return this.get(key, name).rounds.map((round) => round[figure])
      .filter((value) => value !== undefined);
  }

  /** Over the rounds; undefined if there is none. */
  spread(key: string, name: ContestantName, figure: string): Spread | undefined {
    return spreadOf(this.values(key, name, figure));
  }

  /** What is made of two contestants' figures of the same round, over the rounds. */
  compare(
    key: string,
    figure: string,
    [one, other]: readonly [ContestantName, ContestantName],
    by: (one: number, other: number) => number,
  ): Spread | undefined {
    const others = this.values(key, other, figure);
    return spreadOf(
      this.values(key, one, figure).flatMap((value, at) => {
        const against = others[at];
        return against === undefined ? [] : [by(value, against)];
      }),
    );
  }

  /** Everything, for JSON. */
  raw(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.#outcomes].map(([key, byName]) => [key, Object.fromEntries(byName)]),
    );
  }

  /** Every failure, for people. */
  failures(name?: ContestantName): readonly string[] {
    return [...this.#outcomes].flatMap(([key, byName]) =>
      [...byName].filter(([of]) => name === undefined || of === name)
        .flatMap(([of, { failures }]) => failures.map((why) => `${of}, ${key}: ${why}`))
    );
  }

  #of(key: string, name: ContestantName): Outcome {
    let byName = this.#outcomes.get(key);
    if (byName === undefined) this.#outcomes.set(key, byName = new Map());
    let outcome = byName.get(name);
    if (outcome === undefined) byName.set(name, outcome = { rounds: [], failures: [] });
    return outcome;
  }
}

function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}
