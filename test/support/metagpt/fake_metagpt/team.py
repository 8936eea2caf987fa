import asyncio
import json
import os
import shutil
import sys
import traceback
import urllib.request
from pathlib import Path

from metagpt import llm
from metagpt.const import DEFAULT_WORKSPACE_ROOT, SERDESER_PATH
from metagpt.environment import Environment
from metagpt.logs import logger
from metagpt.schema import Message

try:
    from metagpt.environment.mgx.mgx_env import MGXEnv
except ImportError:
    MGXEnv = None

STEM = "20260102030405"
ROLES = "metagpt.roles.%s"


class Memory:
    def __init__(self):
        self.deleted = []

    def delete(self, message):
        self.deleted.append(message)


class Role:
    def __init__(self, name):
        self.name = name
        self.latest_observed_msg = None
        self.rc = type("RoleContext", (), {"todo": None, "memory": Memory()})()


class Team:
    def __init__(self, idea, project_name, project_path, inc, recovered=None):
        self.env = MGXEnv() if MGXEnv else Environment()
        self.env.roles = {name: Role(name) for name in ("Alice", "Bob", "Eve", "Alex")}
        self.idea = idea
        self.done = recovered or []
        self.inc = inc
        self.path = Path(project_path) if project_path else DEFAULT_WORKSPACE_ROOT / (project_name or STEM)

    def says(self, word):
        return "[%s]" % word in self.idea

    def serialize(self):
        path = SERDESER_PATH / "team" / "team.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        deleted = sum(len(role.rc.memory.deleted) for role in self.env.roles.values())
        path.write_text(json.dumps({"idea": self.idea, "done": self.done, "deleted": deleted}, indent=4))

    async def run(self, n_round=3, idea=""):
        """Swallows every error, as the real one does: only the log and team.json tell."""
        try:
            self.env.publish_message(Message(self.idea))
            await self.work()
        except KeyboardInterrupt:
            logger.error("KeyboardInterrupt occurs, start to serialize the project")
            self.serialize()
        except Exception:
            logger.error("Exception occurs, start to serialize the project, exp:\n" + traceback.format_exc())
            self.serialize()

    async def work(self):
        if self.says("crash"):
            os._exit(1)
        if self.says("silent"):
            return
        while self.says("hang"):
            await asyncio.sleep(0.1)
        while self.says("flood"):
            sys.stderr.write("x" * 65536)
        if self.says("raise"):
            raise ValueError("a role failed")
        if self.path.exists() and not self.inc and not self.done:
            shutil.rmtree(self.path)
        if self.says("rmtree"):
            # What a real run does to a folder that has the name of its project, wherever it is.
            shutil.rmtree(os.environ.get("NEXUS_TEST_TREE", "/nowhere"), ignore_errors=True)
        for name, step in (("prd", self.prd), ("design", self.design), ("task", self.task), ("code", self.code)):
            if name not in self.done:
                await step()
                self.done.append(name)
        if self.says("spend"):
            for call in range(10_000):
                llm.ask_whatever("More of it, %d" % call)

    def say(self, role, action, text):
        self.env.publish_message(Message(text, "assistant", action, ROLES % role))

    def write(self, path, content):
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=4))

    async def prd(self):
        alice = self.env.roles["Alice"]
        alice.latest_observed_msg, alice.rc.todo = "the idea", "WritePRD"
        answer = llm.ask("Write a PRD for: " + self.idea)
        words = ""
        if self.says("ask"):
            words = await self.env.ask_human("Which colour?") if MGXEnv else input("Which colour?")
        if self.says("stop-here") and not self.done:
            logger.info("waiting to be stopped")
            while True:
                await asyncio.sleep(0.05)
        alice.rc.todo = None
        if MGXEnv:
            self.write("docs/prd.md", "# PRD\n\n## Product Goals\n\n- %s %s\n\n## User Stories\n\n- As a user\n" % (answer, words))
            self.report("Alice", str(self.path / "docs" / "prd.md"))
        else:
            self.write("docs/requirement.txt", self.idea)
            self.write("docs/prd/%s.json" % STEM, {"Original Requirements": self.idea, "Product Goals": [answer, words], "User Stories": []})
        self.say("product_manager.ProductManager", "metagpt.actions.write_prd.WritePRD", answer)

    async def design(self):
        answer = llm.ask("Write a design")
        if MGXEnv:
            self.write("docs/system_design.md", "# Design\n\n%s\n" % answer)
        elif self.says("half"):
            self.write("docs/system_design/%s.json" % STEM, '{"File list": ["main')
        else:
            self.write("docs/system_design/%s.json" % STEM, {"Implementation approach": answer, "File list": ["main.py"]})
        self.say("architect.Architect", "metagpt.actions.design_api.WriteDesign", answer)

    async def task(self):
        answer = llm.ask("Write the tasks")
        if not MGXEnv and not self.says("half"):
            self.write("docs/task/%s.json" % STEM, {"Logic Analysis": [["main.py", answer]], "Task list": ["main.py"]})
            self.write(".dependencies.json", {"docs/system_design/%s.json" % STEM: ["docs/prd/%s.json" % STEM]})
        self.say("project_manager.ProjectManager", "metagpt.actions.project_management.WriteTasks", answer)

    async def code(self):
        answer = llm.ask("Write main.py")
        self.write("src/main.py" if MGXEnv else self.path.name + "/main.py", "# %s\n" % answer)
        self.say("engineer.Engineer", "metagpt.actions.write_code.WriteCode", answer)

    def report(self, role, path):
        url = os.environ.get("METAGPT_REPORTER_URL", "")
        if not url:
            return
        data = json.dumps({"block": "Docs", "uuid": "1", "name": "path", "value": path, "role": role}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as answer:
            if answer.status != 200:
                raise RuntimeError("the reporter did not answer with 200")
