# The processes of bin/run, in the foreground. Sourced after tables.sh.
declare -A PROCESS=() # pid -> name
declare -A COMMAND=() BEGUN=() SHORT=() DUE=() LEFT=() # name -> how to start it, since when it runs, how often it did not
# last, when it is started again, the session that it left
PATIENCE_SECONDS=${PATIENCE_SECONDS:-10} # between two words to whoever waits for the first answer

python_says() { .venv/bin/python -c "$1" "${@:2}"; }
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

collect_static() ( # Readable for whoever nginx works as
  umask 022
  rm -rf "$LOCAL/static" # folders too: they keep the rights they were made with
  .venv/bin/python manage.py collectstatic --noinput --ignore src --ignore redoc --ignore rest_framework &&
    .venv/bin/python manage.py write_front "$FRONT_FOLDER/words"
)
static_files() {
  local want
  want=$(fingerprint static sttm2/settings.py sttm2/front.py templates/away.html locale requirements-dev.txt)
  ! { current static "$want" && [ -d "$LOCAL/static" ] && [ -d "$FRONT_FOLDER/words" ]; } || return 0
  logged static.log collect_static || fail "The static files could not be collected." "Details: $LOG"
  stamp static "$want"
}

# Celery warns every root user at length; a private folder under /root is how some machines are.
export PYTHONWARNINGS="ignore:You're running the worker with superuser"
start() { # NAME COMMAND...: in a session of its own, so that Ctrl-C reaches only us; told to end if we are killed
  local name=$1
  shift
  COMMAND[$name]=$(printf '%q ' "$@")
  BEGUN[$name]=$SECONDS
  setsid setpriv --pdeathsig TERM "$@" > >(trap '' INT TERM HUP; exec sed -u "s/^/$(printf '%-6s' "$name") | /") 2>&1 7>&- &
  PROCESS[$!]=$name
}
answers() { # 0 the portal answers; 1 not yet; else it answers with an error, told in answer.log
  web_listens && ! port_is_free || return 1
  python_says 'import sys, urllib.error as e, urllib.request as r
try: r.urlopen(sys.argv[1], timeout=20)
except e.HTTPError as error: print(error); sys.exit(1 if error.code in (502, 504) else 2)
except OSError: sys.exit(1)' "http://127.0.0.1:$PORT/" >"$LOGS/answer.log" 2>&1
}
wait_for_answer() { # As long as the processes live: a busy machine takes its time, and is told of
  local pid code started=$SECONDS said=$SECONDS
  until code=0; answers || code=$?; [ $code = 0 ]; do
    [ $code = 1 ] ||
      fail "http://127.0.0.1:$PORT/ does not answer as it should: $(tail -1 "$LOGS/answer.log")" "The lines above say why."
    for pid in "${!PROCESS[@]}"; do kill -0 "$pid" 2>/dev/null || { code=0; wait "$pid" || code=$?; ended "$pid" $code; }; done
    if [ $((SECONDS - said)) -ge "$PATIENCE_SECONDS" ]; then
      said=$SECONDS
      say "       still starting after $((SECONDS - started)) s: waiting for the first answer on http://127.0.0.1:$PORT/"
    fi
    sleep 0.2
  done
}
start_portal() { # One line each: what it is called in the log, and its command. Beat can wait.
  start_web
  # The reader is told no secret: of the environment it gets what a program needs to run.
  start reader env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8 MALLOC_ARENA_MAX=2 \
    .venv/bin/python -m validator.confined.server --socket "$STTM2_READER_SOCKET" --spool "$LOCAL/spool"
  start worker env MALLOC_ARENA_MAX=2 .venv/bin/python -m sttm2.workers
  wait_for_answer
  start beat env MALLOC_ARENA_MAX=2 .venv/bin/python -m sttm2.beat --schedule "$LOCAL/beat-schedule"
}
greet() {
  printf '\n   Portale STTM 2:  http://127.0.0.1:%s/\n\n' "$PORT"
  [ "$STTM2_MODE" != demo ] || sed 's/^/   /' "$LOCAL/accounts.txt"
  printf '\n   Ctrl-C stops everything.\n\n'
}
ended() { # PID CODE: who ends before the portal answered will not do better: say which, and stop the rest
  printf '\n** "%s" ended by itself (exit code %s). Stopping the rest.\n' "${PROCESS[$1]:-a process}" "$2" >&2
  unset "PROCESS[$1]"
  kill -TERM -- "-$1" 2>/dev/null || true # what it had started and left: nginx's workers hold the port
  exit 1
}
LASTED=60 LONGEST_PAUSE=60 # seconds
to_start_again() { # PID CODE: after a second, doubled each time that it did not last
  local name=${PROCESS[$1]} pause
  unset "PROCESS[$1]"
  kill -TERM -- "-$1" 2>/dev/null || true
  [ $((SECONDS - BEGUN[$name])) -lt "$LASTED" ] || SHORT[$name]=0
  SHORT[$name]=$((${SHORT[$name]:-0} + 1))
  pause=$((1 << (SHORT[$name] < 8 ? SHORT[$name] - 1 : 7)))
  pause=$((pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE))
  DUE[$name]=$((SECONDS + pause)) LEFT[$name]=$1
  printf '\n** %s: "%s" ended by itself (exit code %s). It starts again in %s s; the rest goes on.\n' \
    "$(date '+%F %T')" "$name" "$2" "$pause" >&2
}
start_again() { # NAME
  local name=$1 command=()
  kill -KILL -- "-${LEFT[$name]}" 2>/dev/null || true # what did not end when it was told to
  unset "DUE[$name]" "LEFT[$name]"
  eval "command=(${COMMAND[$name]})"
  start "$name" "${command[@]}"
}
watch_over() { # As containers have it: whatever ends by itself is started again, as long as this command runs
  local pid name code
  while :; do
    for pid in "${!PROCESS[@]}"; do
      kill -0 "$pid" 2>/dev/null || { code=0; wait "$pid" || code=$?; to_start_again "$pid" $code; }
    done
    for name in "${!DUE[@]}"; do [ "$SECONDS" -lt "${DUE[$name]}" ] || start_again "$name"; done
    sleep 0.5
  done
}
stop_processes() { # Politely, and after ten seconds no longer
  local pid
  trap '' INT TERM HUP
  for pid in "${LEFT[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
  [ ${#PROCESS[@]} = 0 ] || printf '\nStopping %s ...\n' "${PROCESS[*]}"
  for pid in "${!PROCESS[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for _ in $(seq 100); do
    for pid in "${!PROCESS[@]}"; do kill -0 "$pid" 2>/dev/null || unset "PROCESS[$pid]"; done
    [ ${#PROCESS[@]} != 0 ] || return 0
    sleep 0.1
  done
  for pid in "${!PROCESS[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
}
