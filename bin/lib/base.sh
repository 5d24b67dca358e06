# Shared by every command of bin/: where things stand, how to speak, how to fail. Sourced, never run.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# A portal beside the checkout's own, with cluster, Redis and files of its own, stands in another folder (bin/chaos).
LOCAL=${STTM2_LOCAL:-$ROOT/.local}

say() { printf '%s\n' "$*"; }
fail() { # WHAT HOW-TO-MEND: both are told, then the command ends
  printf '\n** %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf '   %s\n' "$2" >&2
  exit 1
}

has_name() { getent passwd "$(id -u)" >/dev/null; } # Some containers run as a number that no user has
me() { if has_name; then id -un; else id -u; fi; }

mkdir -p "$LOCAL" 2>/dev/null && [ -w "$LOCAL" ] ||
  fail "$LOCAL cannot be written by $(me)." \
    "The checkout was set up by another user: work as that user, or: sudo chown -R $(me): '$ROOT'"
# Package managers keep their caches at home.
[ -w "${HOME:-/}" ] || { export HOME=$LOCAL/home && mkdir -p "$HOME"; }

mark_of_place() { printf %s "${STTM2_LOCAL:-$ROOT}" | sha256sum | cut -c1-12; }

# As root the database server must run as its own system user, and that user must be able to walk to its files.
# A clone under /root is out of its reach: then, and only then, the state stands under /var/lib.
state_folder() {
  if [ "$(id -u)" = 0 ] && id postgres >/dev/null 2>&1 &&
    ! setpriv --reuid=postgres --regid=postgres --init-groups test -x "$LOCAL"; then
    printf '/var/lib/sttm2/%s\n' "$(mark_of_place)"
  else printf '%s\n' "$LOCAL"; fi
}
if [ "$(id -u)" = 0 ]; then chmod 0711 "$LOCAL"; else chmod 0700 "$LOCAL"; fi
STATE=$(state_folder)

# Unix socket paths end at 107 bytes and travel in addresses: a checkout with a long or unusual name gets its sockets
# in a short private folder instead.
RUN=$STATE/run
[[ ${#RUN} -le 80 && $RUN != *[!A-Za-z0-9/._-]* ]] || RUN=/tmp/sttm2-$(id -u)-$(mark_of_place)
