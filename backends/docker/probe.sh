# Runs in a throw-away container that has an agent's limits. Prints one "name=value" a fact; judges nothing.
export LC_ALL=C

# The content of the first of these files that is there: cgroups of version 2, else of version 1.
first() {
  for file in "$@"; do
    if [ -r "$file" ]; then cat "$file"; return; fi
  done
}
# The value of a line of /proc/self/status.
status() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }

echo "memory=$(first /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes)"
echo "pids=$(first /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max)"
echo "cpu=$(first /sys/fs/cgroup/cpu.max)"
echo "cpu_quota=$(first /sys/fs/cgroup/cpu/cpu.cfs_quota_us)"
echo "cpu_period=$(first /sys/fs/cgroup/cpu/cpu.cfs_period_us)"
echo "seccomp=$(status Seccomp)"
echo "no_new_privileges=$(status NoNewPrivs)"
echo "capabilities=$(status CapEff)"
echo "bounding=$(status CapBnd)"
echo "uid_map=$(head -n 1 /proc/self/uid_map)"
echo "apparmor=$(cat /proc/self/attr/current 2> /dev/null)"
echo end=1
