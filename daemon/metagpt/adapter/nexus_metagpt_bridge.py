"""Runs an installed MetaGPT for Nexus and tells it what happens, one JSON object a line on standard output.

Started by Nexus with the interpreter that MetaGPT is installed for: `python nexus_metagpt_bridge.py probe` says what is
there without importing it; `... run` reads one line with what to do, then answers to questions, from standard input;
`... plain ARGUMENTS` is MetaGPT's own command line, which ends when Nexus does.
Needs nothing beside MetaGPT itself. Every hook is optional: what this version of MetaGPT does not have is left out.
"""
import asyncio
import builtins
import importlib.util
import inspect
import json
import os
import runpy
import signal
import site
import sys
import threading
import time

LONGEST = 20000
# Seconds that MetaGPT's own command line has to save its state.
SAVING = 3
_out = None
# The word to stop may come as a signal, in the midst of telling something.
_lock = threading.RLock()
_answers = {}
_asked = 0
_team = None


def tell(kind, **fields):
    line = json.dumps({"type": kind, **fields}, ensure_ascii=True, default=str)
    with _lock:
        _out.write(line + "\n")
        _out.flush()


def probe():
    found = None
    spec = importlib.util.find_spec("metagpt")
    folders = list(spec.submodule_search_locations or []) if spec else []
    if folders:
        try:
            from importlib.metadata import version

            installed = version("metagpt")
        except Exception:
            installed = None
        mgx = os.path.isdir(os.path.join(folders[0], "environment", "mgx"))
        found = {"version": installed, "folder": folders[0], "mgx": mgx}
    return {
        "python": list(sys.version_info[:3]),
        "executable": sys.executable,
        "places": sorted({sys.prefix, sys.base_prefix, *(p for p in sys.path if os.path.isdir(p))}),
        "userBase": site.getuserbase() if site.ENABLE_USER_SITE else None,
        "metagpt": found,
    }


def listen():
    """Answers, and the word to stop; Nexus going away counts as that."""
    for line in sys.stdin:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if message.get("type") == "answer":
            waiting = _answers.get(message.get("id"))
            if waiting:
                waiting.append(str(message.get("text", "")))
                waiting[0].set()
        elif message.get("type") == "stop":
            stop()
    stop()


def tell_if_heard(kind, **fields):
    """As tell; where Nexus is gone, nobody hears it, and that keeps nothing from being done."""
    try:
        tell(kind, **fields)
    except Exception:
        pass


def stop(*_):
    """What is done so far goes into team.json, as MetaGPT does when it is interrupted, so that it can be recovered."""
    try:
        saved = save_team()
        tell_if_heard("stopped", saved=saved)
    except Exception as error:
        tell_if_heard("stopped", saved=False, why=repr(error)[:500])
    finally:
        # Whatever went wrong: what goes on when nobody listens any more would go on for ever.
        end()


def end():
    """With all that it started, where it leads a group of its own; Windows has none."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(130)


def save_team():
    if _team is None:
        return False
    tell_if_heard("log", level="ERROR", text="KeyboardInterrupt occurs, start to serialize the project")
    for role in _team.env.roles.values():
        seen = getattr(role, "latest_observed_msg", None)
        if seen is not None and getattr(role.rc, "todo", None) is not None:
            role.rc.memory.delete(seen)
    _team.serialize()
    return True


def ask(prompt=""):
    global _asked
    _asked += 1
    name = str(_asked)
    event = threading.Event()
    _answers[name] = [event]
    tell("ask", id=name, text=str(prompt)[:LONGEST])
    event.wait()
    return _answers.pop(name)[1]


async def ask_later(prompt=""):
    return await asyncio.get_running_loop().run_in_executor(None, ask, prompt)


def hook_logs():
    from metagpt import logs

    logs.set_llm_stream_logfunc(lambda text: tell("stream", text=str(text)[:LONGEST]))
    if hasattr(logs, "set_human_input_func"):
        logs.set_human_input_func(ask_later)


def hook_messages():
    from metagpt.environment import Environment

    def told(publish):
        def wrapped(self, message, *args, **kwargs):
            try:
                tell(
                    "message",
                    id=str(getattr(message, "id", "")),
                    by=str(getattr(message, "sent_from", "") or getattr(message, "role", "")),
                    to=sorted(str(address) for address in getattr(message, "send_to", []) or []),
                    cause=str(getattr(message, "cause_by", "")),
                    text=str(getattr(message, "content", ""))[:LONGEST],
                )
            except Exception as error:
                tell("log", level="WARNING", text="a message could not be told: %r" % (error,))
            return publish(self, message, *args, **kwargs)

        return wrapped

    def hook(cls):
        cls.publish_message = told(cls.publish_message)

    try:
        from metagpt.environment.mgx.mgx_env import MGXEnv
    except ImportError:
        hook(Environment)
        return
    hook(MGXEnv)

    async def ask_human(self, question, sent_from=None):
        return "Human response: " + await ask_later(question)

    reply = MGXEnv.reply_to_human

    async def reply_to_human(self, content, sent_from=None):
        tell("said", by=str(getattr(sent_from, "name", "") or ""), text=str(content)[:LONGEST])
        return await reply(self, content, sent_from)

    MGXEnv.ask_human = ask_human
    MGXEnv.reply_to_human = reply_to_human


def hook_team():
    from metagpt.team import Team

    run = Team.run

    async def kept(self, *args, **kwargs):
        global _team
        _team = self
        return await run(self, *args, **kwargs)

    Team.run = kept


def run():
    start = json.loads(sys.stdin.readline())
    builtins.input = ask
    threading.Thread(target=listen, daemon=True).start()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), stop)
    try:
        from metagpt.software_company import generate_repo
    except Exception as error:
        tell("unavailable", why=repr(error)[:2000])
        return 3
    for hook in (hook_logs, hook_messages, hook_team):
        try:
            hook()
        except Exception as error:
            tell("log", level="WARNING", text="%s: %r" % (hook.__name__, error))
    known = inspect.signature(generate_repo).parameters
    options = {name: value for name, value in start["options"].items() if name in known}
    tell("started", options=sorted(options))
    result = generate_repo(start["idea"], **options)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    tell("done")
    return 0


def plain():
    """A program that writes for ever, or asks for ever, would do so when nobody is there any more."""

    def watch():
        # Not by sys.stdin, whose lock an ending interpreter would want.
        while os.read(0, 65536):
            pass
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(SAVING)
        end()

    threading.Thread(target=watch, daemon=True).start()
    del sys.argv[1]
    runpy.run_module("metagpt.software_company", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["plain"]:
        plain()
        sys.exit(0)
    _out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    if sys.argv[1:] == ["probe"]:
        _out.write(json.dumps(probe()) + "\n")
        _out.flush()
        sys.exit(0)
    # What MetaGPT prints is no message.
    os.dup2(2, 1)
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    _out.flush()
    os._exit(code)
