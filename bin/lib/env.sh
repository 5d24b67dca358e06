# The environment of the portal, for the commands of bin/ and for your own shell. By hand, in bash:
#
#     bin/setup                          once: installs, and starts the local PostgreSQL and Redis
#     . bin/lib/env.sh                   exports what follows; add "test" for the throw-away test cluster
#     export TEST_DB_NAME=test_yourname  if several people test at once
#     .venv/bin/pytest tests/zones -q -x   (a management command needs none of this: bin/manage)
#     bin/setup --stop                   stops the local PostgreSQL and Redis
#
# DATABASE_URL and REDIS_URL that you set yourself are kept, and then nothing local is started for them.
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"

STTM2_SERVICES=${1:-run} # run | test: which cluster, which Redis database (the cache: the next)
case "$STTM2_SERVICES" in
  test) PG_PORT=5433 PG_DATA=$STATE/pgtest REDIS_DB=2 ;;
  *) PG_PORT=5432 PG_DATA=$STATE/pg REDIS_DB=0 ;;
esac

# What you set yourself is kept. STTM2_OWN_* remember what is of our making, so that a shell that sourced this file
# can source it again, or that of another checkout.
is_own() { local mark=STTM2_OWN_$1; [ "${!mark:-}" = "${!1:-}" ]; } # VARIABLE: unset, or set by us?
own() { ! is_own "$1" || export "$1=$2" "STTM2_OWN_$1=$2"; }        # VARIABLE VALUE
own_database() { is_own DATABASE_URL; }
own_redis() { is_own REDIS_URL; }

[ -s "$LOCAL/secret" ] || (umask 077 && head -c 48 /dev/urandom | base64 | tr -d '\n' >"$LOCAL/secret")
own DATABASE_URL "postgis://sttm2@/sttm2?host=$RUN&port=$PG_PORT"
own REDIS_URL "unix://$RUN/redis.sock?db=$REDIS_DB"
own STTM2_SECRET_KEY "$(cat "$LOCAL/secret")"
own STTM2_MEDIA "$LOCAL/media"
own STTM2_READER_SOCKET "$RUN/reader.sock"
export STTM2_MODE=${STTM2_MODE:-demo}
export PORT=${PORT:-8000}
