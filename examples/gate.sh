#!/usr/bin/env bash
# A gate after a deployment: asks the function `check` of a deployed Plumbline, again and again, until everything has
# arrived or the time is up, and ends with its verdict.
set -euo pipefail

usage() {
  cat >&2 <<'USAGE'
usage: gate.sh [--function NAME] [--region REGION] [--wait DURATION] [--since TIME] [--output FILE] [CLUSTER…]

  --function  the function to ask                                 default plumbline-live-check
  --region    where it runs                                       default as the AWS CLI has it
  --wait      how long all may take to become ok: 90s, 10m, 1h    default 10m
  --since     only samples newer than this count                  default: when the gate starts
  --output    where the JSON report goes                          default report.json
  CLUSTER…    the clusters to verify                              default all

Where the gate begins minutes after the rollout, --since may be its end: date -u +%Y-%m-%dT%H:%M:%SZ, or 5m.

exit: 0 all ok   1 something failing   2 the request or the configuration is wrong
      3 nothing failing but something could not be observed   4 no verdict: the check itself went wrong
Needs the AWS CLI and jq.
USAGE
  exit 2
}

broke() {
  echo "gate: $1" >&2
  exit 4
}

# Whatever else goes wrong here is no verdict either.
trap 'broke "line $LINENO went wrong"' ERR

function_name=plumbline-live-check
region=()
wait=10m
since=now
output=report.json
clusters=()
while [ $# -gt 0 ]; do
  case $1 in
    --function | --region | --wait | --since | --output)
      [ $# -ge 2 ] || usage
      case $1 in
        --function) function_name=$2 ;;
        --region) region=(--region "$2") ;;
        --wait) wait=$2 ;;
        --since) since=$2 ;;
        --output) output=$2 ;;
      esac
      shift 2
      ;;
    -*) usage ;;
    *)
      clusters+=("$1")
      shift
      ;;
  esac
done
for tool in aws jq; do
  command -v "$tool" >/dev/null || broke "there is no $tool on the PATH"
done

# The seconds of 90s, 5m, 4h or 2d; nothing for what is no duration.
seconds() {
  [[ $1 =~ ^([1-9][0-9]{0,6})([smhd])$ ]] || return 0
  case ${BASH_REMATCH[2]} in
    s) echo "${BASH_REMATCH[1]}" ;;
    m) echo $((BASH_REMATCH[1] * 60)) ;;
    h) echo $((BASH_REMATCH[1] * 3600)) ;;
    d) echo $((BASH_REMATCH[1] * 86400)) ;;
  esac
}

started=$(date +%s)
budget=$(seconds "$wait")
[ -n "$budget" ] || usage
until=$((started + budget))
# The same moment for every invocation; what is neither now nor a duration is the function's to judge.
ago=$(seconds "$since")
if [ "$since" = now ]; then ago=0; fi
if [ -n "$ago" ]; then since=$(jq -nr --argjson at $((started - ago)) '$at | todate'); fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Connections that say nothing are cut on the way (a NAT gateway of AWS does so after 350 s), so none waits long. And by
# itself the CLI gives up reading after a minute and invokes again.
longest=180
reserve=120
pause=20
export AWS_MAX_ATTEMPTS=1
invoke() {
  local so_long=$1
  : >"$work/answer.json"
  jq -n --arg wait "${so_long}s" --arg since "$since" '
    { wait: $wait, since: $since } + (if $ARGS.positional == [] then {} else { clusters: $ARGS.positional } end)
  ' --args ${clusters[@]+"${clusters[@]}"} >"$work/event.json" || return
  aws lambda invoke ${region[@]+"${region[@]}"} --function-name "$function_name" \
    --cli-connect-timeout 10 --cli-read-timeout $((so_long + reserve)) \
    --payload "fileb://$work/event.json" "$work/answer.json" >"$work/invocation.json" 2>"$work/error.txt"
}

# Text from outside on one line, cut, and harmless for a terminal.
words='def words: tostring | .[:600] | gsub("[\\p{Cc}\\p{Cf}]"; "?");'

throttled=0
while true; do
  left=$((until - $(date +%s)))
  if invoke $((left > longest ? longest : left > 1 ? left : 1)); then
    throttled=0
    function_error=$(jq -r '.FunctionError // empty' "$work/invocation.json" 2>/dev/null) ||
      broke 'the AWS CLI said nothing that can be read'
    if [ -n "$function_error" ]; then
      jq -rs "$words"' .[:1][] | words' "$work/answer.json" >&2 || true
      broke "the function ended with an error ($function_error); its log says how"
    fi
    jq -se 'length == 1 and (.[0] | type == "object")' "$work/answer.json" >/dev/null 2>&1 || broke 'the function answered nothing that can be read'
    if jq -e 'has("error")' "$work/answer.json" >/dev/null; then
      jq -r "$words"' "gate: \(.error | words)", (.problems // [] | .[:50][] | "gate: \(words)")' "$work/answer.json" >&2
      if jq -e 'has("problems")' "$work/answer.json" >/dev/null; then exit 2; else exit 4; fi
    fi
    verdict=$(jq -r "$words"' if (.defects // 0) == 0 then .verdict | words else "defects" end' "$work/answer.json")
    left=$((until - $(date +%s)))
    # The function itself asks every so often, until its time is up.
    case $verdict in
      failing | unknown) [ "$left" -gt "$pause" ] || break ;;
      *) break ;;
    esac
    echo "gate: $verdict so far, asking for $left s more" >&2
    sleep "$pause"
  else
    cat "$work/error.txt" >&2
    if grep -qE 'TooManyRequestsException|Throttl|Rate exceeded' "$work/error.txt"; then
      [ "$throttled" -lt 4 ] || broke 'the function was throttled five times'
      backoff=$((5 << throttled))
      throttled=$((throttled + 1))
      echo "gate: throttled, again in $backoff s" >&2
      sleep "$backoff"
    elif grep -qiE 'time-?out|timed out|connection was closed|connection reset' "$work/error.txt"; then
      # It may still run, and harms nobody: it only reads.
      left=$((until - $(date +%s)))
      [ "$left" -gt 5 ] || broke 'the function gave no answer in time'
      echo "gate: no answer, asking for $left s more" >&2
      sleep 5
    else
      broke 'the function could not be invoked'
    fi
  fi
done

cp "$work/answer.json" "$output"
jq -r "$words"'
  .clusters[] | .cluster as $cluster | .signals[] | select(.verdict != "ok")
  | "\(.verdict | words) \($cluster | words) \(.signal | words)",
    (.findings[:10][] | "  \(.expectation | words)  \(.subject | words): \(.observed | words)"),
    (.unavailable[:10][] | "  \(.expectation | words)  \(.reason | words): \(.detail | words)")
' "$output"
jq -r "$words"' select(.omitted) | "gate: \(.omitted | words) signals were left out of a large answer; the verdict counts them"' "$output" >&2

case $verdict in
  ok) code=0 ;;
  failing) code=1 ;;
  unknown) code=3 ;;
  defects) broke 'plumbline itself broke on the way; its log says how' ;;
  *) broke "there is no verdict $verdict" ;;
esac
echo "$verdict"
exit "$code"
