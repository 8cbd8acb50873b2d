/** Reading untrusted JSON by hand: small, without a schema library, for the processes that must start fast. */

import { BottleError } from "../errors.ts";

/** An object whose fields are not known yet. */
export type Shape = Readonly<Record<string, unknown>>;

/** What a reader throws: it names the field and never quotes the value. */
export function shapeError(what: string, wanted: string): BottleError {
  return new BottleError(`"${what}" is not ${wanted}`, { code: "shape-invalid" });
}

/** @throws {BottleError} `shape-invalid` */
export function readShape(value: unknown, what: string): Shape {
  if (!isShape(value)) throw shapeError(what, "an object");
  return value;
}

/** @param maxLength in UTF-16 units. @throws {BottleError} `shape-invalid` */
export function readText(from: Shape, key: string, maxLength: number): string {
  const value = from[key];
  if (typeof value !== "string") throw shapeError(key, "a text");
  if (value.length > maxLength) throw shapeError(key, `a text of at most ${maxLength} characters`);
  return value;
}

/** A whole number from 0. @throws {BottleError} `shape-invalid` */
export function readCount(from: Shape, key: string): number {
  const value = from[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw shapeError(key, "a whole number from 0");
  }
  return value;
}

/** @throws {BottleError} `shape-invalid` */
export function readFlag(from: Shape, key: string): boolean {
  const value = from[key];
  if (typeof value !== "boolean") throw shapeError(key, "true or false");
  return value;
}

/** @throws {BottleError} `shape-invalid` */
export function readList(from: Shape, key: string, maxLength: number): readonly unknown[] {
  const value = from[key];
  if (!Array.isArray(value)) throw shapeError(key, "a list");
  if (value.length > maxLength) throw shapeError(key, `a list of at most ${maxLength}`);
  return value;
}

/** One of `choices`. @throws {BottleError} `shape-invalid` */
export function readChoice<T extends string>(from: Shape, key: string, choices: readonly T[]): T {
  const value = from[key];
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw shapeError(key, `one of ${choices.join(", ")}`);
  return found;
}

/** `read`, if the field is there. */
export function optional<T>(from: Shape, key: string, read: () => T): T | undefined {
  return from[key] === undefined || from[key] === null ? undefined : read();
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
