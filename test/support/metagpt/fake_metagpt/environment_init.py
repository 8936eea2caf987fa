class Environment:
    def __init__(self):
        self.history = ""
        self.roles = {}

    def publish_message(self, message, peekable=True):
        self.history += "\n" + message.content
        return True
