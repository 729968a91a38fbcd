try devices --jsn
try devices --suite quick
try devices --json --json
try devices --json=yes
try devices 0
try devices --version
