/** What no image of an app can do without, by its runtime: sizes of files alone, no folders, no archive headers. */
import { existsSync } from 'node:fs';

/**
 * Counted in the template's image, where pip has installed the same lockfile: the interpreter, the libraries that it and all native modules are
 * linked with, the standard library without what no service imports (its tests, IDLE, Tk, pip), the packages without pip, the app's sources, and
 * the bytecode of all of it: a read-only image that has none compiles at every start.
 */
const countPython = `
import compileall, json, os, subprocess, sys, sysconfig
standard = sysconfig.get_path("stdlib")
packages = sysconfig.get_path("purelib")
unused = {"test", "idlelib", "turtledemo", "tkinter", "ensurepip", "lib2to3", "pydoc_data", "site-packages", "__pycache__", "tests"}
def files(top, left_out):
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not left_out(name)]
        yield from (os.path.join(folder, name) for name in names if not name.startswith("_test"))
own = lambda name: name in unused - {"tests"} or name.startswith("config-")
pip = lambda name: name == "__pycache__" or name == "pip" or name.startswith("pip-")
groups = {
    "standard library": [f for f in files(standard, own)],
    "packages": [f for f in files(packages, pip) if not f.endswith(".pyi")],
    "app": [f for f in files("/code", pip)],
}
interpreter = os.path.realpath(sys.executable)
native = [interpreter] + [f for group in groups.values() for f in group if ".so" in os.path.basename(f)]
libraries = set()
for file in native:
    for line in subprocess.run(["ldd", file], capture_output=True, text=True).stdout.splitlines():
        libraries.update(os.path.realpath(word) for word in line.split() if word.startswith("/") and ".so" in word)
inside = {os.path.realpath(f) for group in groups.values() for f in group}
groups["interpreter"] = [interpreter]
groups["libraries"] = sorted(libraries - inside)
sizes = {name: sum(os.path.getsize(f) for f in group if not os.path.islink(f)) for name, group in groups.items()}
sys.pycache_prefix = "/tmp/bytecode"
for group in ("standard library", "packages", "app"):
    for file in groups[group]:
        if file.endswith(".py"):
            compileall.compile_file(file, quiet=2)
sizes["bytecode"] = sum(os.path.getsize(os.path.join(d, n)) for d, _, names in os.walk("/tmp/bytecode") for n in names)
print(json.dumps(sizes))
`;

/** @param tag the template's image */
export async function pythonFloor(bench, tag) {
  const printed = await bench.docker('run', '--rm', '--entrypoint', 'python3', tag, '-c', countPython);
  const sizes = JSON.parse(printed.trim().split('\n').at(-1));
  if (Object.values(sizes).some((size) => !(size > 0)))
    throw new Error(`the floor of ${tag} has an empty part: ${printed}`);
  return floorOf(sizes);
}

/** The program alone, without symbols, as the template's own sources give it. @param context the template's build context */
export async function goFloor(bench, tag, context) {
  const program = `${tag}-floor`;
  const build = ['build', '--quiet', '--target', 'build', '--tag', program, context];
  await bench.docker(...build, ...authoritySecret());
  const script =
    'cd /src && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /tmp/floor . && stat -c %s /tmp/floor';
  const printed = await bench.docker(
    'run',
    '--rm',
    '--network=none',
    '--entrypoint',
    'sh',
    program,
    '-c',
    script,
  );
  await bench.docker('image', 'rm', '--force', program);
  return floorOf({ 'the program without symbols': Number(printed.trim().split('\n').at(-1)) });
}

/** The machine's own certificate authority as a build secret: a template's own steps may need it for the language's index. */
export function authoritySecret() {
  const authority = process.env.TOOLBOX_CA_FILE ?? process.env.NODE_EXTRA_CA_CERTS;
  const own = authority && existsSync(authority) ? authority : '/etc/ssl/certs/ca-certificates.crt';
  return ['--secret', `id=ca,src=${own}`];
}

function floorOf(sizes) {
  const bytes = Object.values(sizes).reduce((total, size) => total + size, 0);
  const parts = Object.entries(sizes).map(([name, size]) => `${name} ${(size / 1e6).toFixed(2)} MB`);
  return { bytes, how: `${parts.join(', ')}; sizes of the files alone` };
}
