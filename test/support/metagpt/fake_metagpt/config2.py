import json

from metagpt.const import CONFIG_ROOT, METAGPT_ROOT


def _read(path):
    # The real one reads YAML, of which JSON is a part.
    return json.loads(path.read_text()) if path.exists() else {}


config = {**_read(METAGPT_ROOT / "config" / "config2.yaml"), **_read(CONFIG_ROOT / "config2.yaml")}
if not config.get("llm"):
    raise ValueError("Please set your API key in config2.yaml")
