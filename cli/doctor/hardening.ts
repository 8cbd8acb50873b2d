/** What holds a container besides its limits: seccomp, capabilities, AppArmor, user namespaces. Pure. */

import type { LimitProbe } from "../../backends/docker/probe.ts";
import { type Finding, note, ok, problem, warning } from "./finding.ts";

/**
 * @param inside what was seen from inside of a container that was started as an agent is
 * @param options the engine's security options
 */
export function judgeHardening(
  inside: LimitProbe["inside"],
  options: readonly string[],
): readonly Finding[] {
  const one = (name: string): string => inside.get(name)?.join(" ").trim() ?? "";
  if (one("end") !== "1") {
    return [warning("Can't tell what holds a container: it did not run to its end", "Try again")];
  }
  return [
    judgeSeccomp(one("seccomp"), options),
    judgeCapabilities(one("capabilities"), one("bounding"), one("no_new_privileges")),
    judgeAppArmor(one("apparmor"), options),
    judgeUsers(one("uid_map")),
  ];
}

/** `Seccomp` of /proc/self/status: 2 is a filter (proc(5)). An engine that says that it has none is weaker; one that says that it has one lies. */
function judgeSeccomp(mode: string, options: readonly string[]): Finding {
  const profile = /\bprofile=([^,]+)/.exec(
    options.find((option) => option.startsWith("name=seccomp")) ?? "",
  )?.[1] ?? "";
  const facts = { seccomp: mode === "2", profile };
  if (mode === "2") {
    return ok(
      `seccomp filters system calls${profile === "" ? "" : ` (profile "${profile}")`}`,
      facts,
    );
  }
  const text = "No seccomp filter is on a container: every system call is open to the agent";
  const fix = "Use a kernel with seccomp, and turn the engine's seccomp profile on";
  const isAdmitted = profile === "unconfined" || !hasSeccomp(options);
  return isAdmitted ? warning(text, fix, facts) : problem(text, fix, facts);
}

function hasSeccomp(options: readonly string[]): boolean {
  return options.some((option) => option.startsWith("name=seccomp"));
}

function judgeCapabilities(effective: string, bounding: string, noNew: string): Finding {
  const facts = { effective, bounding, no_new_privileges: noNew === "1" };
  const isNone = /^0+$/.test(effective) && /^0+$/.test(bounding);
  return isNone && noNew === "1" ? ok("No capability, and no way to gain one", facts) : problem(
    "A container keeps capabilities, or could gain some, although all were dropped",
    "Report this with the output of `docker info`",
    facts,
  );
}

function judgeAppArmor(profile: string, options: readonly string[]): Finding {
  const isOn = options.some((option) => option.startsWith("name=apparmor"));
  const isSelinux = options.some((option) => option.startsWith("name=selinux"));
  const facts = { apparmor: isOn, profile, selinux: isSelinux };
  if (isSelinux) return judgeSelinux(profile, facts);
  if (!isOn) return note("Neither AppArmor nor SELinux is on: one wall less", null, facts);
  // In the mode "complain" a profile only writes to the log.
  return profile.endsWith(" (enforce)")
    ? ok(`AppArmor confines containers ("${profile}")`, facts)
    : warning(
      `AppArmor is on, and does not confine a container ("${profile}")`,
      "Check the engine's profile",
      facts,
    );
}

/** @param label of the process: `system_u:system_r:container_t:s0:c1,c2`; `spc_t` is a container that is not held */
function judgeSelinux(label: string, facts: Finding["facts"]): Finding {
  const type = label.split(":")[2] ?? "";
  return type === "" || type === "spc_t" || type.startsWith("unconfined")
    ? warning(
      `SELinux is on, and does not confine a container ("${label}")`,
      "Check the engine's policy (container-selinux)",
      facts,
    )
    : ok(`SELinux confines containers ("${type}")`, facts);
}

/** A map of the whole range onto itself is none. */
function judgeUsers(map: string): Finding {
  const [inside, outside] = map.trim().split(/\s+/);
  const isMapped = inside === "0" && outside !== undefined && outside !== "0";
  const facts = { user_namespace: isMapped };
  return isMapped
    ? ok("A container's root is nobody outside (user namespace)", facts)
    : note("No user namespace: uid 0 of a container is uid 0 of the host's kernel", null, facts);
}
