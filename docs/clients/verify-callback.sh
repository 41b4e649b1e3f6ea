#!/bin/sh
# Says whether the relay has signed a callback that was kept in a file: for a look by hand, when a receiver of yours
# says no. Not for a receiver: it does not compare in constant time, and `ps` shows the key while it runs.
#
#     CALLBACK_SECRET=whsec_… sh docs/clients/verify-callback.sh <file of the body> <id> <timestamp> '<signatures>'
#
# the last three as the headers webhook-id, webhook-timestamp and webhook-signature have them. Ends with 0 if it is
# signed, with 1 if not.
set -efu

wrong() {
  echo "$1" >&2
  echo "Usage: CALLBACK_SECRET=whsec_… sh docs/clients/verify-callback.sh <file of the body> <id> <timestamp> '<signatures>'" >&2
  exit 64
}
[ $# -eq 4 ] || wrong "Four things are needed, and there are $#: the body's file and three headers, each in quotes."
[ -f "$1" ] && [ -r "$1" ] || wrong "$1 is no file that can be read."
[ -n "${CALLBACK_SECRET-}" ] || wrong 'Set CALLBACK_SECRET to the secret that the relay signs with.'
no() {
  echo "Not signed: $1"
  exit 1
}

case $3 in '' | 0* | *[!0-9]* | ?????????????*) no 'the timestamp is not in seconds since 1970' ;; esac
age=$(($(date +%s) - $3))
[ "${age#-}" -le 300 ] || no 'the timestamp is more than 5 minutes from now'

# Of a secret that is empty or cut openssl makes no key, or a short one that anybody could guess.
secret=${CALLBACK_SECRET#whsec_}
key=$(printf %s "$secret" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
whole=$(printf %s "$secret" | openssl base64 -d -A | openssl base64 -A)
if [ "$secret" = "$CALLBACK_SECRET" ] || [ "$whole" != "$secret" ] || [ ${#key} -lt 48 ]; then
  echo 'CALLBACK_SECRET is not whole: whsec_ and at least 24 bytes in base64' >&2
  exit 64
fi
wanted=$(
  { printf '%s.%s.' "$2" "$3" && cat "$1"; } |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A
)
[ ${#wanted} -eq 44 ] || { echo 'openssl could not sign: nothing is checked' >&2 && exit 70; }
for signature in $4; do
  [ "$signature" != "v1,$wanted" ] || { echo 'Signed' && exit 0; }
done
no 'no signature fits the id, the timestamp, the bytes of the body and the secret'
