/** The sidecars' code where there is no checkout to make it from. */

/** The bundled file's text; null in a checkout. `deno task build` puts another module in this one's place. */
export const embeddedSidecars: string | null = null;
