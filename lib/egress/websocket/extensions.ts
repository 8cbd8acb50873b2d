/** `Sec-WebSocket-Extensions` (RFC 6455, 9.1), strictly. */

import { malformed } from "../http1/malformed.ts";
import { MAX_ELEMENTS } from "./limits.ts";

/** One extension, as it is offered or agreed on. */
export interface Extension {
  /** As it was written. */
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

/** `name` or `name=value`. */
export interface ExtensionParameter {
  readonly name: string;
  /** Without quotes. */
  readonly value: string | undefined;
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const NAME = new RegExp(`^${TOKEN}$`);
/** A value in quotes must be a token too: so no comma, semicolon or escape hides in one. */
const PARAMETER = new RegExp(`^(${TOKEN})(?:[ \\t]*=[ \\t]*(?:(${TOKEN})|"(${TOKEN})"))?$`);

/**
 * Parses the values of all fields of that name.
 *
 * @throws {BottleError} `http-malformed`: against the grammar, or more than 16 of anything
 */
export function parseExtensions(values: readonly string[]): readonly Extension[] {
  const elements = values.flatMap((value) => value.split(",")).map(trim);
  if (elements.length > MAX_ELEMENTS) throw malformed("Too many WebSocket extensions");
  return elements.map(parseExtension);
}

/** One element, as a field has it. */
export function printExtension({ name, parameters }: Extension): string {
  const printed = parameters.map(({ name, value }) =>
    value === undefined ? name : `${name}=${value}`
  );
  return [name, ...printed].join("; ");
}

function parseExtension(text: string): Extension {
  const [name = "", ...rest] = text.split(";").map(trim);
  if (!NAME.test(name)) throw malformed("A WebSocket extension without a name");
  if (rest.length > MAX_ELEMENTS) throw malformed("Too many parameters of a WebSocket extension");
  return { name, parameters: rest.map(parseParameter) };
}

function parseParameter(text: string): ExtensionParameter {
  const [, name, plain, quoted] = PARAMETER.exec(text) ?? [];
  if (name === undefined) throw malformed("A malformed parameter of a WebSocket extension");
  return { name, value: plain ?? quoted };
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
