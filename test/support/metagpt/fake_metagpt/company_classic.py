import argparse
import asyncio
import json
from pathlib import Path

from metagpt.config2 import config
from metagpt.team import Team

assert config


def generate_repo(idea, investment=3.0, n_round=5, code_review=True, run_tests=False, implement=True, project_name="",
                  inc=False, project_path="", reqa_file="", max_auto_summarize_code=0, recover_path=None):
    asyncio.run(_team(idea, project_name, project_path, inc, recover_path).run(n_round))


def _team(idea, project_name, project_path, inc, recover_path):
    if not recover_path:
        return Team(idea, project_name, project_path, inc)
    path = Path(recover_path)
    if not path.exists() or not str(path).endswith("team"):
        raise FileNotFoundError("%s not exists or not endswith `team`" % recover_path)
    saved = json.loads((path / "team.json").read_text())
    return Team(saved["idea"], project_name, project_path, inc, saved["done"])


def app():
    parser = argparse.ArgumentParser()
    parser.add_argument("idea", nargs="?")
    for name in ("investment", "n-round", "project-name", "project-path", "recover-path"):
        parser.add_argument("--" + name)
    for name in ("code-review", "run-tests", "implement", "inc"):
        parser.add_argument("--" + name, action=argparse.BooleanOptionalAction, default=False)
    args = parser.parse_args()
    if args.idea is None:
        print("Missing argument 'IDEA'. Run 'metagpt --help' for more information.")
        return
    generate_repo(args.idea, project_name=args.project_name, inc=args.inc, project_path=args.project_path, recover_path=args.recover_path)


if __name__ == "__main__":
    app()
