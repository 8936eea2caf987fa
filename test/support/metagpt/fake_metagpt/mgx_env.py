from metagpt.environment import Environment
from metagpt.logs import get_human_input


class MGXEnv(Environment):
    def publish_message(self, message, user_defined_recipient="", publicer=""):
        return super().publish_message(message)

    async def ask_human(self, question, sent_from=None):
        return "Human response: " + await get_human_input(question)

    async def reply_to_human(self, content, sent_from=None):
        return "SUCCESS"
