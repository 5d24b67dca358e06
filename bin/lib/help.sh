# Sourced first by every command of bin/: -h and --help are answered at once, before anything is set up.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; } # the comment on top of the command
case "${1:-}" in -h | --help) usage; exit 0 ;; esac
