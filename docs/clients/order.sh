#!/bin/sh
# Sends an order to the relay, and prints the answer:
#
#     RELAY_URL=http://localhost:3000 RELAY_TOKEN=local sh docs/clients/order.sh events/order.json
#
# Ends with 0: accepted, or already in the CRM (200, 202)
#           1: refused for good: the answer says why, and who can mend it
#           2: no answer that counts: send the same file again, later; the same external_id makes no second order
#          64: wrong usage
#
# It needs curl 7.71 or later.
#
# RELAY_WAIT (8): how many seconds the relay may wait for the CRM, at most 20.
# RELAY_RETRIES (6), RELAY_TIMEOUT (35): how often it is sent again, and the seconds for one attempt.
set -eu

wrong() {
  echo "$1" >&2
  echo 'Usage: RELAY_URL=http://localhost:3000 RELAY_TOKEN=local sh docs/clients/order.sh events/order.json' >&2
  exit 64
}
[ $# -eq 1 ] || wrong 'Which order? Name one file, with an order as JSON in it.'
[ -f "$1" ] && [ -r "$1" ] || wrong "$1 is no file that can be read."
[ -n "${RELAY_URL-}" ] || wrong 'Set RELAY_URL to the address of the relay.'
[ -n "${RELAY_TOKEN-}" ] || wrong 'Set RELAY_TOKEN to the token that the relay knows you by.'
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --retry: 408, 429, 500, 502, 503, 504 and time-outs, 1, 2, 4, … s later, or when Retry-After says.
# --retry-all-errors: connections that break too. Never together with --fail: a 400 would be an error, and be sent again.
# --output: of the attempts before the last one nothing is printed.
# --header @-: on the command line everybody on this machine could read the token.
# --disable: a ~/.curlrc may have --fail in it, or --location, which takes the order and the token elsewhere.
send() {
  printf 'authorization: Bearer %s\n' "$RELAY_TOKEN" |
    curl --disable --no-progress-meter --header @- --header 'content-type: application/json' --data-binary "@$1" \
      --retry "${RELAY_RETRIES:-6}" --retry-all-errors --retry-max-time 300 --max-time "${RELAY_TIMEOUT:-35}" \
      --output "$answer" --write-out '%{http_code}' "${RELAY_URL%/}/orders?wait=${RELAY_WAIT:-8}"
}
# A proxy, a captive portal or a wrong address says yes to anything: only the relay says of which order, and where it is.
string='"\([^"]*\)"'
id_in() { tr -d '\n' <"$2" | sed -n "s/$1\"external_id\"[[:space:]]*:[[:space:]]*$string.*/\\1/p"; }
is_from_relay() {
  grep -q '"state"[[:space:]]*:[[:space:]]*"' "$answer" &&
    [ "$(id_in '^[[:space:]]*{[[:space:]]*' "$answer")" = "$(id_in '.*' "$1")" ]
}

tries=0
while :; do
  : >"$answer"
  status=$(send "$1") || status=000
  case $status in
    000 | 408 | 429 | 5??)
      echo "No answer that counts ($status): send it again later, as it is" >&2
      exit 2
      ;;
    2??) ! is_from_relay "$1" || break ;;
    *) break ;;
  esac
  tries=$((tries + 1))
  if [ "$tries" -gt "${RELAY_RETRIES:-6}" ]; then
    echo "The answer ($status) is not from the relay: check RELAY_URL, and send it again later, as it is. It says:" >&2
    head -c 80 "$answer" >&2
    exit 2
  fi
  sleep 1
done
cat "$answer"
echo
case $status in 200 | 202) exit 0 ;; *) exit 1 ;; esac
