#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Exits 3
# kind = webui
# verbs = run
# ready.type = process
# restart = on-failure
# restart.max = 2
# restart.backoff_s = 1
# restart.backoff_max_s = 1
### END ###
echo try >>tries.txt
sleep 0.5
echo 'CUDA out of memory. Tried to allocate 2.00 GiB'
exit 3
