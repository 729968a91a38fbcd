try report
try report journal.jsonl
try report -o report.xlsx
try report -o report.xlsx --device A100
try report journal.jsonl -o
try report journal.jsonl -o ''
try report journal.jsonl --csv
try report journal.jsonl --json
try report journal.jsonl --json --csv tables
try report journal.jsonl -o same --json same
try report journal.jsonl -o a.xlsx -o b.xlsx
try report journal.jsonl -o a.xlsx/b.csv
try report journal.jsonl --html report.html
try report journal.jsonl --suite quick
try report '' -o report.xlsx
try report journal.jsonl -o report.xlsx --device
try report journal.jsonl -o report.xlsx --device ''
