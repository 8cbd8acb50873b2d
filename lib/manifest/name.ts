/** The names of bottles, agents, providers and skills: a manifest's is its file's stem. */

/** `a-z` first, then `a-z`, `0-9` and `-`; 63 characters at most. */
export const NAME = /^[a-z][a-z0-9-]{0,62}$/;
