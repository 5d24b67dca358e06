# The tables and what they hold from the beginning. Sourced after steps.sh.
# Tables are the owner's; the portal works with them, and reads what is public, as two roles that may less. Not for what
# tests and benchmarks throw away.
own_roles() {
  own_database || return 0
  own DATABASE_APP_URL "postgis://sttm2_app@/$PG_NAME?host=$RUN&port=$PG_PORT"
  own DATABASE_READ_URL "postgis://sttm2_read@/$PG_NAME?host=$RUN&port=$PG_PORT"
}
birth_of_database() { pg_as stat -c %Y "$PG_DATA/PG_VERSION"; }
migrations() { find . -path '*/migrations/0*.py' -not -path './.*' -printf '%P\n' | awk -F/ '{sub(/\.py$/, "", $NF); print $(NF - 2) "." $NF}'; }
applied_migrations() { # Of our apps, those of earlier layouts too; none where the tables are not yet made
  own_database && [ "$(pg_sql -d "$PG_NAME" -c "select to_regclass('django_migrations') is not null")" = t ] || return 0
  pg_sql -d "$PG_NAME" -c "select app || '.' || name from django_migrations
    where app in ('people', 'zones', 'services', 'uploads', 'deliveries', 'notices', 'lum', 'funding')"
}
same_history() { # A database made by other migrations cannot be brought up to date: told before Django fails on it
  local unknown
  mapfile -t unknown < <(LC_ALL=C comm -23 <(applied_migrations | LC_ALL=C sort) <(migrations | LC_ALL=C sort))
  [ ${#unknown[@]} = 0 ] || {
    printf 'failed\n'
    fail "The local database was made by other migrations than those of this checkout (${unknown[0]}, ${#unknown[@]} in all)." \
      "To begin anew: bin/setup --stop, then rm -rf '$PG_DATA' (what it holds is lost). To keep it: bin/backup with the checkout that made it."
  }
}
migrate() { # Skipped only on our own database, and only while neither it nor the migrations are others
  local want
  want="$(fingerprint {zones,people,notices,services,deliveries,lum,funding}/migrations requirements-dev.txt) $DATABASE_URL ${DATABASE_APP_URL:-} ${DATABASE_READ_URL:-} $(fingerprint sttm2/roles.py sttm2/sql)"
  if own_database; then
    want="$want $(birth_of_database)"
    ! current tables "$want" || return 0
  fi
  same_history
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
  want="$STTM2_MODE $DATABASE_URL $(fingerprint fixtures zones people notices services deliveries lum funding validator core)"
  ! current reference "$want" || return 0
  logged reference.log load_reference ||
    fail "The reference data (territory, taxonomy, LUM, programmes) could not be loaded." "Details: $LOG"
  stamp reference "$want"
}
set_up_to_use() { # With tables and reference data, but nothing that only the pages need
  set_up
  own_roles
  step "Database tables" migrate
  step "Reference data" reference_data
}
