#!/bin/sh
# The plans «file» and none of stand_in.c, where there is no C compiler.
case "$*" in
  *stream-json*) ;;
  *) echo '2.1.330 (Claude Code)'; exit 0 ;;
esac
while IFS= read -r line; do
  case $line in
    *'"type":"control_request"'*)
      id=${line#*'"request_id":"'}
      printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":{"commands":[],"agents":[],"output_style":"default","available_output_styles":["default"],"models":[],"account":{},"pid":1}}}\n' "${id%%'"'*}"
      ;;
    *'"type":"user"'*)
      id=${line##*'"uuid":"'}
      printf '{"type":"system","subtype":"init","user_message_uuids":["%s"],"cwd":"/tmp","tools":[],"mcp_servers":[],"model":"claude-opus-5-5","permissionMode":"default","slash_commands":[],"apiKeySource":"none","claude_code_version":"2.1.330","output_style":"default","agents":[],"skills":[],"plugins":[],"session_id":"42955568-e463-430e-b7c6-8e0becef5e18","uuid":"b2f22ede-9aaa-4282-bc34-0ef59f004a38"}\n' "${id%%'"'*}"
      # shellcheck disable=SC2086
      set -- $BENCH_PLAN
      if [ "${1-}" = file ]; then
        i=0
        while [ "$i" -lt "$3" ]; do cat "$2"; i=$((i + 1)); done
      fi
      printf '{"type":"result","user_message_uuids":["%s"],"subtype":"success","is_error":false,"duration_ms":1,"duration_api_ms":1,"num_turns":1,"result":"ok","stop_reason":"end_turn","total_cost_usd":0.0008,"usage":{"input_tokens":100,"output_tokens":20},"modelUsage":{},"permission_denials":[],"session_id":"42955568-e463-430e-b7c6-8e0becef5e18","uuid":"b2f22ede-9aaa-4282-bc34-0ef59f004a38"}\n' "${id%%'"'*}"
      ;;
  esac
done
