#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Failing install
# kind = webui
# verbs = install, run
# restart = always
### END ###
echo "ModuleNotFoundError: No module named 'wheels_of_steel'"
exit 1
