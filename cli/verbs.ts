/** The verbs, in the order of `--help`. */

import type { Verb } from "./command.ts";

/** All there are. */
export const verbs: readonly Verb[] = [
  {
    name: "demo",
    arguments: "",
    summary: "Show what a bottle stops, with no account needed",
    load: () => import("./commands/demo.ts"),
  },
  {
    name: "init",
    arguments: "",
    summary: "Write a first bottle and agent",
    load: () => import("./commands/init.ts"),
  },
  {
    name: "start",
    arguments: "[agent]",
    summary: "Start an agent in a bottle and attach to it",
    load: () => import("./commands/start.ts"),
  },
  {
    name: "run",
    arguments: "<agent>",
    summary: "Run an agent on one prompt, without a terminal",
    load: () => import("./commands/run.ts"),
  },
  {
    name: "attach",
    arguments: "<slug>",
    summary: "Start the agent program again in a running bottle",
    load: () => import("./commands/attach.ts"),
  },
  {
    name: "exec",
    arguments: "<slug> <command...>",
    summary: "Run a command in a running bottle",
    load: () => import("./commands/exec.ts"),
  },
  {
    name: "cp",
    arguments: "<source> <target>",
    summary: "Copy files into a running bottle, or out of it",
    load: () => import("./commands/cp.ts"),
  },
  {
    name: "list",
    arguments: "[agents|bottles]",
    summary: "List running and resumable bottles",
    load: () => import("./commands/list.ts"),
  },
  {
    name: "info",
    arguments: "<agent|slug>",
    summary: "Show a plan, and the file that each value comes from",
    load: () => import("./commands/info.ts"),
  },
  {
    name: "allow",
    arguments: "<slug> <host...>",
    summary: "Let a bottle reach more hosts, at once",
    load: () => import("./commands/allow.ts"),
  },
  {
    name: "deny",
    arguments: "<slug> <host...>",
    summary: "Take hosts from a bottle, at once",
    load: () => import("./commands/deny.ts"),
  },
  {
    name: "resume",
    arguments: "<slug>",
    summary: "Continue in a bottle that was kept",
    load: () => import("./commands/resume.ts"),
  },
  {
    name: "rename",
    arguments: "<slug> <label>",
    summary: "Change the label that list shows",
    load: () => import("./commands/rename.ts"),
  },
  {
    name: "diff",
    arguments: "<slug>",
    summary: "Show what the agent changed in its workspace",
    load: () => import("./commands/diff.ts"),
  },
  {
    name: "fetch",
    arguments: "<slug>",
    summary: "Bring the agent's commits back as a branch",
    load: () => import("./commands/fetch.ts"),
  },
  {
    name: "stop",
    arguments: "<slug>",
    summary: "Stop a bottle and keep it",
    load: () => import("./commands/stop.ts"),
  },
  {
    name: "cleanup",
    arguments: "[slug...]",
    summary: "Remove bottles and leftovers, their audits saved",
    load: () => import("./commands/cleanup.ts"),
  },
  {
    name: "audit",
    arguments: "[slug]",
    summary: "Show who asked for what, and what became of it",
    load: () => import("./commands/audit.ts"),
  },
  {
    name: "policy",
    arguments: "test|lint",
    summary: "Ask what routes let pass, and what they open",
    load: () => import("./commands/policy.ts"),
  },
  {
    name: "doctor",
    arguments: "",
    summary: "Check what bottles need, and test their isolation",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "schema",
    arguments: "<what>",
    summary: "Print a JSON Schema: bottle, agent, audit, …",
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "version",
    arguments: "",
    summary: "Print the version",
    load: () => import("./commands/version.ts"),
  },
];
