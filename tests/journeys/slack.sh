# Stands in for slack.com: a proxy on this machine, whose certificate is made here.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=slack.com \
    -addext subjectAltName=DNS:slack.com -addext basicConstraints=critical,CA:FALSE -keyout ~/slack.key -out ~/slack.pem 2>/dev/null
coproc SLACK { exec python3 "$journeys/slack.py" ~/slack.pem ~/slack.key "$ALTER_BASE_URL/provider/slack"; }
trap 'kill "$SLACK_PID"' EXIT
read -r HTTPS_PROXY <&"${SLACK[0]}"
export HTTPS_PROXY SSL_CERT_FILE=$HOME/slack.pem
