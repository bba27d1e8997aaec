#!/usr/bin/env bash
# Checks the document of the interface with a public validator, and a running server against its document with
# schemathesis: on an empty bank, on a free port of this machine, for a bounded time, with a fixed seed.
#   tests/schemathesis.sh [PROGRAM]   (PROGRAM: a built `jianxian`; else `cargo run` builds one)
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${JIANXIAN_SCHEMATHESIS_SECONDS:-100} examples=${JIANXIAN_SCHEMATHESIS_EXAMPLES:-5}
folder=$(mktemp -d)
server=
ended() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
  rm -rf "$folder"
}
trap ended EXIT

program=${1:-}
if [ -z "$program" ]; then
  cargo build --locked --quiet
  program=${CARGO_TARGET_DIR:-target}/debug/jianxian
fi

# The tools, in a place of their own that stays for the next run.
tools=${JIANXIAN_PYTHON_TOOLS:-${CARGO_TARGET_DIR:-target}/python}
if ! [ -x "$tools/bin/schemathesis" ] || ! [ -x "$tools/bin/openapi-spec-validator" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet 'openapi-spec-validator>=0.7,<1' 'schemathesis>=4,<5'
fi

JIANXIAN_LIMITS_ADDRESS_PER_SECOND=0 JIANXIAN_LIMITS_ACCOUNT_PER_SECOND=0 \
JIANXIAN_LIMITS_SIGN_IN_PER_MINUTE=0 JIANXIAN_SIGN_IN_ARGON2_MEMORY_KIB=8 JIANXIAN_SIGN_IN_ARGON2_PASSES=1 \
  "$program" --lang en serve --data "$folder/data" --port 0 >"$folder/said" 2>&1 &
server=$!
for _ in $(seq 300); do
  grep -q '^serving on ' "$folder/said" && break
  kill -0 "$server" || { cat "$folder/said"; exit 1; }
  sleep 0.1
done
base=$(grep -o '^serving on http://[0-9.:]*' "$folder/said" | cut -d' ' -f3)
curl -sSf "$base/openapi.json" -o "$folder/openapi.json"
"$tools/bin/openapi-spec-validator" "$folder/openapi.json"

# An administrator, and one person with every role that may stand beside the others.
token=$("$tools/bin/python" - "$base" "$folder/said" <<'PYTHON'
import json, re, sys, urllib.error, urllib.request, uuid

base, said = sys.argv[1], open(sys.argv[2]).read()

def ask(method, path, body=None, bearer=None):
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    if bearer:
        headers["Authorization"] = "Bearer " + bearer
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, headers, method=method)
    try:
        return json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as refused:
        print(path, body, refused.read().decode(), file=sys.stderr)

first = json.loads(re.search(r"-d '(\{.*\})'", said)[1])
first.update(org_kind="district", org_code="D1", org_name="示例区", password="three ferries at noon")
admin = ask("POST", "/v1/auth/first-administrator", first)["access_token"]
org = ask("GET", "/v1/me", bearer=admin)["roles"][0]["org"]
user = {"login": "checker", "name": "示例乙", "password": "three ferries at noon"}
made = ask("POST", "/v1/users", user, admin)
for role in ["staff", "team_leader", "branch", "reviewer", "administrator", "ledger_operator"]:
    ask("POST", "/v1/roles", {"user": made["id"], "role": role, "org": org}, admin)
signed_in = ask("POST", "/v1/auth/token", {"login": "checker", "password": "three ferries at noon"})
ask("POST", "/v1/members", {"name": "林示例", "org": org}, signed_in["access_token"])
print(signed_in["access_token"])
PYTHON
)

# Signing out would end the session with which all others are asked.
"$tools/bin/schemathesis" --config-file tests/schemathesis.toml run "$folder/openapi.json" --url "$base" \
  --header "Authorization:Bearer $token" --phases examples,coverage,fuzzing --seed 20261125 \
  --max-examples "$examples" --max-time "$seconds" --exclude-operation-id sign_out \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance \
  --continue-on-failure --generation-deterministic --no-color --warnings off
kill -0 "$server"
