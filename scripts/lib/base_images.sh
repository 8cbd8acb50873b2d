# The images that our Dockerfiles start from: pulled, else made here under the same names.
# shellcheck shell=bash

DEBIAN_IMAGE=debian:trixie-slim
NODE_IMAGE=node:22-slim
DENO_IMAGE=denoland/deno:bin-$DENO_VERSION
# Marks an image made here, so that a person can find it. Not a label of ours: containers inherit it.
STAND_IN='LABEL org.opencontainers.image.vendor=bot-bottle-set-up'

has_image() { docker image inspect "$@" >/dev/null 2>&1 </dev/null; }

ensure_base_images() {
  if has_image "$DEBIAN_IMAGE" "$NODE_IMAGE" "$DENO_IMAGE"; then return; fi
  local can_pull=yes image
  for image in "$DEBIAN_IMAGE" "$NODE_IMAGE" "$DENO_IMAGE"; do
    has_image "$image" && continue
    if [ "$can_pull" = yes ]; then
      step "Pulling $image"
      quietly "$SCRATCH/pull.log" with_timeout 300 docker pull --quiet "$image" && continue
      can_pull=no
    fi
    step "Making $image here, as it can't be pulled"
    case $image in
      "$DEBIAN_IMAGE") make_debian_image ;;
      "$NODE_IMAGE") make_node_image ;;
      "$DENO_IMAGE") make_deno_image ;;
    esac
    has_image "$image" || give_up "Cannot make $image"
  done
}

engine_arch() { docker version --format '{{.Server.Arch}}' </dev/null; }

# The engine's word for what uname -m says.
docker_arch_of() {
  case $1 in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) echo "$1" ;;
  esac
}

make_debian_image() {
  if ! has debootstrap; then
    apt_install debootstrap debian-archive-keyring || give_up "Cannot make $DEBIAN_IMAGE without debootstrap" \
      "Allow docker pull $DEBIAN_IMAGE, or run this as root on Debian or Ubuntu."
  fi
  [ "$(id -u)" = 0 ] || give_up "debootstrap needs root" "Allow docker pull $DEBIAN_IMAGE, or run this as root."
  local root=$SCRATCH/debian
  quietly "$SCRATCH/debootstrap.log" debootstrap --variant=minbase --arch="$(engine_arch)" trixie "$root" ||
    give_up "debootstrap failed"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | docker import --change 'CMD ["bash"]' --change "$STAND_IN" - "$DEBIAN_IMAGE" >/dev/null
  rm -rf "$root"
}

make_node_image() {
  local context=$SCRATCH/node pin arch
  arch=$(engine_arch)
  pin=NODE_SHA512_$arch
  mkdir -p "$context/node" "$context/npm"
  if ! npm_package "node-linux-${arch/amd64/x64}" "$NODE_VERSION" "$SCRATCH/node.tgz" "${!pin:-}" ||
    ! npm_package npm "$NPM_VERSION" "$SCRATCH/npm.tgz" "$NPM_SHA512"; then
    give_up "Cannot fetch Node.js from the npm registry" "Allow it, or docker pull $NODE_IMAGE."
  fi
  tar -xzf "$SCRATCH/node.tgz" -C "$context/node" --strip-components=1 package/bin/node
  tar -xzf "$SCRATCH/npm.tgz" -C "$context/npm" --strip-components=1
  cat >"$context/Dockerfile" <<EOF
FROM $DEBIAN_IMAGE
$STAND_IN
COPY node/bin/node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN groupadd --gid 1000 node \\
 && useradd --uid 1000 --gid node --shell /bin/bash --create-home node \\
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
CMD ["node"]
EOF
  tar -C "$context" -c . >"$context.tar"
  docker build --quiet --tag "$NODE_IMAGE" - <"$context.tar" >"$SCRATCH/build.log" 2>&1 || {
    tail -n 20 "$SCRATCH/build.log" >&2
    give_up "Cannot build $NODE_IMAGE"
  }
}

make_deno_image() {
  local root=$SCRATCH/deno-image
  mkdir -p "$root"
  if [ "$(uname -s)" = Linux ] && [ "$(docker_arch_of "$(uname -m)")" = "$(engine_arch)" ]; then
    cp "$DENO" "$root/deno"
  else
    deno_for Linux "$(engine_arch)" "$root/deno" || give_up "Cannot fetch Deno for $DENO_IMAGE"
  fi
  tar -C "$root" -c deno |
    docker import --change 'ENTRYPOINT ["/deno"]' --change "$STAND_IN" - "$DENO_IMAGE" >/dev/null
}
