# What bin/run does beyond set-up: tables, reference data, and the processes in the foreground. Sourced after steps.sh.
declare -A PROCESS=() # pid -> name

python_says() { .venv/bin/python -c "$1" "${@:2}"; }
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

birth_of_database() { pg_as stat -c %Y "$PG_DATA/PG_VERSION"; }
migrate() { # Skipped only on our own database, and only while neither it nor the migrations are others
  local want
  want="$(fingerprint {zones,people,services,deliveries,lum,funding}/migrations requirements-dev.txt) $DATABASE_URL"
  if own_database; then
    want="$want $(birth_of_database)"
    ! current tables "$want" || return 0
  fi
  logged migrate.log .venv/bin/python manage.py migrate --noinput ||
    fail "The tables could not be brought up to date." "Nothing is half done. Details: $LOG"
  ! own_database || rm -f "$LOCAL/stamps/reference"
  stamp tables "$want"
}
load_reference() {
  .venv/bin/python manage.py load_reference || return
  [ "$STTM2_MODE" != demo ] || .venv/bin/python manage.py demo_accounts >"$LOCAL/accounts.txt"
}
reference_data() { # Again when what it is made of changed, or when the tables are others
  local want
  want="$STTM2_MODE $DATABASE_URL $(fingerprint fixtures zones people services deliveries lum funding validator core)"
  ! current reference "$want" || return 0
  logged reference.log load_reference ||
    fail "The reference data (territory, taxonomy, LUM, programmes) could not be loaded." "Details: $LOG"
  stamp reference "$want"
}
static_files() {
  local want
  want=$(fingerprint static sttm2/settings.py requirements-dev.txt)
  ! { current static "$want" && [ -d "$LOCAL/static" ]; } || return 0
  logged static.log .venv/bin/python manage.py collectstatic --noinput --clear \
    --ignore src --ignore redoc --ignore rest_framework ||
    fail "The static files could not be collected." "Details: $LOG"
  stamp static "$want"
}

# Celery warns every root user at length; a private folder under /root is how some machines are.
export PYTHONWARNINGS="ignore:You're running the worker with superuser"
start() { # NAME COMMAND...: in a session of its own, so that Ctrl-C reaches only us; told to end if we are killed
  local name=$1
  shift
  setsid setpriv --pdeathsig TERM "$@" > >(trap '' INT TERM HUP; exec sed -u "s/^/$(printf '%-6s' "$name") | /") 2>&1 7>&- &
  PROCESS[$!]=$name
}
wait_for_answer() {
  local pid
  for _ in $(seq 150); do
    for pid in "${!PROCESS[@]}"; do kill -0 "$pid" 2>/dev/null || { wait_for_the_first_to_end; }; done
    if port_is_free; then sleep 0.2; continue; fi
    python_says 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=20)' "http://127.0.0.1:$PORT/" \
      >"$LOGS/answer.log" 2>&1 && return
    fail "http://127.0.0.1:$PORT/ does not answer as it should: $(tail -1 "$LOGS/answer.log")" "The lines above say why."
  done
  fail "Nothing answered on http://127.0.0.1:$PORT/ within 30 seconds." "The lines above say why."
}
greet() {
  printf '\n   Portale STTM 2:  http://127.0.0.1:%s/\n\n' "$PORT"
  [ "$STTM2_MODE" != demo ] || sed 's/^/   /' "$LOCAL/accounts.txt"
  printf '\n   Ctrl-C stops everything.\n\n'
}
wait_for_the_first_to_end() { # None of them ends by itself: if one does, say which, and stop the rest
  local ended='' code=0
  wait -n -p ended "${!PROCESS[@]}" || code=$?
  printf '\n** "%s" ended by itself (exit code %s). Stopping the rest.\n' "${PROCESS[${ended:-0}]:-a process}" "$code" >&2
  [ -z "$ended" ] || unset "PROCESS[$ended]"
  exit 1
}
stop_processes() { # Politely, and after ten seconds no longer
  local pid
  trap '' INT TERM HUP
  [ ${#PROCESS[@]} = 0 ] || printf '\nStopping %s ...\n' "${PROCESS[*]}"
  for pid in "${!PROCESS[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for _ in $(seq 100); do
    for pid in "${!PROCESS[@]}"; do kill -0 "$pid" 2>/dev/null || unset "PROCESS[$pid]"; done
    [ ${#PROCESS[@]} != 0 ] || return 0
    sleep 0.1
  done
  for pid in "${!PROCESS[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
}
