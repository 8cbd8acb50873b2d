/** Secrets that nothing knows, put together here so that no scanner finds them in our own sources. */

/** Digits and letters that repeat never, so that their entropy is that of a real one. */
const RANDOM = "k7Qz3XvB9mTf2LwR8cYh5JnD1pGs6AeU4iKo0WxZ";

/** One of each kind. */
export const fakeSecrets = {
  /** A personal access token of GitHub's. */
  github: ["gh", "p_", RANDOM.slice(0, 36)].join(""),
  /** An access key id of Amazon's. */
  aws: ["AK", "IA", "Q7ZV3MTF2LWRXCYH"].join(""),
  /** Known to the bottle alone: no rule finds it. */
  bottle: ["bb", "9f3kQ7ZV3mtf2lwr"].join("-"),
  /** The same, in the form of an object's id, as some forges have their tokens. */
  hex: ["9f3c7a1e5b2d8046cfa3", "71be90d4528e6fa1c37b"].join(""),
} as const;
