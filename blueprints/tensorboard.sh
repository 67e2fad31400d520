#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = TensorBoard
# category = Training
# description = Curves, images and graphs of training runs. Reads event files from the instance's output folder;
#     a --logdir in the launch arguments points it elsewhere.
# icon = chart-line
# homepage = https://www.tensorflow.org/tensorboard
# license = Apache-2.0
# kind = webui
# platforms = linux, darwin
# requires.gpu = none
# requires.disk_mib = 400
# requires.commands = python3
# env.type = venv
# env.path = ./env
# ready.type = http
# ready.path = /data/environment
# ready.timeout_s = 120
# ready.install_timeout_s = 1800
# stop.signals = INT:10,TERM:10,KILL
# restart = on-failure
# verbs = install, run
### END ###
. "${WHEELHOUSE_BLUEPRINT_LIB:-$(dirname "$0")/lib}/instance.sh" || exit 1

install() {
  wh_stage env 1 4 'Python environment'
  wh_need_python
  wh_ensure_env
  # setuptools 82 and later have no pkg_resources, which TensorBoard imports.
  wh_install_packages "tensorboard==$TENSORBOARD_VERSION" 'setuptools<81'
}

run() {
  wh_need_port
  wh_need_installed tensorboard
  wh_read_launch_args env/bin/python
  exec env/bin/python -u env/bin/tensorboard --host "$WEBUI_HOST" --port "$WEBUI_PORT" --logdir "$INSTANCE_OUTPUT_DIR" \
    --reload_multifile true ${wh_args[@]+"${wh_args[@]}"}
}

wh_main "$@"
