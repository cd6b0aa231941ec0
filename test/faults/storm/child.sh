# The program of a storm's job: prints lines that name their run, stores one text, ends as it is told.
run=$1 lines=$2 seconds=$3 code=$4 root=$5 outputs=$6
number=0
while [ "$number" -lt "$lines" ]; do
  echo "$run line $number"
  number=$((number + 1))
done
[ "$seconds" = 0 ] || sleep "$seconds"
[ "$code" = 0 ] || exit "$code"
printf '%s row\n' "$run" "$run" "$run" >"$outputs/rows.txt"
printf '{"status":"finished","artifacts":[{"name":"rows","path":"%s/rows.txt","isDir":false}]}' \
  "$outputs" >"$root/result.json"
