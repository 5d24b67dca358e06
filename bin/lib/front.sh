# nginx before the application: Debian's, unpacked under .local where it is not installed. Sourced after steps.sh.
# A short path that the doorkeeper's own user can walk to: sockets end at 107 bytes.
front_folder() {
  local folder=$LOCAL/front
  [[ ${#folder} -le 80 && $folder != *[!A-Za-z0-9/._-]* ]] || folder=/tmp/sttm2-front-$(id -u)-$(printf %s "$ROOT" | sha256sum | cut -c1-12)
  printf '%s\n' "$folder"
}
FRONT_FOLDER=$(front_folder)
FRONT_PACKAGES=(nginx libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static libbrotli1)
FRONT_ROOT=$LOCAL/nginx # where the packages are unpacked
WEB_SOCKET=             # where the web listens, once it stands behind the door

front_binary() { # The machine's, else the one unpacked here
  command -v nginx || { [ -x /usr/sbin/nginx ] && echo /usr/sbin/nginx; } || { [ -x "$FRONT_ROOT/usr/sbin/nginx" ] && echo "$FRONT_ROOT/usr/sbin/nginx"; }
}
front_libraries() { find "$FRONT_ROOT" -name 'libbrotli*.so*' -printf '%h\n' -quit 2>/dev/null; }
front_works() { # Does it start on this machine, with its libraries?
  local binary
  binary=$(front_binary) && LD_LIBRARY_PATH=$(front_libraries) "$binary" -v >/dev/null 2>&1
}
fetch_front() { # APT-OPTIONS...: without brotli it is gzip
  apt-get -q "$@" download "${FRONT_PACKAGES[@]}" || apt-get -q "$@" download "${FRONT_PACKAGES[0]}"
}
unpack_front() ( # As an ordinary user: nothing is installed, no service is started
  rm -rf "$FRONT_ROOT" && mkdir -p "$FRONT_ROOT/packages" "$LOCAL/apt/lists/partial" "$LOCAL/apt/cache"
  cd "$FRONT_ROOT/packages" || exit
  # The machine's lists may be old or absent: then lists of our own.
  lists=(-o "Dir::State::Lists=$LOCAL/apt/lists" -o "Dir::Cache=$LOCAL/apt/cache" -o APT::Sandbox::User=root)
  fetch_front || { apt-get -q "${lists[@]}" update && fetch_front "${lists[@]}"; } || exit
  for package in *.deb; do dpkg-deb -x "$package" "$FRONT_ROOT" || exit; done
  rm -rf "$FRONT_ROOT/packages" "$LOCAL/apt"
  front_works
)
front_door() { # What nginx needs that is not in the repository
  if front_works; then STEP_NOTE="already there"
  elif ! command -v apt-get >/dev/null || ! logged nginx.log unpack_front; then
    STEP_NOTE="none: the application answers by itself"
    [ ! -e "${LOG:-}" ] || STEP_NOTE="$STEP_NOTE (details: $LOG)"
  fi
}

front_user() { # As root it gives up its rights, where another user can walk to what it serves
  [ "$(id -u)" = 0 ] || return 0
  if setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$LOCAL"; then echo "user nobody nogroup;"; else echo "user root root;"; fi
}
front_modules() {
  local name folder
  for name in ngx_http_brotli_filter_module ngx_http_brotli_static_module; do
    for folder in "$FRONT_ROOT/usr/lib/nginx/modules" /usr/lib/nginx/modules; do
      [ ! -e "$folder/$name.so" ] || { echo "load_module $folder/$name.so;"; break; }
    done
  done
}
front_configuration() { # What stands in the gaps of front/nginx.conf.template
  local trusted=${STTM2_FRONT_TRUSTED:-}
  export FRONT_FOLDER FRONT_USER FRONT_MODULES FRONT_BROTLI='' FRONT_NO_BROTLI='' FRONT_TRUSTED FRONT_PROXIES
  # Containers say otherwise where these are (docker-compose.yml).
  export FRONT_APP=${FRONT_APP:-$FRONT_FOLDER/app/web.sock} FRONT_WORDS=$FRONT_FOLDER/words FRONT_STATIC=${FRONT_STATIC:-$LOCAL/static}
  export FRONT_LISTEN=${FRONT_LISTEN:-127.0.0.1:$PORT} FRONT_FILE_BYTES=$(((${STTM2_UPLOAD_MAX_MB:-100} + 1) * 1048576))
  export FRONT_UPLOADS=${STTM2_FRONT_UPLOADS:-6} FRONT_UPLOADS_IN_ALL=${STTM2_FRONT_UPLOADS_IN_ALL:-64}
  export FRONT_RATE=${STTM2_FRONT_RATE:-50} FRONT_BURST=${STTM2_FRONT_BURST:-400} FRONT_CONNECTIONS=${STTM2_FRONT_CONNECTIONS:-100}
  FRONT_USER=$(front_user) FRONT_MODULES=$(front_modules)
  FRONT_TRUSTED=$(printf 'set_real_ip_from %s;' ${trusted//,/ }) FRONT_PROXIES=$(printf '%s 1;' ${trusted//,/ })
  [ -n "$trusted" ] || FRONT_TRUSTED='' FRONT_PROXIES=''
  [ -z "$FRONT_MODULES" ] || FRONT_BROTLI="brotli on; brotli_static on; brotli_comp_level 4; brotli_types text/css text/plain
    text/csv text/javascript application/javascript application/json application/geo+json application/problem+json
    application/xml image/svg+xml;" FRONT_NO_BROTLI="brotli_static off;"
  # shellcheck disable=SC2016 # the names of the gaps, not their values
  envsubst "$(printf '${%s} ' "${!FRONT_@}")" <front/nginx.conf.template
}
prepare_front() { # Its folders and FRONT_COMMAND; on the application's socket nobody but its own user may knock
  install -d -m 0711 "$FRONT_FOLDER"
  if [[ $(front_user) = *nobody* ]]; then install -d -m 0700 -o nobody -g nogroup "$FRONT_FOLDER"/{app,temp,cache}
  else install -d -m 0700 "$FRONT_FOLDER"/{app,temp,cache}; fi
  front_configuration >"$FRONT_FOLDER/nginx.conf"
  FRONT_COMMAND=(env LD_LIBRARY_PATH="$(front_libraries)" "$(front_binary)" -p "$FRONT_FOLDER" -c "$FRONT_FOLDER/nginx.conf" -g 'daemon off;')
}
start_web() { # Behind the front door on a socket; without one on the port itself
  local gunicorn=(.venv/bin/gunicorn --config python:sttm2.web --graceful-timeout 8)
  front_works || { start web "${gunicorn[@]}" --bind "127.0.0.1:$PORT"; return; }
  prepare_front
  WEB_SOCKET=$FRONT_FOLDER/app/web.sock
  rm -f "$WEB_SOCKET"
  # One proxy stands before the application: ours.
  start web env STTM2_PROXIES=1 "${gunicorn[@]}" --bind "unix:$WEB_SOCKET" --umask 0
  start front "${FRONT_COMMAND[@]}"
}
web_listens() { [ -z "$WEB_SOCKET" ] || [ -S "$WEB_SOCKET" ]; }
