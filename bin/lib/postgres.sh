# A PostgreSQL + PostGIS cluster of the project's own, on a Unix socket only. Sourced after env.sh.
PG_NAME=sttm2

pg_as() { # As root: as the system user postgres, because the server refuses uid 0
  if [ "$(id -u)" = 0 ]; then (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); else "$@"; fi
}
pg_bin() { # The newest server installed, or the one that made the cluster
  local version='*'
  [ ! -s "$PG_DATA/PG_VERSION" ] || version=$(cat "$PG_DATA/PG_VERSION")
  # shellcheck disable=SC2086 # the star is meant to expand
  ls -d /usr/lib/postgresql/$version/bin 2>/dev/null | sort -V | tail -1
}
pg_sql() { PGOPTIONS='-c client_min_messages=warning' psql -X -q -At -v ON_ERROR_STOP=1 -h "$RUN" -p "$PG_PORT" -U $PG_NAME "$@"; }
pg_is_up() { pg_as "$(pg_bin)/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1; }

make_run_folder() { # Nobody but the server and root may walk in: the socket asks for no password
  local owner
  owner=$(id -u)
  if [ "$owner" = 0 ]; then
    ! id postgres >/dev/null 2>&1 || owner=$(id -u postgres)
    [ "$STATE" = "$LOCAL" ] || install -d -m 0755 "$(dirname "$STATE")" "$STATE"
    install -d -m 0700 -o "$owner" "$RUN"
  else mkdir -p "$RUN" && chmod 0700 "$RUN"; fi
  [ "$(stat -c %u "$RUN")" = "$owner" ] || fail "$RUN belongs to someone else." "Remove it, then try again."
}

pg_configuration() {
  local megabytes shared
  megabytes=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024))
  shared=$((megabytes / 8 < 1024 ? megabytes / 8 : 1024))
  printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$RUN'" "unix_socket_permissions = 0700" \
    "port = $PG_PORT" "shared_buffers = ${shared}MB" "effective_cache_size = $((megabytes / 4))MB" \
    "work_mem = 64MB" "maintenance_work_mem = $((shared / 2))MB" "max_wal_size = 4GB" "jit = off" \
    "random_page_cost = 1.1"
  # Only a cluster that is thrown away may lose what it was told to keep.
  [ "$STTM2_SERVICES" != test ] || printf '%s = off\n' fsync synchronous_commit full_page_writes
}

pg_make() {
  if [ "$(id -u)" = 0 ]; then install -d -m 0700 -o postgres -g postgres "$PG_DATA"; else install -d -m 0700 "$PG_DATA"; fi
  pg_as "$(pg_bin)/initdb" -D "$PG_DATA" -U $PG_NAME -E UTF8 --locale=C.UTF-8 --auth-local=trust \
    --auth-host=scram-sha-256 >"$LOCAL/initdb.log" 2>&1 ||
    fail "PostgreSQL could not make its cluster in $PG_DATA: $(tail -1 "$LOCAL/initdb.log")" "Details: $LOCAL/initdb.log"
  pg_as tee -a "$PG_DATA/postgresql.conf" >/dev/null <<<"include = 'sttm2.conf'"
}

pg_up() { # Makes, starts and fills what is missing; safe when called twice at once; PG_STARTED=yes if it was down
  local extension
  PG_STARTED=
  has_name || fail "PostgreSQL works for nobody without a name, and user number $(id -u) has none in /etc/passwd." \
    "Give it one, or name a PostgreSQL that runs already: DATABASE_URL=postgis://user:password@host:5432/name"
  [ -n "$(pg_bin)" ] || fail "PostgreSQL is not installed (or not the version that made $PG_DATA)." "Run bin/setup."
  exec 9>"$LOCAL/postgres.lock" && flock 9
  make_run_folder
  [ -s "$PG_DATA/PG_VERSION" ] || pg_make
  if ! pg_is_up; then
    pg_configuration | pg_as tee "$PG_DATA/sttm2.conf" >/dev/null
    pg_as "$(pg_bin)/pg_ctl" -D "$PG_DATA" -w -t 60 -l "$PG_DATA/server.log" start >/dev/null 7>&- 8>&- 9>&- ||
      fail "PostgreSQL does not start: $(pg_as tail -1 "$PG_DATA/server.log")" "Details: $PG_DATA/server.log"
    PG_STARTED=yes
  fi
  [ "$(pg_sql -d postgres -c "select 1 from pg_database where datname='$PG_NAME'")" = 1 ] ||
    pg_sql -d postgres -c "create database $PG_NAME"
  for extension in postgis pg_trgm btree_gist unaccent; do
    printf 'create extension if not exists %s;' $extension
  done | pg_sql -d $PG_NAME
  exec 9>&-
}
pg_down() { ! pg_is_up || pg_as "$(pg_bin)/pg_ctl" -D "$PG_DATA" -m fast -w stop >/dev/null; }
