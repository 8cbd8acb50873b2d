/** The command-line parser: typed without casts, hints at typos. Types of one package on the code of the other, which alone is loaded. */
// @ts-types="npm:@commander-js/extra-typings@15.1.0"
export { Command, CommanderError, InvalidArgumentError, Option } from "npm:commander@15.1.0";
export type { CommandUnknownOpts } from "npm:@commander-js/extra-typings@15.1.0";
