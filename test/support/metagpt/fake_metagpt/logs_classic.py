import sys


class logger:
    @staticmethod
    def info(text):
        print("INFO | " + text, file=sys.stderr, flush=True)

    @staticmethod
    def error(text):
        print("ERROR | " + text, file=sys.stderr, flush=True)


def log_llm_stream(text):
    _llm_stream_log(text)


def set_llm_stream_logfunc(func):
    global _llm_stream_log
    _llm_stream_log = func


def _llm_stream_log(text):
    print(text, end="")
