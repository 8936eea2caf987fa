import inspect


async def get_human_input(prompt=""):
    if inspect.iscoroutinefunction(_get_human_input):
        return await _get_human_input(prompt)
    return _get_human_input(prompt)


def set_human_input_func(func):
    global _get_human_input
    _get_human_input = func


_get_human_input = input
