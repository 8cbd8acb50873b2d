/** Too much of anything. */

import type { GitCase } from "../case.ts";

/** All of them. */
export const sizeCases: readonly GitCase[] = [
  {
    line: "huge",
    name: "a pack of more bytes than the rules let through",
    repo: "small",
    script: `head -c 3000000 /dev/urandom >big.dat; commit -m Big; push`,
    says: /push-too-big|too big|exceeds maximum allowed size/,
    reason: "push-too-big",
  },
  {
    line: "huge",
    name: "more objects than the rules let through",
    repo: "small",
    script: `mkdir many; for n in $(seq 1200); do echo $n >many/$n; done; commit -m Many; push`,
    says: /push-too-big|too big/,
    reason: "push-too-big",
  },
  {
    line: "huge",
    name: "a pack that says it has more objects than it has",
    script: `echo x >x; commit -m X; printf 'PACK\\0\\0\\0\\2\\177\\377\\377\\377' >/tmp/pack
      raw_push refs/heads/$BRANCH $NONE $(git rev-parse HEAD) /tmp/pack`,
    says: /unpack|index-pack|early EOF|fatal|too big|malformed/i,
  },
  {
    line: "delta-bomb",
    name: "a delta that unfolds into 8 GiB",
    script:
      `echo x >x; commit -m X; raw_push refs/heads/$BRANCH $NONE $(git rev-parse HEAD) /tmp/bomb.pack`,
    says: /unpack|index-pack|fatal|too big|malformed|memory/i,
  },
  {
    line: "delta-bomb",
    name: "a chain of deltas, each of which doubles",
    script:
      `echo x >x; commit -m X; raw_push refs/heads/$BRANCH $NONE $(git rev-parse HEAD) /tmp/chain.pack`,
    says: /unpack|index-pack|fatal|too big|malformed|memory/i,
  },
  {
    line: "many-refs",
    name: "10,001 branches",
    script: `raw_many 10001 last $(git rev-parse HEAD)`,
    says: /10001 refs/,
    reason: "push-too-big",
  },
  {
    line: "many-refs",
    name: "a secret for the name of the 10,000th branch",
    script: `raw_many 10000 "$SECRET" $(git rev-parse HEAD)`,
    says: /push-secret|a secret is in it/,
    reason: "push-secret",
  },
];
