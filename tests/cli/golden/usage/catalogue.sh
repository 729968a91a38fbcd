try catalogue
try catalogue sell
try catalogue list 'h100 sxm' 64
try catalogue show
try catalogue add
try catalogue list --vendor
try catalogue list --vendor ''
try catalogue list --year 20.5
try catalogue list --yeer 2020
try catalogue show A100
try catalogue show 'RTX 3070 Super'
try catalogue check nowhere.csv
try catalogue add nowhere.csv
printf 'name,speed\nA,1\n' > wrong.csv
try catalogue check wrong.csv
try catalogue add wrong.csv
GPUVERDICT_CATALOGUE=wrong.csv try catalogue list
HOME='' XDG_CONFIG_HOME='' try catalogue add wrong.csv
