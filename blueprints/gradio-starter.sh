#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Gradio starter
# category = Examples
# description = A small Gradio app to build your own on. app.py in the instance's folder is yours: it is written once
#     and never overwritten.
# icon = blocks
# homepage = https://www.gradio.app
# license = Apache-2.0
# kind = webui
# platforms = linux, darwin
# requires.gpu = optional
# requires.disk_mib = 900
# requires.commands = python3
# env.type = venv
# env.path = ./env
# ready.type = http
# ready.path = /
# ready.timeout_s = 120
# ready.install_timeout_s = 1800
# restart = on-failure
# verbs = install, run
### END ###
. "${WHEELHOUSE_BLUEPRINT_LIB:-$(dirname "$0")/lib}/instance.sh" || exit 1

write_starter() {
  [ -e app.py ] && return 0
  cat >app.py.part <<'APP'
"""A starter app: change it as you like and restart the instance. This file is never overwritten."""

import os
from pathlib import Path

import gradio as gr

OUTPUT_FOLDER = Path(os.environ["INSTANCE_OUTPUT_DIR"])


def greet(name: str, times: int) -> str:
    return "\n".join([f"Hello, {name or 'world'}!"] * int(times))


def keep(text: str) -> str:
    path = OUTPUT_FOLDER / "greeting.txt"
    path.write_text(text, encoding="utf-8")
    return f"Saved to {path.name} in the output folder."


with gr.Blocks(title=os.environ.get("INSTANCE_NAME", "Gradio")) as demo:
    gr.Markdown("# Gradio starter\nEdit `app.py` in the instance's folder, then restart the instance.")
    name = gr.Textbox(label="Name")
    times = gr.Slider(1, 5, value=1, step=1, label="Times")
    greeting = gr.Textbox(label="Greeting", lines=5)
    status = gr.Markdown()
    gr.Button("Greet", variant="primary").click(greet, [name, times], greeting, api_name="greet")
    gr.Button("Save").click(keep, greeting, status, api_name="save")

if __name__ == "__main__":
    demo.launch(server_name=os.environ["WEBUI_HOST"], server_port=int(os.environ["WEBUI_PORT"]))
APP
  mv -- app.py.part app.py
}

install() {
  wh_stage env 1 4 'Python environment'
  wh_need_python
  wh_ensure_env
  wh_install_packages "gradio==$GRADIO_VERSION"
  write_starter || wh_fail 'app.py cannot be written to the folder of this instance.'
}

run() {
  wh_need_port
  wh_need_installed python
  write_starter || wh_fail 'app.py cannot be written to the folder of this instance.'
  wh_read_launch_args env/bin/python
  export WEBUI_HOST INSTANCE_NAME INSTANCE_OUTPUT_DIR
  export GRADIO_ANALYTICS_ENABLED=False GRADIO_TEMP_DIR="$PWD/.gradio-temp" HF_HUB_DISABLE_TELEMETRY=1
  exec env/bin/python -u app.py ${wh_args[@]+"${wh_args[@]}"}
}

wh_main "$@"
