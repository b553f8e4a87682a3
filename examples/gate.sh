#!/usr/bin/env bash
# A gate after a deployment: asks the function `check` of a deployed Plumbline to wait until everything has arrived, and
# ends with its verdict.
set -euo pipefail

usage() {
  cat >&2 <<'USAGE'
usage: gate.sh [--function NAME] [--region REGION] [--wait DURATION] [--since TIME] [--output FILE] [CLUSTER…]

  --function  the function to ask                                 default plumbline-live-check
  --region    where it runs                                       default as the AWS CLI has it
  --wait      how long all may take to become ok, at most 14m     default 10m
  --since     only samples newer than this count                  default: when the function starts
  --output    where the JSON report goes                          default report.json
  CLUSTER…    the clusters to verify                              default all

Take --since from before the rollout (date -u +%Y-%m-%dT%H:%M:%SZ) where it ends before the gate begins.

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
since=''
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

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jq -n --arg wait "$wait" --arg since "$since" '
  { wait: $wait }
  + (if $since == "" then {} else { since: $since } end)
  + (if $ARGS.positional == [] then {} else { clusters: $ARGS.positional } end)
' --args ${clusters[@]+"${clusters[@]}"} >"$work/event.json"

# By itself the CLI gives up reading after a minute and invokes again; the function may take fifteen. Only what was
# throttled has not run, and is repeated.
export AWS_MAX_ATTEMPTS=1
invoke() {
  aws lambda invoke ${region[@]+"${region[@]}"} --function-name "$function_name" \
    --cli-connect-timeout 10 --cli-read-timeout 910 \
    --payload "fileb://$work/event.json" "$work/answer.json" >"$work/invocation.json" 2>"$work/error.txt"
}
for pause in 5 10 20 40 none; do
  : >"$work/answer.json"
  if invoke; then break; fi
  cat "$work/error.txt" >&2
  grep -qE 'TooManyRequestsException|Throttl|Rate exceeded' "$work/error.txt" ||
    broke 'the function could not be invoked, or gave no answer in time; it was not invoked again'
  [ "$pause" != none ] || broke 'the function was throttled five times'
  echo "gate: throttled, again in $pause s" >&2
  sleep "$pause"
done

# Text from outside on one line, cut, and harmless for a terminal.
words='def words: tostring | .[:600] | gsub("[\\p{Cc}\\p{Cf}]"; "?");'

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

cp "$work/answer.json" "$output"
jq -r "$words"'
  .clusters[] | .cluster as $cluster | .signals[] | select(.verdict != "ok")
  | "\(.verdict | words) \($cluster | words) \(.signal | words)",
    (.findings[:10][] | "  \(.expectation | words)  \(.subject | words): \(.observed | words)"),
    (.unavailable[:10][] | "  \(.expectation | words)  \(.reason | words): \(.detail | words)")
' "$output"
jq -r "$words"' select(.waitCappedTo) | "gate: waited at most \(.waitCappedTo | words): the function lives no longer"' "$output" >&2
jq -r "$words"' select(.omitted) | "gate: \(.omitted | words) signals were left out of a large answer; the verdict counts them"' "$output" >&2

[ "$(jq -r '.defects // 0' "$output")" = 0 ] || broke 'plumbline itself broke on the way; its log says how'
verdict=$(jq -r "$words"' .verdict | words' "$output")
case $verdict in
  ok) code=0 ;;
  failing) code=1 ;;
  unknown) code=3 ;;
  *) broke "there is no verdict $verdict" ;;
esac
echo "$verdict"
exit "$code"
