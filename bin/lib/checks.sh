# The static checks, shared by bin/lint and bin/test. Sourced after base.sh. All run, so that one run shows all there is.
FAILED_CHECKS=()
check() { # TITLE COMMAND...
  local title=$1
  shift
  say "--- $title"
  "$@" || FAILED_CHECKS+=("$title")
}
verdict() {
  [ ${#FAILED_CHECKS[@]} = 0 ] || fail "Not in order: $(printf '%s; ' "${FAILED_CHECKS[@]}")" "What to mend stands above, under its title."
}
static_checks() {
  check "ruff" .venv/bin/ruff check --quiet .
  check "ruff format" .venv/bin/ruff format --check --quiet .
  check "templates" .venv/bin/djangofmt check --output-format concise templates
  check "templates' format" .venv/bin/djangofmt --check templates
  check "import floors" .venv/bin/lint-imports --no-cache --no-logo
  check "mypy" .venv/bin/mypy manage.py sttm2 lum funding deliveries services notices people zones validator core bench chaos bin/lib
  verdict
}
