from metagpt.company_classic import _team


async def generate_repo(idea, investment=3.0, n_round=5, code_review=True, run_tests=False, implement=True,
                        project_name="", inc=False, project_path="", reqa_file="", max_auto_summarize_code=0, recover_path=None):
    await _team(idea, project_name, project_path, inc, recover_path).run(n_round)


if __name__ == "__main__":
    # As on MetaGPT's main: the command makes a coroutine, nobody awaits it, and it ends with exit code 0.
    generate_repo("nothing")
