"""Puts the compiled site.py of the standard library in the place of the one inside interpreter and shared library."""

import _imp
import marshal
import os
import sys

frozen = bytes(_imp.find_frozen("site", withdata=True)[0])
source = os.path.join(sys.prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site.py")
with open(source, "rb") as file:
    code = marshal.dumps(compile(file.read(), "<frozen site>", "exec", dont_inherit=True))
if len(code) > len(frozen):
    sys.exit(f"site.py takes {len(code)} bytes, there is room for {len(frozen)}")

library = os.path.join(sys.prefix, "lib", f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0")
for path in (os.path.realpath(sys.executable), library):
    with open(path, "rb") as file:
        program = file.read()
    if program.count(frozen) != 1:
        sys.exit(f"{path} holds the compiled site.py {program.count(frozen)} times")
    # A running program cannot be written to: its name goes to another file.
    with open(f"{path}.new", "wb") as file:
        file.write(program.replace(frozen, code.ljust(len(frozen), b"\0")))
    os.chmod(f"{path}.new", os.stat(path).st_mode & 0o7777)
    os.rename(f"{path}.new", path)
