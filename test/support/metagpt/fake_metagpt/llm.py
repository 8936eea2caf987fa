import json
import urllib.error
import urllib.request

from metagpt.config2 import config
from metagpt.logs import log_llm_stream


def ask(text, system="You are a member of a software company."):
    """As configured, streamed; a refusal raises, as the openai package does."""
    llm = config["llm"]
    messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    body = json.dumps({"model": llm["model"], "messages": messages, "stream": True, "max_tokens": 4096}).encode()
    headers = {"authorization": "Bearer " + llm["api_key"], "content-type": "application/json"}
    request = urllib.request.Request(llm["base_url"] + "/chat/completions", body, headers)
    said = ""
    with urllib.request.urlopen(request, timeout=60) as answer:
        for line in answer.read().decode().split("\n"):
            if line.startswith("data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    said += choice["delta"].get("content", "")
    log_llm_stream(said)
    return said


def ask_whatever(text):
    """What takes no notice that there is no more money."""
    try:
        return ask(text)
    except urllib.error.HTTPError as error:
        return "refused with %d" % error.code
