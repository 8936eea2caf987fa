"""Starts a run and follows it to its end: python3 run_goal.py GOAL [FOLDER]. Needs `nexus` and no package."""
import itertools, json, os, shlex, shutil, subprocess, sys, uuid

NEXUS = shlex.split(os.environ.get("NEXUS", "")) or [shutil.which("nexus") or "nexus"]
daemon = subprocess.Popen(NEXUS + ["rpc", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
ids = itertools.count(1)
waiting = []  # what the daemon told while an answer was waited for


def receive():
    line = daemon.stdout.readline()
    if not line:
        sys.exit("the daemon has ended the connection")
    return json.loads(line)


def request(method, **params):
    number = next(ids)
    daemon.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n")
    daemon.stdin.flush()
    while (message := receive()).get("id") != number:
        waiting.append(message)
    if "error" in message:
        sys.exit(message["error"]["message"])
    return message["result"]


goal, folder = sys.argv[1], os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else ".")
request("connection/open", client={"name": "run_goal.py", "title": "Python example"})
run = request("run/start", workspace=folder, prompt=goal, headless=True, idempotencyKey=str(uuid.uuid4()))["runId"]
request("run/watch", runId=run, after=0)
while True:
    message = waiting.pop(0) if waiting else receive()
    if message.get("method") == "run/event":
        event = message["params"]["event"]
        print(event["seq"], event["body"]["type"])
        if event["body"]["type"] == "run.finished":
            break
print(event["body"]["status"] + ":", event["body"]["summary"])
