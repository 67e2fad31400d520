#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = JupyterLab
# category = Notebooks
# description = Notebooks, code and data in the browser, in a Python environment of its own.
# icon = notebook
# homepage = https://jupyter.org
# license = BSD-3-Clause
# kind = webui
# platforms = linux, darwin
# requires.gpu = optional
# requires.disk_mib = 600
# requires.commands = python3
# env.type = venv
# env.path = ./env
# ready.type = http
# ready.path = /lab
# ready.timeout_s = 120
# ready.install_timeout_s = 1800
# url.path = /lab
# stop.signals = TERM:10,TERM:5,KILL
# restart = on-failure
# verbs = install, run
### END ###
. "${WHEELHOUSE_BLUEPRINT_LIB:-$(dirname "$0")/lib}/instance.sh" || exit 1

install() {
  wh_stage env 1 4 'Python environment'
  wh_need_python
  wh_ensure_env
  wh_install_packages "jupyterlab==$JUPYTERLAB_VERSION" ipywidgets
}

run() {
  wh_need_port
  wh_need_installed jupyter-lab
  wh_read_launch_args env/bin/python
  # Settings, kernels and history stay in this instance: nothing is shared with another one or with the user's own Jupyter.
  export JUPYTER_CONFIG_DIR=$PWD/.jupyter/config JUPYTER_DATA_DIR=$PWD/.jupyter/data
  export JUPYTER_RUNTIME_DIR=$PWD/.jupyter/runtime IPYTHONDIR=$PWD/.ipython
  export PATH="$PWD/env/bin:$PATH"

  local access=()
  # The token is off because, and only while, the server listens on loopback alone; elsewhere Jupyter makes its own.
  if wh_is_loopback; then access=(--IdentityProvider.token= --PasswordIdentityProvider.password_required=False); fi
  if [ "$(id -u)" = 0 ]; then access+=(--allow-root); fi

  exec env/bin/jupyter-lab --no-browser \
    --ServerApp.ip="$WEBUI_HOST" --ServerApp.port="$WEBUI_PORT" --ServerApp.port_retries=0 \
    --ServerApp.base_url=/ --ServerApp.root_dir="$INSTANCE_OUTPUT_DIR" \
    --ServerApp.local_hostnames=localhost --ServerApp.local_hostnames="$(wh_proxy_host)" \
    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.news_url=None \
    ${access[@]+"${access[@]}"} ${wh_args[@]+"${wh_args[@]}"}
}

wh_main "$@"
