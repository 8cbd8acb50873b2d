/** The list to pick from. Load it lazily: only a person without an agent's name on the command line needs it. */
export { isCancel, select } from "npm:@clack/prompts@1.9.0";
