# Everything that the commands of bin/ share, in the order in which it is needed.
LIB=$(dirname "${BASH_SOURCE[0]}")
. "$LIB/env.sh" run
. "$LIB/postgres.sh"
. "$LIB/redis.sh"
. "$LIB/steps.sh"
