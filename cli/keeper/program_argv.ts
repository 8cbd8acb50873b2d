/** How the program starts itself again. */

import { permissionFlags } from "../permissions.ts";

/** How this process was started. */
export interface ProgramForm {
  /** `Deno.execPath()`: Deno, or the program itself where it was compiled. */
  readonly execPath: string;
  /** The compiled program: it takes arguments of its own only. */
  readonly isCompiled: boolean;
  /** The module that was started: a file of a checkout, the bundled file, an address. */
  readonly entry: string;
  /** Of the user; null where there are none. */
  readonly uid: number | null;
}

/**
 * The argv of the program with other arguments. The permissions are the launcher's, however this process got its own.
 */
export function programArgv(form: ProgramForm, ...args: readonly string[]): readonly string[] {
  return narrowArgv(form, permissionFlags(form.uid), ...args);
}

/** The same with permissions of the caller's choice. A compiled program has its own, which nothing narrows. */
export function narrowArgv(
  { execPath, isCompiled, entry }: ProgramForm,
  permissions: readonly string[],
  ...args: readonly string[]
): readonly string[] {
  if (isCompiled) return [execPath, ...args];
  return [execPath, "run", "--quiet", ...permissions, entry, ...args];
}
