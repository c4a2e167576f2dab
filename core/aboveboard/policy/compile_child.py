"""The child process that compiles policies: a crash or an endless rule ends it, not its parent.

Reads one JSON object from standard input: `path` (where regorus is), `nonce`, `data`, and `steps`:
by step the linked modules and the inputs to ask about. Writes one JSON object: the nonce, and by
step the error that kept it from answering anything at all. Standard library and regorus only.
"""

import json
import os
import re
import sys

# regorus looks at a rule only when it gets there.
_ALWAYS = re.compile(r"^error: .*( unsafe\b|could not find function)", re.MULTILINE)


def main() -> None:
    """Compile, ask, tell."""
    os.environ["RUST_LIB_BACKTRACE"] = "0"
    try:
        import resource

        # No core dump of a crash that is looked for; a rule that takes all memory ends by itself.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, OSError, ValueError):
        pass
    request = json.load(sys.stdin)
    sys.path.append(request["path"])
    import regorus

    problems = {}
    for step, (modules, inputs) in request["steps"].items():
        engine = regorus.Engine()
        try:
            for name, text in modules:
                engine.add_policy(name, text)
            engine.add_data_json(request["data"])
        except Exception as error:
            problems[step] = str(error)
            continue
        failed = []
        for facts in inputs:
            engine.set_input_json(facts)
            try:
                engine.eval_rule_as_json(f"data.aboveboard.{step}.answer")
            except Exception as error:
                failed.append(str(error))
        # That a rule fails on some facts says nothing of others; that it fails on all, or in a way
        # that no facts can cure, does.
        wrong = [text for text in failed if _ALWAYS.search(text)]
        if wrong or len(failed) == len(inputs):
            problems[step] = (wrong or failed)[-1]
    json.dump({"nonce": request["nonce"], "problems": problems}, sys.stdout)


if __name__ == "__main__":
    main()
