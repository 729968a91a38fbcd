export GPUVERDICT_CATALOGUE=config/catalogue.csv
try catalogue list --vendor amd --architecture cdna
try catalogue list --vendor Acme
try catalogue show 'NVIDIA H100 80GB HBM3'
try catalogue show --json 'Apple M2 Max'
try catalogue check
cat > mine.csv <<'CSV'
name,vendor,fp32_flop_per_s,units,lanes,clock_hz
Acme X1,Acme,2e13,50,100,1e9
"Tesla T4",,8e12,,,
CSV
try catalogue check mine.csv
try catalogue add mine.csv
try catalogue show 'acme x1' T4
cat > more.csv <<'CSV'
name,power_w
Acme X1,250
Acme X2,-5
CSV
try catalogue add more.csv
sed -i '/X2/d' more.csv
try catalogue add more.csv
cat config/catalogue.csv
