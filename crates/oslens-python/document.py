"""Writes what is derived from the types and docstrings of the installed package.

    python document.py          writes it
    python document.py --check  only says what is not up to date

- The docstrings in `python/oslens/_oslens.pyi`, where editors look for them,
  are those of the native module.
- `docs/PYTHON_API.md` is made of the stubs, the sources and the docstrings.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import oslens
from oslens import _enums, _exceptions, _ntuples, _oslens

PACKAGE = Path(__file__).resolve().parent
SOURCE = PACKAGE / "python" / "oslens"
STUB = SOURCE / "_oslens.pyi"
REFERENCE = PACKAGE.parent.parent / "docs" / "PYTHON_API.md"

SECTIONS = {
    "Processes": """
        Process Popen process_iter processes Sampler wait_procs pids pid_exists
        """,
    "CPU": """
        cpu_times cpu_percent cpu_times_percent cpu_count cpu_stats cpu_freq
        getloadavg cpu_limit
        """,
    "Memory": """
        virtual_memory swap_memory swap_devices memory_limit zfs_arc heap_info heap_trim
        """,
    "Disks": "disk_partitions disk_usage disk_io_counters",
    "Network": "net_io_counters net_connections net_if_addrs net_if_stats",
    "Sensors": "sensors_temperatures sensors_fans sensors_battery batteries",
    "The machine": "boot_time users pressure cgroup_limits cgroup_usage",
    "Programs": "register_exit_fun install_as_psutil bytes2human",
    "Exceptions": "Error NoSuchProcess ZombieProcess AccessDenied TimeoutExpired",
    "Enums": """
        ProcessStatus ConnectionStatus NicDuplex BatteryTime AddressFamily
        ProcessIOPriority ProcessRlimit
        """,
}

CONSTANTS = """\
The members of the enums above are constants of the module, too:
`oslens.STATUS_ZOMBIE` is `oslens.ProcessStatus.STATUS_ZOMBIE`.

| constant | what it is |
|---|---|
| `LINUX`, `POSIX` | `True` here |
| `WINDOWS`, `MACOS`, `OSX`, `FREEBSD`, `OPENBSD`, `NETBSD`, `BSD`, `SUNOS`, `AIX` | `False` here |
| `PROCFS_PATH`, `SYSFS_PATH` | where the kernel's files are; read at each call, so that programs can set them |
| `__version__`, `version_info` | the version of psutil whose functions these are |
| `OSLENS_VERSION` | the version of this package |
"""
OTHER_NAMES = {
    "AIX AF_LINK BSD FREEBSD LINUX MACOS NETBSD OPENBSD OSLENS_VERSION OSX POSIX",
    "PROCFS_PATH SUNOS SYSFS_PATH WINDOWS __version__ version_info",
}

# Names that only the sources have.
PUBLIC = {
    "_Attrs": "Collection[str]",
    "_F": "F",
    "_Log": "Callable[[str], object] | None",
    "_Oneshot": "AbstractContextManager[None]",
}

# The other systems, and what Python calls them.
UNIX = {
    "FreeBSD": "freebsd14",
    "NetBSD": "netbsd10",
    "OpenBSD": "openbsd7",
    "macOS": "darwin",
}

# How sources ask for it.
WINDOWS = "sys.platform == 'win32'"

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def on(body, platform):
    """What the body has for a system, where it asks which one that is."""
    for node in body:
        if not isinstance(node, ast.If):
            yield node
        elif "platform" not in ast.unparse(node.test):
            yield from on(node.body, platform)
        else:
            asked = compile(ast.Expression(node.test), "source", "eval")
            is_here = eval(asked, {"sys": SimpleNamespace(platform=platform)})
            yield from on(node.body if is_here else node.orelse, platform)


def functions_of(body, platform="linux"):
    """Functions by name, with all their overloads; also below `if`."""
    found = {}
    for node in on(body, platform):
        if isinstance(node, Function):
            found.setdefault(node.name, []).append(node)
    return found


def is_overload(node):
    return any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)


def class_of(tree, name):
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    raise LookupError(name)


# The docstrings of the stub


def native(path):
    found = _oslens
    for name in path:
        found = inspect.getattr_static(found, name)
    return found


def with_docstrings(stub):
    """The stub, with the docstrings of the native module."""
    lines = stub.split("\n")
    edits = []

    def edit(body, path):
        functions = functions_of(body)
        for name, nodes in functions.items():
            if name.startswith("_"):
                continue
            doc = inspect.getdoc(native([*path, name]))
            for number, node in enumerate(nodes):
                # All overloads have one documentation.
                indent = " " * (node.col_offset + 4)
                edits.append((node.body, doc if number == 0 else None, indent))
        for node in on(body, "linux"):
            if isinstance(node, ast.ClassDef):
                edit(node.body, [*path, node.name])

    edit(ast.parse(stub).body, [])
    for body, doc, indent in sorted(edits, key=lambda e: -e[0][0].lineno):
        first, last = body[0], body[-1]
        before = lines[first.lineno - 1][: first.col_offset].rstrip()
        start = first.lineno - 1
        if not before:
            # What is replaced begins a line: the header is above it.
            start -= 1
            before = lines[start]
        if doc is None:
            new = [before + " ..."]
        else:
            text = f'"""{doc}"""' if "\n" not in doc else f'"""{doc}\n"""'
            new = [before, *textwrap.indent(text, indent).split("\n")]
        lines[start : last.end_lineno] = new
    return "\n".join(lines)


# The reference


def arguments_of(node):
    """As in the source, with blanks around `=`."""
    of = node.args
    positional = [*of.posonlyargs, *of.args]
    defaults = [None] * (len(positional) - len(of.defaults)) + list(of.defaults)
    shown = []

    def show(argument, default=None, stars=""):
        text = stars + argument.arg
        if argument.annotation is not None:
            text += f": {ast.unparse(argument.annotation)}"
        if default is not None:
            text += f" = {ast.unparse(default)}"
        shown.append(text)

    for argument, default in zip(positional, defaults):
        if argument.arg not in ("self", "cls"):
            show(argument, default)
    if of.vararg is not None:
        show(of.vararg, stars="*")
    elif of.kwonlyargs:
        shown.append("*")
    for argument, default in zip(of.kwonlyargs, of.kw_defaults):
        show(argument, default)
    if of.kwarg is not None:
        show(of.kwarg, stars="**")
    return ", ".join(shown)


def signature(node, name=None):
    """As it is called: without what Python passes by itself."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    line = f"{kind} {name or node.name}({arguments_of(node)}){returns}"
    line = re.sub(r"Optional\[((?:[^\[\]]|\[(?:[^\[\]]|\[[^\]]*\])*\])*)\]", r"\1 | None", line)
    line = re.sub(r"Union\[(array\[int\]), (array\[float\]), (list\[Any\])\]", r"\1 | \2 | \3", line)
    for private, public in PUBLIC.items():
        line = re.sub(rf"\b{private}\b", public, line)
    return line.replace("'", '"')


def signatures(nodes, name=None):
    overloads = [node for node in nodes if is_overload(node)]
    chosen = overloads or nodes[-1:]
    return "\n".join(signature(node, name) for node in chosen)


def markdown(doc):
    """A docstring; its examples become blocks of code."""
    parts = []
    for paragraph in inspect.cleandoc(doc).split("\n\n"):
        if paragraph.startswith(">>>"):
            parts.append(f"```python\n{paragraph}\n```")
        else:
            parts.append(paragraph)
    return "\n\n".join(parts)


def entry(title, code, doc, level=3):
    block = f"```python\n{code}\n```\n\n" if code else ""
    return f"{'#' * level} `{title}`\n\n{block}{markdown(doc)}\n"


def sources():
    trees = {}
    for path in sorted(SOURCE.glob("*.py")):
        trees[path.stem] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def of_process(trees, stub):
    """The class, with what it inherits from the native one."""
    own = class_of(trees["_process"], "Process")
    base = class_of(stub, "ProcessBase")
    methods = {**functions_of(base.body), **functions_of(own.body)}
    out = ["### `Process`\n\n```python\nclass Process(pid: int | None = None)\n```\n"]
    out.append(markdown(oslens.Process.__doc__) + "\n")
    names = sorted(name for name in methods if not name.startswith("_"))
    index = ", ".join(f"[`{name}`](#process{name})" for name in names)
    out.append(f"{index}\n")
    attributes = ", ".join(f"`{name}`" for name in sorted(oslens.Process.attrs))
    out.append(
        "#### `Process.attrs`\n\n```python\nattrs: frozenset[str]\n```\n\n"
        f"Names of what `as_dict()` and `process_iter()` read: {attributes}.\n"
    )
    for name in names:
        nodes = methods[name]
        doc = inspect.getattr_static(oslens.Process, name).__doc__
        is_property = any(
            isinstance(d, ast.Name) and d.id == "property" for d in nodes[0].decorator_list
        )
        code = (
            f"{name}: {ast.unparse(nodes[0].returns)}"
            if is_property
            else signatures(nodes)
        )
        out.append(
            entry(f"Process.{name}", code, doc, 4)
            if is_property
            else entry(f"Process.{name}()", code, doc, 4)
        )
    return "\n".join(out)


def of_sampler(stub):
    nodes = functions_of(class_of(stub, "Sampler").body)
    new = signature(nodes["__new__"][0], "Sampler").partition(" -> ")[0]
    out = [entry("Sampler", new.replace("def ", "class "), oslens.Sampler.__doc__)]
    doc = oslens.Sampler.sample.__doc__
    out.append(entry("Sampler.sample()", signatures(nodes["sample"]), doc, 4))
    return "\n".join(out)


def of_exception(trees, name):
    node = class_of(trees["_exceptions"], name)
    init = functions_of(node.body).get("__init__")
    base = ast.unparse(node.bases[0])
    code = f"class {name}({base})"
    if init:
        made = signature(init[0], name).partition(" -> ")[0]
        code += f"\n{made.replace('def ', '')}"
    return entry(name, code, getattr(_exceptions, name).__doc__)


def of_enum(name):
    enum = getattr(_enums, name)
    members = [f"| `{one.name}` | `{one.value!r}` |" for one in enum]
    table = "\n".join(["| member | value |", "|---|---|", *members])
    return f"{entry(name, '', enum.__doc__)}\n{table}\n"


def of_tuples(platform="linux"):
    out = []
    stub = ast.parse((SOURCE / "_ntuples.pyi").read_text(encoding="utf-8"))
    for node in on(stub.body, platform):
        if not isinstance(node, ast.ClassDef):
            continue
        if platform != "linux" and node in on(stub.body, "linux"):
            continue
        rows = ["| field | type | |", "|---|---|---|"]
        for field, doc in zip(node.body, node.body[1:]):
            if isinstance(field, ast.AnnAssign):
                kind = ast.unparse(field.annotation).replace("|", "\\|")
                text = " ".join(doc.value.value.split())
                rows.append(f"| `{field.target.id}` | `{kind}` | {text} |")
        doc = ast.get_docstring(node)
        out.append(f"### `{node.name}`\n\n{doc}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(out)


def of_windows(stub):
    """What only Windows has, or has otherwise, by the stub: the native module
    of another system does not have it."""
    out = [
        "On Windows the package has what is above, but for what is of Linux alone:\n"
        "control groups, pressure, ZFS, temperatures and fans, `PROCFS_PATH`, and some\n"
        "methods of `Process`. What follows is there only, or differs.\n"
    ]
    base = class_of(stub, "ProcessBase").body
    ours, theirs = functions_of(base), functions_of(base, "win32")
    missing = ", ".join(f"`{name}`" for name in sorted(set(ours) - set(theirs)))
    out.append(
        textwrap.fill(f"Methods of `Process` that are not there: {missing}.", 79) + "\n"
    )
    functions = functions_of(stub.body, "win32")
    there = functions_of(stub.body)
    for name in sorted(functions):
        if functions[name] == there.get(name):
            continue
        doc = ast.get_docstring(functions[name][0])
        out.append(entry(f"{name}()", signatures(functions[name]), doc))
    service = class_of(stub, "WindowsService")
    out.append(entry("WindowsService", "class WindowsService", ast.get_docstring(service)))
    for name, nodes in functions_of(service.body).items():
        doc = ast.get_docstring(nodes[0])
        out.append(entry(f"WindowsService.{name}()", signatures(nodes), doc, 4))
    for name in sorted(theirs):
        if theirs[name] != ours.get(name):
            doc = ast.get_docstring(theirs[name][0])
            out.append(entry(f"Process.{name}()", signatures(theirs[name]), doc, 4))
    for node in ast.walk(ast.parse((SOURCE / "_enums.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and ast.unparse(node.test) == WINDOWS:
            for made in node.body:
                if isinstance(made, ast.ClassDef):
                    rows = [
                        f"| `{one.targets[0].id}` | `{ast.unparse(one.value)}` |"
                        for one in made.body
                        if isinstance(one, ast.Assign)
                    ]
                    table = "\n".join(["| member | value |", "|---|---|", *rows])
                    doc = ast.get_docstring(made)
                    out.append(f"{entry(f'{made.name} ', '', doc)}\n{table}\n")
    return "\n".join(out) + "\n" + of_tuples("win32")


def of_unix(stub):
    """What the BSDs and macOS have otherwise, by the stubs."""
    out = [
        "On the BSDs and macOS the package has what is above, but for what is of Linux\n"
        "alone: control groups, pressure, namespaces, capabilities, `PROCFS_PATH`. It was\n"
        "built for them and never ran there.\n"
    ]
    base = class_of(stub, "ProcessBase").body

    def names(body, platform):
        return {name for name in functions_of(body, platform) if name[0] != "_"}

    rows = ["| system | not there: functions | methods of `Process` |", "|---|---|---|"]
    for system, platform in UNIX.items():
        missing = [
            ", ".join(
                f"`{name}`" for name in sorted(names(body, "linux") - names(body, platform))
            )
            for body in (stub.body, base)
        ]
        rows.append(f"| {system} | {missing[0]} | {missing[1]} |")
    out.append("\n".join(rows) + "\n")
    out.append("Named tuples that have other fields there:\n")
    tuples = ast.parse((SOURCE / "_ntuples.pyi").read_text(encoding="utf-8"))
    known = {}
    for system, platform in {"Linux": "linux", **UNIX}.items():
        for node in on(tuples.body, platform):
            if isinstance(node, ast.ClassDef):
                fields = [f"`{one.target.id}`" for one in node.body if hasattr(one, "target")]
                of = known.setdefault(node.name, {})
                of.setdefault(", ".join(fields), []).append(system)
    rows = ["| tuple | system | fields |", "|---|---|---|"]
    for name, of in sorted(known.items()):
        for fields, systems in of.items():
            if len(of) > 1 and "Linux" not in systems:
                rows.append(f"| `{name}` | {', '.join(systems)} | {fields} |")
    return "\n".join([*out, "\n".join(rows)]) + "\n"


def reference(stub_text):
    stub = ast.parse(stub_text)
    trees = sources()
    functions = functions_of(stub.body)
    for name in ("_system", "_process", "_exit_functions", "_as_psutil"):
        for function, nodes in functions_of(trees[name].body).items():
            functions.setdefault(function, []).extend(nodes)
    # Functions that have methods are objects.
    for function, protocol, tree in (
        ("disk_io_counters", "_DiskIoCounters", "_system"),
        ("net_io_counters", "_NetIoCounters", "_system"),
        ("process_iter", "_ProcessIter", "_process"),
    ):
        call = functions_of(class_of(trees[tree], protocol).body)["__call__"]
        functions[function] = call
    out = [
        "# Reference of the Python package\n",
        "Made from the types and docstrings by `crates/oslens-python/document.py`;\n"
        "a test compares them. [From psutil to oslens](PYTHON.md) says what differs\n"
        "from psutil, and why.\n",
    ]
    titles = [*SECTIONS, "Constants", "Named tuples", "Windows", "BSD and macOS"]
    anchors = [f"[{one}](#{one.lower().replace(' ', '-')})" for one in titles]
    out.append(" · ".join(anchors) + "\n")
    for title, names in SECTIONS.items():
        out.append(f"## {title}\n")
        for name in names.split():
            thing = getattr(oslens, name)
            if name == "Process":
                out.append(of_process(trees, stub))
            elif name == "Popen":
                code = "class Popen(Process)\nPopen(*args: Any, **kwargs: Any)"
                out.append(entry(name, code, thing.__doc__))
            elif name == "Sampler":
                out.append(of_sampler(stub))
            elif title == "Exceptions":
                out.append(of_exception(trees, name))
            elif title == "Enums":
                out.append(of_enum(name))
            elif name == "getloadavg":
                code = "def getloadavg() -> tuple[float, float, float]"
                doc = (
                    "How many tasks ran or waited to run, on average of the last 1, 5 "
                    "and 15 minutes."
                )
                out.append(entry("getloadavg()", code, textwrap.fill(doc, 79)))
            else:
                code = signatures(functions[name], name)
                out.append(entry(f"{name}()", code, inspect.getdoc(thing)))
    out += ["## Constants\n", CONSTANTS, "## Named tuples\n", of_tuples()]
    out += ["## Windows\n", of_windows(stub)]
    out += ["## BSD and macOS\n", of_unix(stub)]
    return "\n".join(out)


def undocumented():
    """Public names that are in no section."""
    known = set(" ".join([*SECTIONS.values(), *OTHER_NAMES]).split())
    for name in SECTIONS["Enums"].split():
        known.update(one.name for one in getattr(_enums, name))
    return sorted(set(oslens.__all__) - known)


def main(arguments):
    missing = undocumented()
    if missing:
        return f"not in SECTIONS of document.py: {', '.join(missing)}"
    stub = with_docstrings(STUB.read_text(encoding="utf-8"))
    wanted = {STUB: stub, REFERENCE: reference(stub)}
    stale = []
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if arguments != ["--check"]:
                path.write_text(text, encoding="utf-8")
    if stale and arguments == ["--check"]:
        return f"run crates/oslens-python/document.py: not up to date: {', '.join(stale)}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
