try
try --
try ''
try rn
try rum
try quantise
try RUN
try --jsn
try --json devices
try --suite
try -x
try --version devices
try --version=1
try --version --version
try --print-completion
try --print-completion tcsh
try help rum
try help quantise
try help run report
try version now
