#!/bin/sh
# Calls the Testbed API with plain curl, as people typed it: calls.sh SERVER
#
# TESTBED_USER and TESTBED_PASSWORD sign in; jobs go to the queue TESTBED_QUEUE; the archive that is
# uploaded has TESTBED_UPLOAD_MB megabytes. Says what it called, and "ok" or "not ok" for each answer.
set -u
api=$1/api
user=$TESTBED_USER:$TESTBED_PASSWORD
queue=$TESTBED_QUEUE
mark=c$(od -An -N5 -tx1 /dev/urandom | tr -d ' \n')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
body=
status=

# call METHOD PATH [OPTION OF CURL …]: sets $status and $body.
call() {
  method=$1 path=$2
  shift 2
  echo "# $method /api$path"
  body=$(curl -sS -u "$user" -X "$method" -w '\n%{http_code}' "$@" "$api$path")
  status=${body##*
}
  body=${body%
*}
}

# expect STATUS PATTERN: what the last call must have answered.
expect() {
  case $status$body in
  $1$2) echo "ok $method $path" ;;
  *)
    failed=$((failed + 1))
    echo "not ok $method $path: wanted $1 $2, got $status $body"
    ;;
  esac
}

# field NAME: its value in $body, which is text or a number.
field() {
  printf '%s' "$body" | sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"
}

# wait_for JOB: until it has ended.
wait_for() {
  tries=0
  while :; do
    call GET "/job/$1" >/dev/null
    case $(field status) in finished | failed) break ;; esac
    tries=$((tries + 1))
    [ $tries -lt 240 ] || break
    sleep 0.5
  done
}

time='"????-??-??T??:??:??.??????"'
done_id='{"status":"Success","id":\['
json='Content-Type: application/json'

# experiment and queue: the same calls.
register() {
  resource=$1 id=$2
  name=$mark-$resource
  call POST "/$resource/" -d "name=  $name "
  expect 200 "{\"$id\":*,\"createdOn\":$time,\"lastModified\":$time,\"name\":\"$name\"}"
  number=$(field "$id")
  call POST "/$resource/" -d "name=$name"
  expect 400 "{\"message\":\"Bad Request - The $resource exists already. *\"}"
  call POST "/$resource" -F "name=$name Form"
  expect 200 "*\"name\":\"$name-form\"}"
  call DELETE "/$resource/name/$name-form"
  expect 200 "$done_id*]}"
  call POST "/$resource/" -H "$json" -d '{}'
  expect 400 "{\"message\":\"Bad Request - The $resource was not registered. name: is required\"}"
  call GET "/$resource/"
  expect 200 "\[*\"name\":\"$name\"*]"
  call GET "/$resource" -H 'X-Fields: {name}'
  expect 200 "\[{\"name\":\"*\"}*]"
  for place in "/$resource/$number" "/$resource/name/$name"; do
    call GET "$place"
    expect 200 "{\"$id\":$number,*\"name\":\"$name\"}"
    call GET "$place/" -H 'X-Fields: name,zzz'
    expect 200 "{\"name\":\"$name\",\"zzz\":null}"
    call PUT "$place" -H "$json" -d "{\"name\":\"$name-2\"}"
    expect 200 "{\"$id\":$number,*\"name\":\"$name-2\"}"
    call PUT "/$resource/$number/" -d "name=$name"
    expect 200 "*\"name\":\"$name\"}"
    call GET "$place" -H 'X-Fields: {name'
    expect 400 '{"message":"Mask parse error: Missing closing bracket"}'
  done
}

unregister() {
  call DELETE "/$resource/$number"
  expect 200 "$done_id$number]}"
  call DELETE "/$resource/$number"
  expect 200 "$done_id]}"
  for place in "/$resource/$number" "/$resource/name/$name"; do
    for method in GET PUT; do
      call $method "$place" -d name=x
      expect 404 "{\"message\":\"Not Found - There is no such $resource.\"}"
    done
  done
}

register experiment experimentId
unregister
register queue queueId
for lock in "$number" "name/$name"; do
  call PUT "/queue/$lock/lock"
  expect 200 '{"status":"Success","*":\[*]}'
  call PUT "/queue/$lock" -d name=other
  expect 403 '{"message":"Forbidden - The queue is locked. *"}'
  call DELETE "/queue/$lock/lock/"
  expect 200 '{"status":"Success","*":\[*]}'
done
unregister

# Task plugins.
plugin=plugin_$mark
mkdir "$folder/greetings" && echo 'X = 1' >"$folder/greetings/words.py"
tar -C "$folder" -czf "$folder/plugin.tar.gz" greetings
call POST /taskPlugin/ -F "task_plugin_name=$plugin" -F collection=dioptra_custom \
  -F "task_plugin_file=@$folder/plugin.tar.gz"
made="{\"taskPluginName\":\"$plugin\",\"collection\":\"dioptra_custom\",\"modules\":\[\"words.py\"]}"
expect 200 "$made"
call POST /taskPlugin -F "taskPluginName=$plugin" -F collection=dioptra_custom \
  -F "taskPluginFile=@$folder/plugin.tar.gz"
expect 400 '{"message":"Bad Request - The task plugin exists already. *"}'
call POST /taskPlugin/ -F "task_plugin_name=$plugin" -F collection=other
expect 400 '{"message":"Bad Request - The task plugin was not registered. *"}'
call GET /taskPlugin/
expect 200 "\[*$made*]"
call GET /taskPlugin/dioptra_custom
expect 200 "\[*$made*]"
call GET "/taskPlugin/dioptra_custom/$plugin"
expect 200 "$made"
call GET /taskPlugin/dioptra_builtins
expect 200 '\[{*"collection":"dioptra_builtins"*]'
call GET /taskPlugin/dioptra_builtins/tracking
expect 200 '{"taskPluginName":"tracking","collection":"dioptra_builtins","modules":\[*]}'
call DELETE "/taskPlugin/dioptra_custom/$plugin"
expect 200 "{\"status\":\"Success\",\"collection\":\"dioptra_custom\",\"taskPluginName\":\[\"$plugin\"]}"
call GET "/taskPlugin/dioptra_custom/$plugin"
expect 404 '{"message":"Not Found - There is no such task plugin."}'

# Users.
call POST /user/ -d "username=$mark" -d 'password=a long password' \
  -d 'password_confirm=a long password' -d "email_address=$mark@assay.test"
expect 200 "{\"userId\":*,\"username\":\"$mark\",\"emailAddress\":\"$mark@assay.test\",\"createdOn\":$time,\"lastModifiedOn\":$time,\"lastLoginOn\":$time,\"userExpireOn\":$time,\"passwordExpireOn\":$time}"
number=$(field userId)
call POST /user/ -d "username=$mark" -d 'password=a long password' \
  -d 'password_confirm=a long password' -d "email_address=$mark@assay.test"
expect 400 '{"message":"Bad Request - The username or the address is taken. *"}'
call POST /user/ -d "username=$mark"
expect 400 '{"message":"Bad Request - The user was not registered. *"}'
call GET /user/
expect 200 "\[*\"username\":\"$mark\"*]"
call GET "/user/$number"
expect 200 "{\"userId\":$number,*}"
call GET "/user/name/$mark"
expect 200 "{\"userId\":$number,*}"
call DELETE "/user/$number"
expect 200 "$done_id$number]}"
# Other processes of a deployment hear of it within seconds.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  call GET "/user/$number"
  [ "$status" = 200 ] || break
  sleep 1
done
expect 404 '{"message":"Not Found - There is no such user."}'

# Jobs.
cat >"$folder/MLproject" <<'END'
entry_points:
  hello:
    parameters:
      whom: {type: string, default: world}
    command: "echo hello {whom}"
  wait:
    command: "sleep 300"
END
tar -C "$folder" -czf "$folder/workflows.tar.gz" MLproject
call POST /experiment/ -d "name=$mark"
expect 200 '*'
call POST /queue/ -d "name=$queue"
submit() {
  path=$1
  shift
  call POST "$path" -F "experiment_name=$mark" -F "queue=$queue" "$@"
}
workflow=workflow=@$folder/workflows.tar.gz
submit /job/ -F entry_point=hello -F 'entry_point_kwargs=-P whom=curl' -F timeout=1h -F "$workflow"
uuid='"????????-????-4???-????-????????????"'
expect 200 "{\"jobId\":$uuid,\"mlflowRunId\":null,\"experimentId\":*,\"queueId\":*,\"createdOn\":$time,\"lastModified\":$time,\"timeout\":\"1h\",\"workflowUri\":\"s3://workflow/*/workflows.tar.gz\",\"entryPoint\":\"hello\",\"entryPointKwargs\":\"-P whom=curl\",\"dependsOn\":null,\"status\":\"queued\",*}"
job=$(field jobId)
submit /job -F entry_point=wait -F "depends_on=$job" -F "$workflow"
expect 200 "*\"dependsOn\":\"$job\",\"status\":\"deferred\"*"
later=$(field jobId)
submit /job/ -F entry_point=none -F "$workflow"
expect 400 '{"message":"Bad Request - The job was not submitted. *"}'
call GET /job/ -H 'X-Fields: jobId,status'
expect 200 "\[*{\"jobId\":\"$job\",\"status\":\"*\"}*]"
call GET /job/00000000-0000-4000-8000-000000000001
expect 404 '{"message":"Not Found - There is no such job."}'
call PUT "/job/$later/progress" -d fraction=0.5 -d message=half
expect 409 '{"message":"Conflict - *"}'
call POST "/job/$later/cancel"
expect 200 '*"status":"failed"*"reason":"cancelled"*'
call POST "/job/$job/retry"
expect 409 '{"message":"Conflict - *"}'
wait_for "$job"
expect 200 '*"status":"finished"*'
run=$(field mlflowRunId)
call GET "/2.0/mlflow/runs/get?run_id=$run"
expect 200 '*"key":"whom","value":"curl"*'
call GET "/job/$job/log"
expect 200 '{"lines":\[*hello curl*],"cursor":"*","hasMore":false,"ended":true}'
call GET "/job/$job/log/download" -L
expect 200 '*hello curl*'
call POST "/job/$later/retry/"
expect 200 '*"status":"queued"*'
call POST "/job/$later/cancel"
expect 200 '*'
call DELETE "/job/$later"
expect 200 "$done_id\"$later\"]}"

# An archive that is put into the store by itself: its address, the bytes, the job that names it.
head -c "${TESTBED_UPLOAD_MB}000000" /dev/urandom >"$folder/weights.bin"
tar -C "$folder" -cf "$folder/large.tar" MLproject weights.bin
size=$(wc -c <"$folder/large.tar" | tr -d ' ')
call POST /job/workflowUpload -H "$json" -d "{\"filename\":\"large.tar\",\"size\":$size}"
expect 200 '{"workflowUpload":"*","method":"PUT","url":"http*","headers":{*}}'
upload=$(field workflowUpload)
printf '%s' "$body" | sed 's/.*"headers":{\(.*\)}}/\1/; s/","/"\
"/g; s/"//g; s/:/: /' >"$folder/headers"
url=$(printf '%s' "$body" | sed 's/.*"url":"\([^"]*\)".*/\1/')
put=$(curl -sS -T "$folder/large.tar" -H "@$folder/headers" -o "$folder/said" -w '%{http_code}' "$url")
case $put in 200) echo "ok PUT of $size bytes" ;; *)
  failed=$((failed + 1))
  echo "not ok PUT of $size bytes: $put $(cat "$folder/said")"
  ;;
esac
submit /job/ -F entry_point=hello -F "workflow_upload=$upload"
expect 200 "*\"workflowUri\":\"s3://workflow/$upload/large.tar\"*"
job=$(field jobId)
wait_for "$job"
expect 200 '*"status":"finished"*'
call GET "/job/$job/workflow" -L -o "$folder/again.tar"
cmp -s "$folder/large.tar" "$folder/again.tar" || status=changed
expect 200 '*'

# Credentials: none, wrong ones, a token, and those of ~/.netrc.
method=GET path=/queue/
plain() {
  body=$(curl -sS -w '\n%{http_code}' "$@" "$api$path")
  status=${body##*
}
  body=${body%
*}
}
plain
expect 401 '{"message":"Unauthorized - *"}'
plain -u "$TESTBED_USER:wrong"
expect 401 '{"message":"Unauthorized - *"}'
call POST /v1/users/current/tokens -H "$json" -d "{\"name\":\"$mark\"}"
token=$(printf '%s' "$body" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
path=/queue/
plain -H "Authorization: Bearer $token"
expect 200 '\[*]'
host=${1#*//}
printf 'machine %s\nlogin %s\npassword "%s"\n' "${host%%:*}" "$TESTBED_USER" "$TESTBED_PASSWORD" \
  >"$folder/.netrc"
HOME=$folder plain -n
expect 200 '\[*]'

[ $failed -eq 0 ]
