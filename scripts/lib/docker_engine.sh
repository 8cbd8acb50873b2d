# A Docker Engine that answers.
# shellcheck shell=bash

SYSTEMD=/run/systemd/system
DOCKERD_PID=/var/run/docker.pid
DOCKERD_LOG=/var/log/bot-bottle-dockerd.log
ENGINE_WAIT_SECONDS=60

engine_answers() {
  with_timeout 30 docker version --format '{{.Server.Version}}' >"$SCRATCH/docker.out" 2>"$SCRATCH/docker.err" </dev/null
}

ensure_docker() {
  if has docker && engine_answers; then return; fi
  if grep -qi 'permission denied' "$SCRATCH/docker.err" 2>/dev/null; then
    give_up "You may not use the Docker Engine of this machine" \
      "Add yourself to its group (sudo usermod -aG docker \"\$USER\", then log in again)," \
      "use rootless Docker, or run this as root."
  fi
  if [ -n "${DOCKER_HOST:-}${DOCKER_CONTEXT:-}" ]; then
    give_up "The Docker Engine at \"${DOCKER_HOST:-context $DOCKER_CONTEXT}\" does not answer" \
      "$(head -n 1 "$SCRATCH/docker.err" 2>/dev/null)" \
      "Start it, or unset DOCKER_HOST and DOCKER_CONTEXT to use the one of this machine."
  fi
  if [ "$(uname -s)" = Darwin ]; then
    give_up "No Docker Engine answers" "Install and start Docker Desktop, OrbStack or Colima, then run this again."
  fi
  if ! has apt-get || [ "$(id -u)" != 0 ]; then
    give_up "No Docker Engine answers" \
      "Start it (sudo systemctl start docker), install it (https://docs.docker.com/engine/install/)," \
      "or run this as root on Debian or Ubuntu: it then does both."
  fi
  install_docker
  # Some packages start it by themselves.
  engine_answers || start_docker
}

install_docker() {
  if has docker && has dockerd; then return; fi
  step "Docker Engine from the distribution's packages"
  apt_install docker.io iptables containerd runc ca-certificates || true
  # Newer distributions have the client in a package of its own, which docker.io only recommends.
  has docker || apt_install docker-cli || true
  if ! has docker || ! has dockerd; then
    give_up "Cannot install the Docker Engine" "Install it by hand: https://docs.docker.com/engine/install/"
  fi
}

start_docker() {
  step "Starting the Docker Engine (it is left running)"
  local daemon="" tries=0
  if [ -d "$SYSTEMD" ]; then
    systemctl start docker >&2 || give_up "systemd cannot start the Docker Engine" "See: journalctl -u docker"
  else
    # A session of its own, so that Ctrl-C here doesn't end it under the feet of others.
    setsid nohup dockerd >"$DOCKERD_LOG" 2>&1 </dev/null &
    daemon=$!
    say "dockerd runs as process $daemon, its log is $DOCKERD_LOG"
  fi
  until engine_answers; do
    tries=$((tries + 1))
    # Another one may have been on its way up already: ours then gives way to it.
    if [ -n "$daemon" ] && ! kill -0 "$daemon" 2>/dev/null && ! kill -0 "$(cat "$DOCKERD_PID")" 2>/dev/null; then
      tail -n 20 "$DOCKERD_LOG" >&2
      give_up "The Docker Engine ended right after its start"
    fi
    if [ "$tries" -ge "$ENGINE_WAIT_SECONDS" ]; then
      give_up "The Docker Engine does not answer after $ENGINE_WAIT_SECONDS s" "$(head -n 1 "$SCRATCH/docker.err")"
    fi
    sleep 1
  done
}
