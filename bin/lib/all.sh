# Everything that the commands of bin/ share, in the order in which it is needed.

# What the commands make is its owner's alone: secret, accounts, mail, delivered files, logs. Packages and what is built
# of the checkout are no secret.
umask 077
shared() { (umask 022 && "$@"); } # COMMAND...
LIB=$(dirname "${BASH_SOURCE[0]}")
. "$LIB/env.sh" run
# Made by a version that was less careful.
for made in secret accounts.txt mail media log beat beat-schedule; do
  [ ! -O "$LOCAL/$made" ] || chmod go-rwx "$LOCAL/$made"
done
. "$LIB/postgres.sh"
. "$LIB/redis.sh"
. "$LIB/steps.sh"
. "$LIB/front.sh"
