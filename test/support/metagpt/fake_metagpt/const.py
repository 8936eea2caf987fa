import os
from pathlib import Path

METAGPT_ROOT = Path(os.environ.get("METAGPT_PROJECT_ROOT") or Path.cwd())
CONFIG_ROOT = Path.home() / ".metagpt"
DEFAULT_WORKSPACE_ROOT = METAGPT_ROOT / "workspace"
SERDESER_PATH = DEFAULT_WORKSPACE_ROOT / "storage"
