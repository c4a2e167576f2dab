"""The child process that runs tests on the embedded engine: a crash or an endless rule ends it alone.

Reads one JSON object from standard input: `path` (where regorus is), `nonce`, `engines` (modules, data,
whether to see what is reached) and `questions` (number of the engine, input, rule). Writes a line for
each question, as soon as it is answered, and one for each engine whose coverage is wanted; each begins
with the nonce. Standard library and regorus only.
"""

import json
import os
import sys
import time


def main() -> None:
    """Build engines when they are asked for, ask, tell."""
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

    def tell(what: str, value: object) -> None:
        sys.stdout.write(f"{request['nonce']} {json.dumps([what, value])}\n")
        sys.stdout.flush()

    built: dict[int, regorus.Engine] = {}
    for number, facts, rule in request["questions"]:
        begun = time.perf_counter()
        try:
            if number not in built:
                built[number] = _engine(regorus, request["engines"][number])
            engine = built[number]
            engine.set_input_json(facts)
            reply = {"value": engine.eval_rule_as_json(rule)}
        except Exception as error:
            reply = {"error": str(error)}
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            # From now on it would answer nonsense.
            built.pop(number, None)
            reply = {"error": ""}
        tell("reply", {**reply, "seconds": time.perf_counter() - begun})
    for number, engine in built.items():
        if request["engines"][number]["coverage"]:
            found = json.loads(engine.get_coverage_report_as_json())["files"]
            tell("reached", [number, {file["path"]: file["covered"] for file in found}])
    tell("end", None)


def _engine(regorus: object, wanted: dict) -> object:  # type: ignore[type-arg]
    engine = regorus.Engine()  # type: ignore[attr-defined]
    for name, text in wanted["modules"]:
        engine.add_policy(name, text)
    engine.add_data_json(wanted["data"])
    if wanted["coverage"]:
        engine.set_enable_coverage(True)
    return engine


if __name__ == "__main__":
    main()
