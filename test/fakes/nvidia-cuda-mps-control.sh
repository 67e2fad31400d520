#!/usr/bin/env bash
# Behaves like nvidia-cuda-mps-control as far as starting, asking and ending go; `control.log` beside its pipe tells what was asked.
set -euo pipefail
pipe="${CUDA_MPS_PIPE_DIRECTORY:-/tmp/nvidia-mps}"
log="$(dirname "$pipe")/control.log"
if [[ "${1:-}" == "-d" ]]; then
  if [[ -n "${FAKE_MPS_REFUSES:-}" ]]; then echo "$FAKE_MPS_REFUSES" >&2; exit 1; fi
  if [[ -e "$pipe/control" ]]; then echo "An instance of this daemon is already running" >&2; exit 1; fi
  [[ -d "${CUDA_MPS_LOG_DIRECTORY:-}" ]] || { echo "Cannot find MPS log directory" >&2; exit 1; }
  echo "start $CUDA_VISIBLE_DEVICES" >>"$log"
  : >"$pipe/control"
  exit 0
fi
[[ -e "$pipe/control" ]] || { echo "Cannot find MPS control daemon process" >&2; exit 1; }
while read -r command; do
  case "$command" in
    quit) echo "quit $CUDA_VISIBLE_DEVICES" >>"$log"; rm "$pipe/control"; exit 0 ;;
    get_server_list) ;;
    *) echo "Unknown command" >&2; exit 1 ;;
  esac
done
