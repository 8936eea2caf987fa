from uuid import uuid4


class Message:
    def __init__(self, content, role="user", cause_by="metagpt.actions.add_requirement.UserRequirement", sent_from="", send_to=("<all>",)):
        self.id = uuid4().hex
        self.content = content
        self.role = role
        self.cause_by = cause_by
        self.sent_from = sent_from
        self.send_to = set(send_to)
