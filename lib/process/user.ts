/** Whom a program runs as. */

/** A user of the system, by number. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}
