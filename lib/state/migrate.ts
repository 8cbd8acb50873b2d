/** Older formats of `state.json`, brought up to the present one a version at a time. */

type Fields = Readonly<Record<string, unknown>>;

/** What each version lacked of its successor, by the version. */
const STEPS: Readonly<Record<number, (fields: Fields) => Fields>> = {
  1: (fields) => ({
    ...fields,
    schema: 2,
    image: null,
    image_used: null,
    credential_type: null,
    runtime: null,
    workspace: null,
    route_changes: [],
    transcript_paths: [],
    agent_start: null,
  }),
};

/** The value in the present format, as far as its version is known; what it is worth the schema says. */
export function migrateState(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  let fields: Fields = { ...value };
  for (let step = stepOf(fields); step !== undefined; step = stepOf(fields)) fields = step(fields);
  return fields;
}

function stepOf({ schema }: Fields): ((fields: Fields) => Fields) | undefined {
  return typeof schema === "number" && Object.hasOwn(STEPS, schema) ? STEPS[schema] : undefined;
}
