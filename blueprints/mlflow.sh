#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = MLflow
# category = Training
# description = Tracks experiments, metrics, models and traces. Its database stands in the instance's folder,
#     artifacts in the output folder.
# icon = flask
# homepage = https://mlflow.org
# license = Apache-2.0
# kind = webui
# platforms = linux, darwin
# requires.gpu = none
# requires.disk_mib = 1500
# requires.commands = python3
# env.type = venv
# env.path = ./env
# ready.type = http
# ready.path = /health
# ready.timeout_s = 180
# ready.install_timeout_s = 1800
# stop.signals = TERM:10,TERM:5,KILL
# restart = on-failure
# verbs = install, run
### END ###
. "${WHEELHOUSE_BLUEPRINT_LIB:-$(dirname "$0")/lib}/instance.sh" || exit 1

install() {
  wh_stage env 1 4 'Python environment'
  wh_need_python
  wh_ensure_env
  wh_install_packages "mlflow==$MLFLOW_VERSION"
}

run() {
  wh_need_port
  wh_need_installed mlflow
  wh_read_launch_args env/bin/python
  # Without its job runners, which only serve model judges, the server is two processes instead of ten.
  export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false MLFLOW_DISABLE_TELEMETRY=true PATH="$PWD/env/bin:$PATH"
  local proxy_host
  proxy_host=$(wh_proxy_host)
  exec env/bin/python -u env/bin/mlflow server --host "$WEBUI_HOST" --port "$WEBUI_PORT" --workers 1 \
    --backend-store-uri "sqlite:///$PWD/mlflow.db" --artifacts-destination "$INSTANCE_OUTPUT_DIR" \
    --allowed-hosts "localhost,localhost:*,127.0.0.1:*,[::1]:*,$proxy_host,$proxy_host:*" ${wh_args[@]+"${wh_args[@]}"}
}

wh_main "$@"
